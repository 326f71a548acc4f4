"""Authlib's Flask client (PyPI) signs people in and out against the provider as it ships."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.interop.tools import NAME, site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.live import Provider

pytestmark = pytest.mark.interop


def test_authlib_signs_a_verified_person_in_and_out(provider: Provider, tmp_path: Path) -> None:
    with site(
        provider,
        tmp_path,
        "authlib_site.py",
        callback="/callback",
        python=sys.executable,
        post_logout_redirect_uris=["/"],
    ) as authlib:
        person = authlib.somebody()
        first = authlib.opened(person, "/login").response.json()
        assert first["claims"]["verified"] is True
        assert first["userinfo"]["sub"] == first["claims"]["sub"]
        assert first["userinfo"]["preferred_username"] == NAME

        assert authlib.opened(authlib.somebody(), "/login").response.json()["claims"]["sub"] == first["claims"]["sub"]

        assert authlib.opened(person, "/logout").response.json() == {"signedIn": False}
        assert authlib.is_signed_out(person)
