"""requests-oauthlib (PyPI) signs people in against the provider as it ships: OAuth without an ID token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.interop.tools import NAME, PYTHON, needs, site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.live import Provider

pytestmark = [pytest.mark.interop, needs(PYTHON)]


def test_requests_oauthlib_signs_a_verified_person_in(provider: Provider, tmp_path: Path) -> None:
    with site(provider, tmp_path, "requests_oauthlib_site.py", callback="/callback") as oauthlib:
        first = oauthlib.opened(oauthlib.somebody(), "/login").response.json()
        assert first["verified"] is True
        assert first["age_over_18"] is True
        assert first["preferred_username"] == NAME

        assert oauthlib.opened(oauthlib.somebody(), "/login").response.json()["sub"] == first["sub"]
