"""What the WSGI server loads: ``idp.wsgi:public``.

Every worker looks for itself whether its keys are the database's: one that comes up later, or under another server than
``idp serve``, might find other keys than those the first start was allowed with.
"""

from __future__ import annotations

import gc
import os

import keys
from idp import log, settings
from idp.app import create_app
from idp.keyholder import Keyholder
from idp.readiness import check_values
from idp.store import key_checks
from idp.store.database import Database


def _demand_keys_of_the_database(url: str, keyring: Keyholder) -> None:
    """Raise WrongKey, and say so in the log, where the database was written under other keys or forgot which."""
    database = Database.open(url, pool_size=1)
    try:
        with database.read() as connection:
            key_checks.check(connection, check_values(keyring))
    except key_checks.NotBound:
        pass  # nobody is registered yet, so nobody can be renamed
    except key_checks.WrongKey as wrong:
        log.log_event("start_refused", level="error", reason=str(wrong))
        raise
    finally:
        database.close()


_settings = settings.load(os.environ)
log.install(_settings.log)
_keyring = Keyholder(keys.open_keyring(_settings.keys.url), url=_settings.keys.url)
_demand_keys_of_the_database(_settings.db.url, _keyring)
public = create_app(_settings, _keyring)
gc.collect()
gc.freeze()  # what is here now stays: the collector need not look at it again
gc.set_threshold(20_000, 20, 20)  # a request leaves next to no cycles behind
