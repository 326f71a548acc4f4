"""idpyoidc (PyPI) signs people in and out against the provider as it ships: no PKCE, its id in header and body."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.interop.tools import NAME, PYTHON, needs, site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.live import Provider

pytestmark = [pytest.mark.interop, needs(PYTHON)]


def test_idpyoidc_signs_a_verified_person_in_and_out(provider: Provider, tmp_path: Path) -> None:
    with site(
        provider,
        tmp_path,
        "idpyoidc_site.py",
        callback="/callback",
        require_pkce=False,
        post_logout_redirect_uris=["/"],
    ) as idpy:
        person = idpy.somebody()
        first = idpy.opened(person, "/login").response.json()
        assert first["claims"]["verified"] is True
        assert first["userinfo"]["sub"] == first["claims"]["sub"]
        assert first["userinfo"]["preferred_username"] == NAME

        assert idpy.opened(idpy.somebody(), "/login").response.json()["claims"]["sub"] == first["claims"]["sub"]

        assert idpy.opened(person, "/logout").response.json() == {"signedIn": False}
        assert idpy.is_signed_out(person)
