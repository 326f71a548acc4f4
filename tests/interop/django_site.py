"""A relying site with mozilla-django-oidc, as its documentation shows it."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlencode, urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.http import JsonResponse
from django.urls import include, path

ISSUER, CLIENT_ID, CLIENT_SECRET, BASE, SECRET = sys.argv[1:]

SECRET_KEY = SECRET
ROOT_URLCONF = __name__
ALLOWED_HOSTS = ["localhost"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "django.db"}}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "mozilla_django_oidc",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
AUTHENTICATION_BACKENDS = [f"{__name__}.Yufu"]
OIDC_RP_CLIENT_ID = CLIENT_ID
OIDC_RP_CLIENT_SECRET = CLIENT_SECRET
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_RP_SCOPES = "openid profile verified"
OIDC_OP_AUTHORIZATION_ENDPOINT = f"{ISSUER}/authorize"
OIDC_OP_TOKEN_ENDPOINT = f"{ISSUER}/token"
OIDC_OP_USER_ENDPOINT = f"{ISSUER}/userinfo"
OIDC_OP_JWKS_ENDPOINT = f"{ISSUER}/jwks"
OIDC_USE_PKCE = True
OIDC_STORE_ID_TOKEN = True
OIDC_OP_LOGOUT_URL_METHOD = f"{__name__}.logout_url"
LOGIN_REDIRECT_URL = "/me"
LOGOUT_REDIRECT_URL = "/"
ALLOW_LOGOUT_GET_METHOD = True  # spares the test a form; a real site leaves it out

settings.configure(**{name: value for name, value in globals().items() if name.isupper()})
django.setup()

from mozilla_django_oidc.auth import OIDCAuthenticationBackend  # noqa: E402 — reads the settings


class Yufu(OIDCAuthenticationBackend):
    """Accounts by pseudonym: there is no mail address to find anybody by."""

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """Let in verified people only."""
        return claims.get("verified") is True

    def filter_users_by_claims(self, claims: dict[str, Any]) -> Any:
        """Find the account of a pseudonym."""
        return self.UserModel.objects.filter(username=claims["sub"])

    def create_user(self, claims: dict[str, Any]) -> Any:
        """Make one."""
        return self.UserModel.objects.create_user(claims["sub"], first_name=claims["preferred_username"])


def logout_url(request: Any) -> str:
    """Sign out at the provider too."""
    token = request.session["oidc_id_token"]
    return f"{ISSUER}/logout?" + urlencode({"id_token_hint": token, "post_logout_redirect_uri": f"{BASE}/"})


def home(request: Any) -> JsonResponse:
    """Say whether anybody is signed in."""
    return JsonResponse({"signedIn": request.user.is_authenticated})


def me(request: Any) -> JsonResponse:
    """Say who is signed in."""
    return JsonResponse({"sub": request.user.username, "name": request.user.first_name})


urlpatterns = [path("", home), path("me", me), path("oidc/", include("mozilla_django_oidc.urls"))]

if __name__ == "__main__":
    sys.modules["django_site"] = sys.modules[__name__]
    call_command("migrate", verbosity=0)
    call_command("runserver", f"localhost:{urlsplit(BASE).port}", use_reloader=False, verbosity=0)
