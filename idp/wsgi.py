"""What the WSGI server loads: ``idp.wsgi:public``."""

from __future__ import annotations

import os

import keys
from idp import log, settings
from idp.app import create_app
from idp.keyholder import Keyholder

_settings = settings.load(os.environ)
log.install(_settings.log)
public = create_app(_settings, Keyholder(keys.open_keyring(_settings.keys.url), url=_settings.keys.url))
