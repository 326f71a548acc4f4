"""The description of the direct endpoints for programs and their authors (OpenAPI 3.1).

What an endpoint is comes from its table, what it takes and refuses from the code that does so; here stand only the
words, and which statuses an operation has. A worker loads this module when the document is asked for the first time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from idp.oidc import checks, device_authorization, discovery, dpop, introspection, token
from idp.oidc.errors import Code
from idp.oidc.grants import GRANT_TYPES
from idp.oidc.pushed_authorization import OF_THE_CLIENT
from idp.web.answers import JSON
from idp.web.openapi_schemas import (
    CLAIMS,
    DEVICE,
    KEYS,
    PUSHED,
    STANDING,
    TEXT,
    TOKENS,
    Schema,
    metadata,
    object_of,
    registered,
)
from idp.web.visit import FORM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from idp.web.direct import Endpoint

JWT: Final = "application/jwt"
HTML: Final = "text/html"
JWK_SET: Final = "application/jwk-set+json"

FORM_REFUSED: Final = (Code.INVALID_REQUEST,)
CLIENT_REFUSED: Final = (Code.INVALID_CLIENT,)
PROOF_REFUSED: Final = (Code.INVALID_DPOP_PROOF, Code.USE_DPOP_NONCE)
REGISTRATION_REFUSED: Final = (
    Code.INVALID_REQUEST,
    Code.INVALID_REDIRECT_URI,
    Code.INVALID_CLIENT_METADATA,
)
AT_THE_TOKEN_ENDPOINT: Final = (
    Code.INVALID_GRANT,
    Code.UNAUTHORIZED_CLIENT,
    Code.UNSUPPORTED_GRANT_TYPE,
    Code.INVALID_SCOPE,
    Code.INVALID_TARGET,
    Code.AUTHORIZATION_PENDING,
    Code.SLOW_DOWN,
    Code.EXPIRED_TOKEN,
    Code.ACCESS_DENIED,
)
AT_THE_AUTHORIZATION_ENDPOINT: Final = (
    Code.INVALID_SCOPE,
    Code.INVALID_TARGET,
    Code.INVALID_REQUEST_OBJECT,
    Code.UNSUPPORTED_RESPONSE_TYPE,
    Code.UNAUTHORIZED_CLIENT,
    Code.UNMET_AUTHENTICATION_REQUIREMENTS,
    Code.REGISTRATION_NOT_SUPPORTED,
)

CLIENT: Final[tuple[Schema, ...]] = ({"client": []}, {})
"""HTTP Basic, or credentials in the form itself."""
SCHEMES: Final[Schema] = {
    "access_token": {"type": "http", "scheme": "bearer", "description": "RFC 6750 §2.1."},
    "bound_access_token": {
        "type": "http",
        "scheme": "dpop",
        "description": f"With a proof in the DPoP header, signed with {', '.join(dpop.ALGORITHMS)} (RFC 9449 §7.1).",
    },
    "initial_access_token": {
        "type": "http",
        "scheme": "bearer",
        "description": "What an operator invites a site with (RFC 7591 §3). Not needed where registration is open.",
    },
    "registration_access_token": {
        "type": "http",
        "scheme": "bearer",
        "description": "What the site got when it registered (RFC 7592 §2).",
    },
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one endpoint. ``answers`` are the good ones, ``refusals`` the codes under each status."""

    summary: str
    answers: dict[int, Schema]
    refusals: dict[int, tuple[Code, ...]]
    body: Schema | None = None
    query: Sequence[Schema] = ()
    headers: Sequence[Schema] = ()
    security: Sequence[Schema] = ()


def _content(schema: Schema, kind: str = JSON) -> Schema:
    return {"content": {kind: {"schema": schema}}}


def _form(names: Iterable[str], *, required: Iterable[str] = (), **known: Schema) -> Schema:
    properties = {name: known.get(name, TEXT) for name in sorted({*names, *known})}
    return {"required": True, **_content(object_of(properties, required=required), FORM)}


def _parameter(name: str, where: str, description: str = "", *, required: bool = False) -> Schema:
    return {"name": name, "in": where, "required": required, "description": description, "schema": TEXT}


def _refusals(*more: Code, **others: tuple[Code, ...]) -> dict[int, tuple[Code, ...]]:
    """What can happen to every posted form of a client, and ``more`` under 400."""
    refused = {400: (*FORM_REFUSED, *more), 401: CLIENT_REFUSED, 413: FORM_REFUSED}
    return refused | {int(status.removeprefix("on_")): codes for status, codes in others.items()}


DPOP: Final = _parameter("DPoP", "header", "A proof of a key that tokens are to be bound to (RFC 9449 §5).")
CLIENT_ID: Final = _parameter("client_id", "query", "As registration_client_uri holds it.", required=True)
TO_THE_SITE: Final = {"headers": {"Location": {"required": True, "schema": TEXT}}}
TOLD: Final = {"content": {JSON: {"schema": CLAIMS}, JWT: {"schema": TEXT}}}
"""As the client registered it: signed, encrypted, or neither."""


