"""What could never fit FAPI 2.0 is refused when it is registered (FAPI 2.0 Security Profile §5.3, §5.4).

Methods, algorithms, PKCE and bound tokens are in ``client_policies``.
"""

from __future__ import annotations

from typing import Any

import pytest

from clients.metadata import InvalidClientMetadata, MetadataPolicy, validate
from tests.signing_client import new_key

KEY = new_key("ES256").as_dict(private=False)
FITTING: dict[str, Any] = {
    "redirect_uris": ["https://shop.example/callback"],
    "token_endpoint_auth_method": "private_key_jwt",
    "jwks": {"keys": [KEY]},
    "profile": "fapi2",
    "dpop_bound_access_tokens": True,
    "id_token_signed_response_alg": "ES256",
}


def faulty(**changes: Any) -> set[str]:
    policy = MetadataPolicy(without_pkce=True, implicit=True)
    with pytest.raises(InvalidClientMetadata) as refused:
        validate(FITTING | changes, policy=policy)
    return {member for member, _ in refused.value.faults}


def test_what_fits_is_registered() -> None:
    assert validate(FITTING, policy=MetadataPolicy()).is_fapi


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"response_types": ["code", "code id_token"]}, "response_types"),
        ({"grant_types": ["authorization_code", "implicit"]}, "grant_types"),
        ({"token_endpoint_auth_method": "tls_client_auth"}, "token_endpoint_auth_method"),
        ({"token_endpoint_auth_method": "self_signed_tls_client_auth"}, "token_endpoint_auth_method"),
        ({"tls_client_certificate_bound_access_tokens": True}, "tls_client_certificate_bound_access_tokens"),
        ({"redirect_uris": ["http://shop.example/callback"]}, "redirect_uris"),
        ({"redirect_uris": ["http://localhost/callback"]}, "redirect_uris"),
        ({"redirect_uris": ["com.example.shop:/callback"], "application_type": "native"}, "redirect_uris"),
    ],
)
def test_what_does_not_fit_is_named(changes: dict[str, Any], member: str) -> None:
    assert member in faulty(**changes)
