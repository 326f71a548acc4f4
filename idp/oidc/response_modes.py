"""How an authorization response travels to the site (OAuth 2.0 Multiple Response Types, Form Post Response Mode).

A mode takes the parameters of a response, whatever they are, and says what the browser has to do. One that signs them
first would turn them into its single parameter and then travel like one of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clients.redirect_uris import with_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Redirect:
    """The browser goes to ``location``."""

    location: str


@dataclass(frozen=True, slots=True)
class Post:
    """The browser posts ``fields`` as a form to ``action``; nothing of them is in an address."""

    action: str
    fields: Mapping[str, str]


Transport = Redirect | Post


@dataclass(frozen=True, slots=True)
class ResponseMode:
    """One value of ``response_mode``."""

    name: str
    carry: Callable[[str, Mapping[str, str]], Transport]
    """Takes the redirect URI and the parameters."""
    keeps_tokens: bool = True
    """Whether it may carry tokens: an address that reaches servers and their logs may not (Response Types §3)."""
    web_only: bool = False
    """Whether the redirect URI has to be one that takes a POST."""
    signed: bool = False
    """Whether the parameters are signed into a single one before they travel (JARM §2.3)."""


def _in_query(redirect_uri: str, parameters: Mapping[str, str]) -> Redirect:
    return Redirect(with_parameters(redirect_uri, parameters, mode="query"))


def _in_fragment(redirect_uri: str, parameters: Mapping[str, str]) -> Redirect:
    return Redirect(with_parameters(redirect_uri, parameters, mode="fragment"))


QUERY = ResponseMode("query", _in_query, keeps_tokens=False)
FRAGMENT = ResponseMode("fragment", _in_fragment)
FORM_POST = ResponseMode("form_post", Post, web_only=True)

QUERY_JWT = ResponseMode("query.jwt", _in_query, keeps_tokens=False, signed=True)
FRAGMENT_JWT = ResponseMode("fragment.jwt", _in_fragment, signed=True)
FORM_POST_JWT = ResponseMode("form_post.jwt", Post, web_only=True, signed=True)
JWT = ResponseMode("jwt", _in_query, keeps_tokens=False, signed=True)
"""Travels as the response type does by default, which for a code is the query."""

RESPONSE_MODES = (QUERY, FRAGMENT, FORM_POST, JWT, QUERY_JWT, FRAGMENT_JWT, FORM_POST_JWT)
BY_NAME = {mode.name: mode for mode in RESPONSE_MODES}
