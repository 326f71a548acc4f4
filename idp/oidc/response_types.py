"""What an authorization response brings (OAuth 2.0 Multiple Response Types, OIDC Core §3).

A provider of the real world offers ``code`` alone: tokens do not belong in addresses (RFC 9700 §2.1.2). The others
exist for a laboratory that certifies implementations, where the settings name its profile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.oidc.response_modes import FRAGMENT, QUERY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idp.oidc.response_modes import ResponseMode


@dataclass(frozen=True, slots=True)
class ResponseType:
    """One value of ``response_type``, its words in alphabetical order, and what it brings through the browser."""

    name: str
    code: bool = False
    id_token: bool = False
    token: bool = False

    @property
    def gives_access(self) -> bool:
        """Whether the site will have an access token, so that claims can wait for userinfo (OIDC Core §5.4)."""
        return self.code or self.token

    @property
    def exposes_tokens(self) -> bool:
        """Whether tokens come through the browser."""
        return self.id_token or self.token

    @property
    def default_mode(self) -> ResponseMode:
        """The mode of a request that names none (Response Types §3)."""
        return FRAGMENT if self.exposes_tokens else QUERY


CODE = ResponseType("code", code=True)
IN_PRODUCTION = (CODE,)
FOR_CERTIFICATION = (
    CODE,
    ResponseType("id_token", id_token=True),
    ResponseType("id_token token", id_token=True, token=True),
    ResponseType("code id_token", code=True, id_token=True),
    ResponseType("code token", code=True, token=True),
    ResponseType("code id_token token", code=True, id_token=True, token=True),
)


def offered(*, certification_profile: bool) -> tuple[ResponseType, ...]:
    """Return the response types of a deployment."""
    return FOR_CERTIFICATION if certification_profile else IN_PRODUCTION


def named(text: str, among: tuple[ResponseType, ...]) -> ResponseType | None:
    """Return the response type of that name; the order of its words means nothing (Response Types §3)."""
    name = " ".join(sorted(text.split(" ")))
    return next((each for each in among if each.name == name), None)


def spellings(types: Sequence[ResponseType]) -> tuple[str, ...]:
    """Return the names for discovery; ``id_token token`` in both orders, for readers that compare text."""
    names = [each.name for each in types]
    return (*names, "token id_token") if "id_token token" in names else tuple(names)