def _authorization(method: str) -> Operation:
    asks = sorted(checks.KNOWN)
    posted = method == "POST"
    return Operation(
        "Ask for a person's authorization, through their browser (RFC 6749 §4.1.1, OIDC Core §3.1.2.1)",
        {303: {"description": "To the next page, or back to the site with a code or an error.", **TO_THE_SITE}},
        {400: (), 413: ()} if posted else {400: ()},
        body=_form(asks, required=["client_id"]) if posted else None,
        query=() if posted else [_parameter(name, "query", required=name == "client_id") for name in asks],
    )


def _userinfo(method: str) -> Operation:
    return Operation(
        "Read the claims an access token stands for (OIDC Core §5.3)",
        {200: {"description": "The claims, in the form the client registered.", **TOLD}},
        {401: (Code.INVALID_TOKEN, *PROOF_REFUSED), 403: (Code.INSUFFICIENT_SCOPE,)}
        | ({400: FORM_REFUSED, 413: FORM_REFUSED} if method == "POST" else {}),
        body={"required": False, **_content(object_of({"access_token": TEXT}), FORM)} if method == "POST" else None,
        headers=[_parameter("DPoP", "header", "With a bound access token, a proof of its key (RFC 9449 §7.1).")],
        security=({"access_token": []}, {"bound_access_token": []}, {}),
    )


def _document(summary: str, schema: Schema, kind: str = JSON) -> Operation:
    tag = {"ETag": {"required": True, "schema": TEXT}}
    return Operation(
        summary,
        {200: {"description": "The document.", "headers": tag, **_content(schema, kind)}, 304: {"headers": tag}},
        {},
        headers=[_parameter("If-None-Match", "header", "The ETag of the document that is at hand.")],
    )


def _management() -> dict[tuple[str, str], Operation]:
    whole = _content(registered())
    own: list[Schema] = [{"registration_access_token": []}]
    body = {"required": True, **_content(metadata())}
    unproven: dict[int, tuple[Code, ...]] = {400: (Code.INVALID_REQUEST,), 401: (Code.INVALID_TOKEN,)}
    judged = {400: REGISTRATION_REFUSED, 401: (Code.INVALID_TOKEN,), 413: FORM_REFUSED, 429: FORM_REFUSED}
    return {
        ("/register", "POST"): Operation(
            "Register a site (RFC 7591 §3)",
            {201: {"description": "All that is registered.", **whole}},
            judged,
            body=body,
            security=({"initial_access_token": []}, {}),
        ),
        ("/register", "GET"): Operation(
            "Read one's registration (RFC 7592 §2.1)",
            {200: {"description": "All that is registered.", **whole}},
            unproven,
            query=[CLIENT_ID],
            security=own,
        ),
        ("/register", "PUT"): Operation(
            "Replace one's registration (RFC 7592 §2.2)",
            {200: {"description": "All that is registered.", **whole}},
            judged,
            body=body,
            query=[CLIENT_ID],
            security=own,
        ),
        ("/register", "DELETE"): Operation(
            "End one's registration (RFC 7592 §2.3)", {204: {}}, unproven, query=[CLIENT_ID], security=own
        ),
    }


