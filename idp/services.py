"""The composition root: every service is built here, once, and handed on as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from idp.authentication.passkeys import Passkeys
from idp.authentication.recovery import Recovery
from idp.authentication.sessions import Sessions
from idp.authentication.throttling import Throttles
from idp.oidc import discovery
from idp.oidc.authorize import Authorize
from idp.oidc.grants.grant import TokenContext
from idp.oidc.logout import Logout
from idp.oidc.personas import Personas
from idp.oidc.token import ClientAuthenticator, Token
from idp.oidc.userinfo import Userinfo
from idp.proofing.service import Proofing
from idp.store.clients import ClientDirectory
from idp.store import key_checks
from keys.seal import RecordSeal, TicketSeal

if TYPE_CHECKING:
    from idp.oidc.discovery import Document
    from idp.settings import Settings
    from idp.store.database import Database
    from keys import Keyring


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a view may call."""

    settings: Settings
    database: Database
    keyring: Keyring
    authorize: Authorize
    token: Token
    userinfo: Userinfo
    logout: Logout
    personas: Personas
    discovery: Document
    sessions: Sessions
    passkeys: Passkeys
    recovery: Recovery
    throttles: Throttles
    proofing: Proofing
