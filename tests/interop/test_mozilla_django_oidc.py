"""mozilla-django-oidc (PyPI) signs people in and out against the provider as it ships: secret in the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.interop.tools import NAME, PYTHON, needs, site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.live import Provider

pytestmark = [pytest.mark.interop, needs(PYTHON)]


def test_django_signs_a_verified_person_in_and_out(provider: Provider, tmp_path: Path) -> None:
    with site(
        provider, tmp_path, "django_site.py", callback="/oidc/callback/", post_logout_redirect_uris=["/"]
    ) as django:
        person = django.somebody()
        first = django.opened(person, "/oidc/authenticate/").response.json()
        assert len(first["sub"]) == 43
        assert first["name"] == NAME

        assert django.opened(django.somebody(), "/oidc/authenticate/").response.json() == first

        assert django.opened(person, "/oidc/logout/").response.json() == {"signedIn": False}
        assert django.is_signed_out(person)
