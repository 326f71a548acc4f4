"""What the gallery shows: for each picture a template and the variables its opening comment asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final


class Said(str):
    """Words that a view hands over in the reader's language."""

    __slots__ = ()


COMMON: Final[dict[str, Any]] = {"current_path": "/", "demo": False}

SITE: Final = {
    "name": "集市 Stalls",
    "host": "shop.example",
    "client_uri": "https://shop.example/about",
    "policy_uri": "https://shop.example/privacy",
    "tos_uri": "https://shop.example/terms",
}
JOURNEY: Final[dict[str, Any]] = {"site": SITE, "ticket": "sealed-ticket"}
SIGNED_IN: Final[dict[str, Any]] = {"signed_in": True}
SIGNED_IN_JOURNEY: Final[dict[str, Any]] = {**JOURNEY, **SIGNED_IN}
PASSKEY: Final = {"options_url": "/options", "verify_url": "/verify"}

CLAIMS: Final = [
    {"name": "nickname", "label": "Your code name at this site", "value": "青竹"},
    {"name": "preferred_username", "label": "Your code name at this site", "value": "青竹"},
    {"name": "verified", "label": "Whether you are a verified person", "value": True},
    {"name": "assurance_level", "label": "How well your identity was checked", "value": "registry"},
    {"name": "verified_on", "label": "The day you were verified", "value": "2026-11-23"},
    {"name": "age_over_18", "label": "Whether you are 18 or older", "value": True, "why": "酒 · 18+", "optional": True},
    {
        "name": "population_register",
        "label": "That your identity was checked against the population register",
        "day": date(2026, 11, 23),
    },
]

DEMO_PEOPLE: Final = [
    {"key": "adult", "label": "Verified adult", "description": "Registry query and bank deposits done."},
    {"key": "minor", "label": "Verified minor", "description": "Verified, and sixteen years old."},
    {"key": "new", "label": "Unverified", "description": "Has an account and nothing else."},
]
DEMO_SITES: Final = [
    {"name": "集市", "url": "http://localhost:9001", "description": "Needs a verified adult; anyone can open a stall."},
    {"name": "论坛", "url": "http://localhost:9002", "description": "Real people under code names."},
]

PASSKEYS: Final = [
    {
        "key": "p1",
        "label": "我的手机",
        "added_on": date(2026, 11, 1),
        "used_on": date(2026, 11, 23),
        "synced": True,
    },
    {"key": "p2", "label": "Chrome · Windows", "added_on": date(2026, 11, 20), "used_on": None, "synced": False},
]
SITES: Final = [
    {
        "key": "s1",
        "name": "集市 Stalls",
        "host": "shop.example",
        "code_name": "青竹",
        "claims": ["Whether you are a verified person", "Whether you are 18 or older"],
        "since": date(2026, 11, 23),
        "policy_uri": "https://shop.example/privacy",
    },
    {
        "key": "s2",
        "name": "A-forum-with-a-very-long-unbroken-name-that-must-wrap-somewhere",
        "host": "a-very-long-host-name-that-goes-on-and-on.forum.example",
        "code_name": None,
        "claims": [],
        "named": True,
        "since": date(2026, 11, 24),
        "policy_uri": None,
    },
]
SESSIONS: Final = [
    {"key": "a", "device": "Chrome · Windows", "on": date(2026, 11, 23), "current": True},
    {"key": "b", "device": "Unknown device", "on": date(2026, 11, 20), "current": False},
]
NOTICES: Final = [
    {
        "key": "n1",
        "kind": "warn",
        "title": "有人正在找回您的身份",
        "text": "对方用新的通行密钥以您的身份完成了认证。如果不是您本人，您可以终止。",
        "url": "/recovery",
        "action_text": "查看并决定",
    },
    {"key": None, "kind": "info", "title": None, "text": "您的账户添加了一个通行密钥。", "url": None},
]


def form_field(name: str, value: str = "", error: str | None = None) -> dict[str, Any]:
    """Return what a template sees of a form's field."""
    return {"name": name, "value": value, "errors": [error] if error else []}


REGISTRY_FORM: Final = {name: form_field(name) for name in ("name", "resident_number", "agreed")}
REGISTRY_FORM_WRONG: Final = {
    "name": form_field("name", "测试一"),
    "resident_number": form_field("resident_number", "110105194912310021", "The last character does not fit."),
    "agreed": form_field("agreed", error="Tick the box if you agree; without it we may not ask."),
}
CARD_FORM: Final = {name: form_field(name) for name in ("holder", "card_number", "agreed")}
AMOUNTS_FORM: Final = {name: form_field(name) for name in ("first", "second")}
AMOUNTS_FORM_WRONG: Final = {
    "first": form_field("first", "1", "Two digits, please."),
    "second": form_field("second", "34"),
}
PRICE: Final = {"price_fen": 500, "payer": "site"}

