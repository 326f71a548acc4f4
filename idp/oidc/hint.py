"""An ID token of ours that comes back as a hint: to the authorization endpoint or to sign-out (OIDC Core §3.1.2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from keys import InvalidToken
from keys.jws import verify_compact

if TYPE_CHECKING:
    from idp.keyholder import Keyholder


class Hint(msgspec.Struct, frozen=True):
    """Whom the token was about, for which client."""

    iss: str
    sub: str
    aud: str


def read(token: str, keyring: Keyholder, *, issuer: str) -> Hint | None:
    """Open a hint; its age does not matter. None for what is not, or can no longer be known to be, ours."""
    try:
        hint = msgspec.json.decode(verify_compact(token, keyring), type=Hint)
    except (InvalidToken, msgspec.MsgspecError):
        return None
    return hint if hint.iss == issuer else None
