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
    """One value of ``response_type``; the order of its words means nothing (Response Types §3)."""

    name: str

    @property
    def words(self) -> frozenset[str]:
        """What it consists of."""
        return frozenset(self.name.split())

    @property
    def code(self) -> bool:
        """Whether it brings a code."""
        return "code" in self.words

    @property
    def id_token(self) -> bool:
        """Whether it brings an ID token at once."""
        return "id_token" in self.words

    @property
    def token(self) -> bool:
        """Whether it brings an access token at once."""
        return "token" in self.words

    @property
    def gives_access(self) -> bool:
        """Whether the site will have an access token, so that claims can wait for userinfo (OIDC Core §5.4)."""
        return self.code or self.token

    @property
    def default_mode(self) -> ResponseMode:
        """The mode of a request that names none (Response Types §3)."""
        return FRAGMENT if self.id_token or self.token else QUERY


CODE = ResponseType("code")
IN_PRODUCTION = (CODE,)
FOR_CERTIFICATION = (
    CODE,
    ResponseType("id_token"),
    ResponseType("id_token token"),
    ResponseType("code id_token"),
    ResponseType("code token"),
    ResponseType("code id_token token"),
)


def offered(*, certification_profile: bool) -> tuple[ResponseType, ...]:
    """Return the response types of a deployment."""
    return FOR_CERTIFICATION if certification_profile else IN_PRODUCTION


def named(text: str, among: Sequence[ResponseType]) -> ResponseType | None:
    """Return the response type of that name, its words in whatever order."""
    words = text.split(" ")
    return next((each for each in among if each.words == set(words) and len(each.words) == len(words)), None)


def spellings(types: Sequence[ResponseType]) -> tuple[str, ...]:
    """Return the names for discovery; ``id_token token`` in both orders, for readers that compare text."""
    names = [each.name for each in types]
    return (*names, "token id_token") if "id_token token" in names else tuple(names)