FRESH: Final[dict[str, Any]] = {
    "level": "none",
    "verified": False,
    "registry": {"state": "todo"},
    "deposit": {"state": "todo"},
}
MATCHED: Final[dict[str, Any]] = {
    "level": "matched",
    "verified": False,
    "registry": {"state": "done", "on": date(2026, 11, 23)},
    "deposit": {"state": "sent", "until": date(2026, 11, 30), "tries_left": 3},
}
DONE: Final[dict[str, Any]] = {
    "level": "registry",
    "verified": True,
    "registry": {"state": "done", "on": date(2026, 11, 23)},
    "deposit": {"state": "done"},
}
DEMANDING: Final = {**SITE, "require_verified": True, "require_age_over_18": True}

VERIFIED_PERSON: Final = {
    "level": "registry",
    "verified": True,
    "masked_name": "王**",
    "verified_on": date(2026, 11, 23),
    "since": date(2026, 11, 1),
}
NEW_PERSON: Final = {"level": "none", "verified": False, "masked_name": None, "since": date(2026, 11, 24)}
EVIDENCE: Final = [
    {"label": "Name and number found in the registry", "on": date(2026, 11, 23), "until": None},
    {
        "label": "Two deposits read from a bank account in your name",
        "on": date(2026, 11, 23),
        "until": date(2028, 11, 23),
    },
]

