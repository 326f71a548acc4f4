"""passport-openidconnect (npm) signs people in against the provider as it ships: no PKCE, no nonce."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.interop.tools import NAME, NODE, PACKAGES, needs, site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.live import Provider

pytestmark = [pytest.mark.interop, needs(NODE, PACKAGES / "passport-openidconnect")]


def test_passport_signs_a_verified_person_in(provider: Provider, tmp_path: Path) -> None:
    script = "passport_openidconnect.mjs"
    with site(provider, tmp_path, script, callback="/callback", require_pkce=False) as passport:
        person = passport.somebody()
        first = passport.opened(person, "/login").response.json()
        assert first["userinfo"]["verified"] is True
        assert first["userinfo"]["sub"] == first["id"]
        assert first["userinfo"]["preferred_username"] == NAME

        assert passport.opened(passport.somebody(), "/login").response.json()["id"] == first["id"]

        assert passport.opened(person, "/logout").response.json() == {"signedIn": False}
