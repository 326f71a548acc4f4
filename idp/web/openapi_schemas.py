"""The forms of what the direct endpoints answer, as JSON Schema; ``openapi.py`` says where each of them comes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from clients.metadata import MetadataPolicy, validate

if TYPE_CHECKING:
    from collections.abc import Iterable

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
OBJECT: Final[Schema] = {"type": "object"}
SECONDS: Final[Schema] = {"type": "integer", "minimum": 0}


def object_of(properties: Schema, *, required: Iterable[str] = ()) -> Schema:
    """Return the form of an object; members beyond these are allowed."""
    return {"type": "object", "properties": properties, "required": sorted(required)}


TOKENS: Final = object_of(
    {
        "access_token": TEXT,
        "token_type": {"enum": ["Bearer", "DPoP"]},
        "expires_in": SECONDS,
        "scope": TEXT,
        "refresh_token": TEXT,
        "id_token": TEXT,
    },
    required=("access_token", "token_type", "expires_in"),
)
PUSHED: Final = object_of({"request_uri": TEXT, "expires_in": SECONDS}, required=("request_uri", "expires_in"))
DEVICE: Final = object_of(
    {
        **dict.fromkeys(("device_code", "user_code", "verification_uri", "verification_uri_complete"), TEXT),
        "expires_in": SECONDS,
        "interval": SECONDS,
    },
    required=("device_code", "user_code", "verification_uri", "expires_in"),
)
STANDING: Final = object_of(
    {
        "active": {"type": "boolean"},
        **dict.fromkeys(("iss", "client_id", "scope", "sub", "token_type", "aud", "acr"), TEXT),
        **dict.fromkeys(("exp", "auth_time"), SECONDS),
        "cnf": OBJECT,
    },
    required=("active",),
)
CLAIMS: Final = object_of({"sub": TEXT}, required=("sub",))
KEYS: Final = object_of({"keys": {"type": "array", "items": OBJECT}}, required=("keys",))


@cache
def metadata() -> Schema:
    """Return what a site may say of itself, by the forms of a registration that says as little as it can."""
    least = validate({"redirect_uris": ["https://site.example/cb"]}, policy=MetadataPolicy()).to_response()
    kinds = {bool: "boolean", str: "string", list: "array", tuple: "array", int: "integer"}
    members = {name: {"type": [kinds[type(value)], "null"]} for name, value in least.items() if type(value) in kinds}
    return {**object_of(members), "description": "docs/client-metadata.md has every member, its default and its rule."}


def registered() -> Schema:
    """Return the form of what a site is told of its registration (RFC 7591 §3.2.1)."""
    issued = dict.fromkeys(("client_id", "client_secret", "registration_access_token", "registration_client_uri"), TEXT)
    return object_of(
        issued | {"client_secret_expires_at": SECONDS},
        required=("client_id", "registration_access_token", "registration_client_uri"),
    )
