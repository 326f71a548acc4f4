"""express-openid-connect (npm, Auth0) signs people in and out against the provider as it ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.interop.tools import NAME, NODE, PACKAGES, needs, site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.live import Provider

pytestmark = [pytest.mark.interop, needs(NODE, PACKAGES / "express-openid-connect")]


def test_express_openid_connect_signs_a_verified_person_in_and_out(provider: Provider, tmp_path: Path) -> None:
    script = "express_openid_connect.mjs"
    with site(provider, tmp_path, script, callback="/callback", post_logout_redirect_uris=["", "/"]) as express:
        person = express.somebody()
        first = express.opened(person, "/me").response.json()
        assert first["claims"]["verified"] is True
        assert first["userinfo"]["sub"] == first["claims"]["sub"]
        assert first["userinfo"]["preferred_username"] == NAME

        assert express.opened(express.somebody(), "/me").response.json()["claims"]["sub"] == first["claims"]["sub"]

        assert express.opened(person, "/logout").response.json() == {"signedIn": False}
        assert express.is_signed_out(person)
