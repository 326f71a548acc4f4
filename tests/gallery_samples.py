"""What the gallery shows: for each picture a template and the variables its opening comment asks for."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

COMMON: Final[dict[str, Any]] = {"current_path": "/", "demo": False}

SITE: Final = {
    "name": "集市 Stalls",
    "host": "shop.example",
    "logo_url": None,
    "client_uri": "https://shop.example/about",
    "policy_uri": "https://shop.example/privacy",
    "tos_uri": "https://shop.example/terms",
}
JOURNEY: Final[dict[str, Any]] = {"site": SITE, "ticket": "sealed-ticket"}
PASSKEY: Final = {"options_url": "/sign-in/options", "verify_url": "/sign-in/verify"}

CLAIMS: Final = [
    {"name": "sub", "label": "An identifier made for this site alone", "value": "q8ZkV0m3R1xT5bYc2nLd7w"},
    {"name": "nickname", "label": "Code name", "value": "青竹"},
    {"name": "verified", "label": "A real, verified person", "value": True},
    {"name": "assurance_level", "label": "How you were verified", "value": "registry"},
    {"name": "verified_on", "label": "Verified on", "value": date(2026, 11, 23)},
    {"name": "age_over_18", "label": "18 or older", "value": True, "why": "Stalls may sell liquor.", "optional": True},
]

DEMO_PEOPLE: Final = [
    {"key": "verified", "label": "测试一", "description": "Verified with the registry, an adult"},
    {"key": "unverified", "label": "A newcomer", "description": "Not verified yet"},
    {"key": "minor", "label": "A minor of 16", "description": "Verified with the registry, not an adult"},
]

SAMPLES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "sign-in": ("sign_in/sign_in.html", {**PASSKEY}),
    "sign-in-site": ("sign_in/sign_in.html", {**JOURNEY, **PASSKEY, "demo": True, "demo_people": DEMO_PEOPLE}),
    "consent": ("oidc/consent.html", {**JOURNEY, "claims": CLAIMS, "code_name": "青竹", "signed_in": True}),
    "consent-plain": (
        "oidc/consent.html",
        {**JOURNEY, "claims": CLAIMS[:1], "code_name": None, "withheld": ("legal_name",), "signed_in": True},
    ),
}
