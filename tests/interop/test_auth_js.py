"""Auth.js (npm, @auth/express) signs people in against the provider as it ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.interop.tools import NAME, NODE, PACKAGES, needs, site
from tests.walker import Page

if TYPE_CHECKING:
    from pathlib import Path

    from tests.interop.tools import Site
    from tests.live import Provider
    from tests.walker import Walker

pytestmark = [pytest.mark.interop, needs(NODE, PACKAGES / "@auth" / "express")]


def signed_in(auth_js: Site, person: Walker, by: str = "yufu") -> dict[str, object]:
    """Press Auth.js's own button and go through; returns the session it keeps."""
    page = person.get(f"{auth_js.base}/auth/signin")
    assert isinstance(page, Page)
    person.arrive(person.submit(page, f"/auth/signin/{by}"), code_name=NAME)
    answer: dict[str, object] = auth_js.opened(person, "/me").response.json()
    return answer


def test_auth_js_signs_a_verified_person_in_and_out(provider: Provider, tmp_path: Path) -> None:
    with site(provider, tmp_path, "auth_js.mjs", callback="/auth/callback/yufu") as auth_js:
        person = auth_js.somebody()
        session = signed_in(auth_js, person)
        assert session["verified"] is True
        assert len(str(session["sub"])) == 43

        assert signed_in(auth_js, auth_js.somebody())["sub"] == session["sub"]

        page = person.get(f"{auth_js.base}/auth/signout")
        assert isinstance(page, Page)
        person.submit(page, "/auth/signout")
        assert auth_js.opened(person, "/me").response.json() is None


def test_auth_js_signs_in_with_the_scope_it_asks_for_by_itself_an_unknown_one_in_it(
    provider: Provider, tmp_path: Path
) -> None:
    with site(provider, tmp_path, "auth_js.mjs", callback="/auth/callback/plain") as auth_js:
        session = signed_in(auth_js, auth_js.somebody(), by="plain")
    assert len(str(session["sub"])) == 43
    assert "verified" not in session, "it was not asked for"