def operations() -> dict[tuple[str, str], Operation]:
    """Return every operation by its path and method."""
    once = {"token": TEXT, "token_type_hint": TEXT}
    proofs = {"client_id": TEXT, **dict.fromkeys(sorted(OF_THE_CLIENT), TEXT)}
    signed = {introspection.MEDIA_TYPE: {"schema": TEXT}}
    metadata_document = object_of({"issuer": TEXT}, required=("issuer", *discovery.ENDPOINTS))
    return {
        **{("/authorize", method): _authorization(method) for method in ("GET", "POST")},
        ("/token", "POST"): Operation(
            "Exchange a grant for tokens (RFC 6749 §3.2)",
            {200: {"description": "Tokens.", **_content(TOKENS)}},
            _refusals(*AT_THE_TOKEN_ENDPOINT, *PROOF_REFUSED),
            body=_form(
                token.KNOWN,
                required=["grant_type"],
                grant_type={"enum": list(GRANT_TYPES)},
                resource=TEXT,
                device_code=TEXT,
                **proofs,
            ),
            headers=[DPOP],
            security=CLIENT,
        ),
        ("/par", "POST"): Operation(
            "Send an authorization request ahead (RFC 9126 §2)",
            {201: {"description": "A reference to the request.", **_content(PUSHED)}},
            _refusals(*AT_THE_AUTHORIZATION_ENDPOINT, *PROOF_REFUSED, on_429=FORM_REFUSED),
            body=_form(checks.KNOWN - {"request_uri"}, **proofs),
            headers=[DPOP],
            security=CLIENT,
        ),
        ("/device_authorization", "POST"): Operation(
            "Let a device without a browser wait for a person (RFC 8628 §3.1)",
            {200: {"description": "The codes it waits with.", **_content(DEVICE)}},
            _refusals(Code.UNAUTHORIZED_CLIENT, Code.INVALID_SCOPE, on_429=FORM_REFUSED),
            body=_form(device_authorization.KNOWN, required=["scope"]),
            security=CLIENT,
        ),
        ("/revoke", "POST"): Operation(
            "End a token (RFC 7009 §2)",
            {200: {"description": "It is of no use any more, if it ever was."}},
            _refusals(),
            body=_form((), required=["token"], **once, **proofs),
            security=CLIENT,
        ),
        ("/introspect", "POST"): Operation(
            "Learn what a token is worth (RFC 7662 §2)",
            {200: {"description": "Its state.", "content": {JSON: {"schema": STANDING}, **signed}}},
            _refusals(),
            body=_form((), required=["token"], **once, **proofs),
            security=CLIENT,
        ),
        **{("/userinfo", method): _userinfo(method) for method in ("GET", "POST")},
        **_management(),
        ("/jwks", "GET"): _document("The public keys (RFC 7517 §5)", KEYS, JWK_SET),
        ("/.well-known/openid-configuration", "GET"): _document(
            "The provider's metadata (OIDC Discovery §4)", metadata_document
        ),
        ("/.well-known/oauth-authorization-server", "GET"): _document(
            "The same, where OAuth clients look (RFC 8414 §3)", metadata_document
        ),
        ("/openapi.json", "GET"): _document("This description", object_of({"openapi": TEXT}, required=["openapi"])),
    }


def _refusal(codes: Sequence[Code], status: int) -> Schema:
    if not codes:
        return {"description": "A page that says what is wrong; nothing is sent to the site.", **_content(TEXT, HTML)}
    words = sorted({code.word for code in codes})
    told = {"error": {"enum": words}, "error_description": TEXT, "error_uri": TEXT}
    schema = object_of(told, required=told)
    headers = {"X-Error-Id": {"required": True, "schema": TEXT}}
    if status in {429, 503}:
        headers["Retry-After"] = {"required": True, "schema": {"type": "integer"}}
    return {"description": ", ".join(words), "headers": headers, **_content(schema)}


def _told(path: str, method: str, operation: Operation, *, for_programs: bool) -> Schema:
    trouble: tuple[Code, ...] = (Code.SERVER_ERROR,) if for_programs else ()
    refusals = operation.refusals | {500: trouble, 503: trouble}
    if 400 not in refusals:
        refusals[400] = FORM_REFUSED if for_programs else ()
    described = {
        "operationId": f"{method.lower()}_{path.strip('/.').replace('/', '_').replace('-', '_').replace('.', '_')}",
        "summary": operation.summary,
        "parameters": [*operation.query, *operation.headers],
        "security": list(operation.security),
        "responses": {str(status): {"description": "Done."} | answer for status, answer in operation.answers.items()}
        | {str(status): _refusal(codes, status) for status, codes in sorted(refusals.items())},
    }
    return described if operation.body is None else described | {"requestBody": operation.body}


def _schemes(certificates: discovery.Certificates) -> Schema:
    """Clients prove themselves in whichever of these ways they registered."""
    others = [each for each in certificates.all_methods if each != "client_secret_basic"]
    basic = {
        "type": "http",
        "scheme": "basic",
        "description": "client_id and client_secret, each form-encoded (RFC 6749 §2.3.1). The other methods are"
        f" parameters of the form, or the certificate of the connection beside client_id: {', '.join(others)}.",
    }
    return {"client": basic, **SCHEMES}


@cache
def document(
    issuer: str, endpoints: tuple[Endpoint, ...], certificates: discovery.Certificates = discovery.NO_CERTIFICATES
) -> discovery.Document:
    """Return the description of ``endpoints``, written when it is asked for the first time."""
    known = operations()
    origins = [issuer] if certificates.origin is None else [issuer, certificates.origin]
    paths = {
        endpoint.path: {
            method.lower(): _told(
                endpoint.path, method, known[endpoint.path, method], for_programs=endpoint.for_programs
            )
            for method in endpoint.methods
        }
        for endpoint in endpoints
    }
    return discovery.document(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Yufu",
                "version": "1",
                "description": "What relying sites call. Everything is OAuth 2.0 and OpenID Connect; the specification"
                " and clause stands with each operation.",
            },
            "servers": [{"url": origin} for origin in origins],
            "paths": paths,
            "components": {"securitySchemes": _schemes(certificates)},
        }
    )
