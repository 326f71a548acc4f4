"""The pages people see: Jinja templates and nothing else.

Owns every word and landmark shown to a person; the words are English source strings that `idp/web/i18n.py` turns into
the reader's language. Must never import anything but the standard library. The invariant it guards: a page names its
variables in a comment at its top and needs no script or style but those of `idp/static`, so that the content security
policy can refuse everything else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
"""Where the templates lie, for `Flask(template_folder=…)`; works from a checkout, a wheel and an unpacked sdist."""
