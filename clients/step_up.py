"""What an API does where a token is good, but its person did not sign in well or recently enough (RFC 9470).

The API says so with a challenge; the site sends its person to the provider with what the challenge says; and comes back
with a token that says more. Made for those who write APIs, and for nothing of the provider's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


def challenge(
    introspected: Mapping[str, object],
    *,
    acr_values: Sequence[str] = (),
    max_age: int | None = None,
    now: datetime,
) -> str | None:
    """Return the ``WWW-Authenticate`` of the 401 that a request gets, or None where its token is good enough.

    ``introspected``
        what introspection said of the token (RFC 7662); it has ``acr`` and ``auth_time`` where the site asked for them.
    ``acr_values``
        any of these will do; ``max_age`` is in seconds.

    A token that is not active is no matter for a challenge of this kind: ``ValueError``.
    """
    if introspected.get("active") is not True:
        raise ValueError("the token is not active")
    if _is_enough(introspected, acr_values, max_age, now):
        return None
    wanted = [f'acr_values="{" ".join(acr_values)}"'] if acr_values else []
    wanted += [f'max_age="{max_age}"'] if max_age is not None else []
    scheme = introspected.get("token_type", "Bearer")
    words = ('error="insufficient_user_authentication"', 'error_description="the person has to sign in anew"', *wanted)
    return f"{scheme} {', '.join(words)}"


def _is_enough(
    introspected: Mapping[str, object], acr_values: Sequence[str], max_age: int | None, now: datetime
) -> bool:
    if acr_values and introspected.get("acr") not in acr_values:
        return False
    since = introspected.get("auth_time")
    return max_age is None or (isinstance(since, int) and now.timestamp() - since <= max_age)
