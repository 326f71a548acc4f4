"""What the two sites' developers hand in to be registered (OIDC Registration §2), as JSON documents.

The market gets a secret in return and puts it into ``SHOP_CLIENT_SECRET_FILE``. The teahouse keeps a key of its own and
hands in the public half, so there is no secret that anybody could lose on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOP_ID = "demo-shop"
FORUM_ID = "demo-forum"

SHOP: Mapping[str, object] = {
    "client_name": "Lantern Street Market",
    "client_name#zh-CN": "灯街集市",
    "redirect_uris": ["http://localhost:9001/callback"],
    "post_logout_redirect_uris": ["http://localhost:9001/"],
    "token_endpoint_auth_method": "client_secret_basic",
    "scope": "openid profile verified age",
    "client_uri": "http://localhost:9001/",
    "logo_uri": "http://localhost:9001/static/shop.svg",
    "policy_uri": "http://localhost:9001/privacy",
    "tos_uri": "http://localhost:9001/terms",
    "contacts": ["market@localhost"],
    "require_verified": True,
    "require_age_over_18": True,
}


def forum(jwks: Mapping[str, object]) -> dict[str, object]:
    """Give the teahouse's document around its public key set (RFC 7517 §5)."""
    return {
        "client_name": "Half-Moon Teahouse",
        "client_name#zh-CN": "半月茶馆",
        "redirect_uris": ["http://localhost:9002/callback"],
        "post_logout_redirect_uris": ["http://localhost:9002/"],
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "id_token_signed_response_alg": "ES256",
        "jwks": jwks,
        "scope": "openid profile verified",
        "client_uri": "http://localhost:9002/",
        "logo_uri": "http://localhost:9002/assets/forum.svg",
        "policy_uri": "http://localhost:9002/privacy",
        "tos_uri": "http://localhost:9002/terms",
        "contacts": ["teahouse@localhost"],
        "require_verified": True,
    }