SAMPLES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "home": ("home.html", {}),
    "home-demo": ("home.html", {**SIGNED_IN, "demo": True, "demo_sites": DEMO_SITES}),
    "error": (
        "error.html",
        {
            "title": Said("We do not send you there"),
            "what": Said("The address you would return to is not one the site has registered."),
            "next": Said("Go back to the site you came from and start again. If it happens again, tell the site."),
            "error_id": "3f9a01c2de",
        },
    ),
    "sign-in": ("sign_in/sign_in.html", PASSKEY),
    "sign-in-site": ("sign_in/sign_in.html", {**JOURNEY, **PASSKEY, "demo": True, "demo_people": DEMO_PEOPLE}),
    "sign-in-hardware": ("sign_in/sign_in.html", {**JOURNEY, **PASSKEY, "stays_put": True}),
    "form-post": (
        "oidc/form_post.html",
        {"site": JOURNEY["site"], "action": "https://shop.example/callback", "fields": {"code": "x"}},
    ),
    "sign-up": ("sign_in/sign_up.html", {**JOURNEY, **PASSKEY}),
    "recovery-ask": ("sign_in/recovery.html", {"state": "ask", "wait_hours": 72}),
    "recovery-found": ("sign_in/recovery.html", {**SIGNED_IN_JOURNEY, "state": "found", "wait_hours": 72}),
    "recovery-waiting": (
        "sign_in/recovery.html",
        {**SIGNED_IN, "state": "waiting", "ready_at": datetime(2026, 11, 27, 8, tzinfo=UTC)},
    ),
    "recovery-claimed": (
        "sign_in/recovery.html",
        {**SIGNED_IN, "state": "claimed", "ready_at": datetime(2026, 11, 27, 8, tzinfo=UTC), "onward": "/account"},
    ),
    "recovery-ready": ("sign_in/recovery.html", {**SIGNED_IN, "state": "ready"}),
    "verify": ("proofing/verify.html", {**SIGNED_IN_JOURNEY, **FRESH, **PRICE, "site": DEMANDING}),
    "verify-matched": ("proofing/verify.html", {**SIGNED_IN, **MATCHED, **PRICE, "payer": "person"}),
    "verify-locked": (
        "proofing/verify.html",
        {**SIGNED_IN, **MATCHED, **PRICE, "deposit": {"state": "locked"}, "payer": "operator"},
    ),
    "verify-minor": ("proofing/verify.html", {**SIGNED_IN_JOURNEY, **DONE, **PRICE, "refusal": "minor"}),
    "registry-query": ("proofing/registry_query.html", {**SIGNED_IN_JOURNEY, **PRICE, "form": REGISTRY_FORM}),
    "registry-query-wrong": (
        "proofing/registry_query.html",
        {
            **SIGNED_IN,
            **PRICE,
            "form": REGISTRY_FORM_WRONG,
            "problem": "The registry did not confirm this name with this number.",
            "warnings": ["The number begins with a region we do not know."],
        },
    ),
    "micro-deposit-card": ("proofing/micro_deposit.html", {**SIGNED_IN_JOURNEY, "state": "card", "form": CARD_FORM}),
    "micro-deposit-confirm": (
        "proofing/micro_deposit.html",
        {**SIGNED_IN, **PASSKEY, "state": "confirm", "until": date(2026, 11, 30)},
    ),
    "micro-deposit-amounts": (
        "proofing/micro_deposit.html",
        {**SIGNED_IN_JOURNEY, "state": "amounts", "form": AMOUNTS_FORM, "tries_left": 3, "until": date(2026, 11, 30)},
    ),
    "micro-deposit-wrong": (
        "proofing/micro_deposit.html",
        {
            **SIGNED_IN,
            "state": "amounts",
            "form": AMOUNTS_FORM_WRONG,
            "problem": "These are not the two amounts.",
            "tries_left": 1,
            "until": date(2026, 11, 30),
        },
    ),
    "micro-deposit-failed": ("proofing/micro_deposit.html", {**SIGNED_IN, "state": "failed"}),
    "micro-deposit-locked": ("proofing/micro_deposit.html", {**SIGNED_IN, "state": "locked"}),
    "micro-deposit-expired": ("proofing/micro_deposit.html", {**SIGNED_IN, "state": "expired"}),
    "code-name": (
        "oidc/code_name.html",
        {**SIGNED_IN_JOURNEY, "form": {"name": form_field("name")}, "suggestions": ["青竹", "听雨", "Quiet Heron"]},
    ),
    "code-name-wrong": (
        "oidc/code_name.html",
        {
            **SIGNED_IN_JOURNEY,
            "form": {"name": form_field("name", "admin", "Somebody at this site goes by a name that looks the same.")},
            "suggestions": ["青竹"],
        },
    ),
    "consent": (
        "oidc/consent.html",
        {**SIGNED_IN_JOURNEY, "claims": CLAIMS, "code_name": "青竹", "agreement": "sealed"},
    ),
    "consent-plain": (
        "oidc/consent.html",
        {**SIGNED_IN_JOURNEY, "claims": [], "code_name": None, "withheld": ("legal_name",)},
    ),
    "consent-names": (
        "oidc/consent.html",
        {
            **SIGNED_IN_JOURNEY,
            "claims": [],
            "code_name": None,
            "withheld": ("resident_id",),
            "names": {"legal_name": True, "birth_date": True, "basis": "《测试法》第一条"},
        },
    ),
    "device": ("oidc/device.html", {"user_code": "BCDF-GHJK", "wrong": False}),
    "device-wrong": ("oidc/device.html", {"user_code": "BCDF", "wrong": True}),
    "device-confirm": ("oidc/device_confirm.html", {**SIGNED_IN_JOURNEY, "user_code": "BCDF-GHJK"}),
    "device-allowed": ("oidc/device_end.html", {**SIGNED_IN, "site": SITE, "allowed": True}),
    "device-denied": ("oidc/device_end.html", {**SIGNED_IN, "site": SITE, "allowed": False}),
    "logout-confirm": ("oidc/logout_confirm.html", {**SIGNED_IN, "site": SITE, "parameters": {"state": "s"}}),
    "logged-out": ("oidc/logged_out.html", {"site": SITE}),
    "logged-out-onward": (
        "oidc/logged_out.html",
        {"site": SITE, "frames": ["about:blank"], "onward": "https://shop.example/bye?state=x"},
    ),
    "error-help": (
        "oidc/error_help.html",
        {"word": "invalid_grant", "cause": Said("授权码已用过"), "cure": Said("重新开始"), "clause": "RFC 6749 §5.2"},
    ),
    "vocabulary-framework": ("oidc/vocabulary.html", {"word": "framework"}),
    "vocabulary-level": ("oidc/vocabulary.html", {"word": "level", "level": "registry"}),
    "vocabulary-check": ("oidc/vocabulary.html", {"word": "micro_deposit"}),
    "vocabulary-policy": (
        "oidc/vocabulary.html",
        {
            "word": "policy",
            "version": "2026-1",
            "rules": [
                {
                    "level": "registry",
                    "needs": [
                        {"any_of": ["测试甲"], "count": 1, "days": None},
                        {"any_of": ["测试乙", "测试丙"], "count": 3, "days": 730},
                    ],
                }
            ],
        },
    ),
    "account": (
        "account/account.html",
        {
            **SIGNED_IN,
            "person": VERIFIED_PERSON,
            "evidence": EVIDENCE,
            "notices": NOTICES,
            "passkeys": PASSKEYS,
            "site_count": 2,
            "sessions": SESSIONS,
        },
    ),
    "account-new": (
        "account/account.html",
        {
            **SIGNED_IN,
            "person": NEW_PERSON,
            "evidence": [],
            "notices": [],
            "passkeys": PASSKEYS[:1],
            "site_count": 0,
            "sessions": SESSIONS[:1],
        },
    ),
    "passkeys": (
        "account/passkeys.html",
        {**SIGNED_IN, **PASSKEY, "passkeys": PASSKEYS, "done": "added", "confirmed": "sealed-proof"},
    ),
    "passkeys-one": ("account/passkeys.html", {**SIGNED_IN, **PASSKEY, "passkeys": PASSKEYS[:1]}),
    "sites": (
        "account/sites.html",
        {
            **SIGNED_IN,
            "sites": SITES,
            "page": {"number": 2, "count": 3, "previous_url": "?page=1", "next_url": "?page=3"},
            "query": "",
            "total": 42,
            "done": "withdrawn",
        },
    ),
    "sites-nothing-found": ("account/sites.html", {**SIGNED_IN, "sites": [], "query": "<x>", "total": 2}),
    "sites-none": ("account/sites.html", {**SIGNED_IN, "sites": [], "query": "", "total": 0}),
    "erase": (
        "account/erase.html",
        {**SIGNED_IN, **PASSKEY, "verified": True, "kept_until": date(2031, 11, 23)},
    ),
}
