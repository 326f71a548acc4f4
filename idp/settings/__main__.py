"""Print the reference page of the settings."""

from __future__ import annotations

import sys

from idp.settings.reference import page

sys.stdout.write(page())
