"""Grant types, one file each. The token endpoint owns what all share; a grant fills in its own part only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idp.oidc.grants.authorization_code import AuthorizationCode
from idp.oidc.grants.client_credentials import ClientCredentials
from idp.oidc.grants.device_code import DeviceCode
from idp.oidc.grants.refresh_token import RefreshToken

if TYPE_CHECKING:
    from idp.oidc.grants.grant import GrantType

GRANTS: tuple[type[GrantType], ...] = (AuthorizationCode, RefreshToken, ClientCredentials, DeviceCode)

GRANT_TYPES = tuple(grant.name for grant in GRANTS)
