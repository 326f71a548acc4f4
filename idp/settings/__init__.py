"""Settings: what an operator may decide, typed and frozen, with every fault reported at once.

Owns their names, types, bounds and defaults. A value stands in `idp.toml` (or the file that `IDP_CONFIG` names) and may
be overruled by the environment: `db.url` by `IDP_DB__URL`, or by `IDP_DB__URL_FILE`, which names a file that holds the
value, as container secrets do. The string under a setting in :mod:`idp.settings.shape` is its documentation: the table
in `docs/settings.md` is made from it.

Never imports a service, the store or Flask: every layer may read settings.

Invariant: a name that is not a setting is refused, as a misspelt limit would otherwise be no limit; and what is only
for trying out (invented people, a simulated registry) cannot be switched on where real people come.
"""

from __future__ import annotations

from idp.settings.faults import Fault, SettingsError
from idp.settings.loading import load
from idp.settings.reference import values
from idp.settings.shape import (
    AssuranceSettings,
    BankSettings,
    DbSettings,
    DemoSettings,
    KeySettings,
    LimitSettings,
    LogSettings,
    MtlsSettings,
    OidcSettings,
    OutboundSettings,
    RegistrationSettings,
    RegistrySettings,
    SessionSettings,
    Settings,
    WebSettings,
)

__all__ = [
    "AssuranceSettings",
    "BankSettings",
    "DbSettings",
    "DemoSettings",
    "Fault",
    "KeySettings",
    "LimitSettings",
    "LogSettings",
    "MtlsSettings",
    "OidcSettings",
    "OutboundSettings",
    "RegistrationSettings",
    "RegistrySettings",
    "SessionSettings",
    "Settings",
    "SettingsError",
    "WebSettings",
    "load",
    "values",
]
