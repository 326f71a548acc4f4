"""The one script, in a real browser with a virtual authenticator; the server only writes down what it is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.gallery import Picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Request, Route

pytestmark = pytest.mark.browser

SIGN_IN: Final = Picture("sign-in-site", "en", "light")
SIGN_UP: Final = Picture("sign-up", "en", "light")
CHALLENGE: Final = "w3-Vb_0kQ7mJ2n1pX9yZtg"
CREATION: Final = {
    "rp": {"id": "yufu.test", "name": "Yufu"},
    "user": {"id": "cGVyc29uLWhhbmRsZQ", "name": "yufu", "displayName": "Yufu"},
    "challenge": CHALLENGE,
    "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
    "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
    "excludeCredentials": [],
}
REQUEST: Final = {"challenge": CHALLENGE, "rpId": "yufu.test", "allowCredentials": [], "userVerification": "required"}
NEXT: Final = "https://yufu.test/next"
REFUSAL: Final = {
    "error": {"title": "Unknown passkey.", "what": "It is not ours.", "next": "Use another.", "id": "3f9a"}
}
OLD_BROWSER: Final = """
    delete PublicKeyCredential.parseCreationOptionsFromJSON;
    delete PublicKeyCredential.parseRequestOptionsFromJSON;
    delete PublicKeyCredential.prototype.toJSON;
"""
NO_AUTOFILL: Final = "PublicKeyCredential.isConditionalMediationAvailable = async () => false;"


@dataclass
class Notebook:
    """The server of these tests: says what `answers` say, and keeps what it was sent."""

    options: dict[str, Any]
    answers: list[dict[str, Any]] = field(default_factory=lambda: [{"next": NEXT}])
    requests: list[tuple[str, Request]] = field(default_factory=list)

    def serve(self, page: Page) -> None:
        """Stand at the two addresses of the gallery's forms."""
        page.route("https://yufu.test/options", self._answer_options)
        page.route("https://yufu.test/verify", self._answer_verify)

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        """Return the JSON objects sent to "options" or "verify"."""
        return [json.loads(request.post_data or "") for what, request in self.requests if what == kind]

    def _answer_options(self, route: Route) -> None:
        self.requests.append(("options", route.request))
        route.fulfill(json=self.options)

    def _answer_verify(self, route: Route) -> None:
        self.requests.append(("verify", route.request))
        route.fulfill(json=self.answers.pop(0))


def authenticator(page: Page, *, verifies: bool = True) -> Any:
    """Plug a platform authenticator into the page's browser and return the session that commands it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def press(page: Page) -> None:
    page.locator("[data-action=passkey]").click()


def sign_up(page: Page, notebook: Notebook) -> dict[str, Any]:
    """Create a passkey and return what the server was sent."""
    press(page)
    page.wait_for_url(NEXT)
    return notebook.bodies("verify")[-1]


@pytest.mark.parametrize("script", ["", OLD_BROWSER], ids=["current browser", "old browser"])
def test_a_new_passkey_is_sent_with_its_label_and_the_ticket(script: str, open_page: Callable[..., Page]) -> None:
    notebook = Notebook(CREATION)

    def prepare(page: Page) -> None:
        page.add_init_script(script)
        notebook.serve(page)
        authenticator(page)

    page = open_page(SIGN_UP, prepare=prepare)
    page.get_by_label("A name for this passkey (optional)").fill("我的手机")
    sent = sign_up(page, notebook)

    assert notebook.bodies("options") == [{"ticket": "sealed-ticket", "label": "我的手机"}]
    assert {name: sent[name] for name in ("ticket", "label")} == {"ticket": "sealed-ticket", "label": "我的手机"}
    credential = sent["credential"]
    assert credential["type"] == "public-key"
    assert credential["id"] == credential["rawId"]
    assert set(credential["response"]) >= {"clientDataJSON", "attestationObject", "transports"}
    assert not any("=" in value or "+" in value for value in credential["response"].values() if isinstance(value, str))
    assert all(request.headers["x-csrftoken"] == "csrf-token" for _, request in notebook.requests)


@pytest.mark.parametrize("script", ["", OLD_BROWSER], ids=["current browser", "old browser"])
def test_a_press_of_the_button_signs_in(script: str, open_page: Callable[..., Page]) -> None:
    page, notebook = _with_a_passkey(open_page, script + NO_AUTOFILL)
    press(page)
    page.wait_for_url(NEXT)
    assert set(notebook.bodies("verify")[0]["credential"]["response"]) >= {
        "clientDataJSON",
        "authenticatorData",
        "signature",
        "userHandle",
    }


def test_a_passkey_chosen_in_the_autofill_list_signs_in_without_the_button(open_page: Callable[..., Page]) -> None:
    page, notebook = _with_a_passkey(open_page, "")
    page.wait_for_url(NEXT)
    assert notebook.bodies("verify")[0]["ticket"] == "sealed-ticket"


def test_a_refused_passkey_of_the_autofill_list_is_offered_again_with_a_fresh_challenge(
    open_page: Callable[..., Page],
) -> None:
    page, notebook = _with_a_passkey(open_page, "", answers=[REFUSAL, {"next": NEXT}])
    page.wait_for_url(NEXT)
    assert len(notebook.bodies("options")) == 2


def test_an_offer_that_nobody_asked_for_fails_in_silence(open_page: Callable[..., Page]) -> None:
    page = open_page(SIGN_IN, prepare=lambda page: Notebook(REFUSAL).serve(page))
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("status").text_content(timeout=2000) == ""
    assert not page.get_by_label("Passkeys your browser offers").is_visible()


def test_the_server_s_words_of_refusal_are_shown_and_the_button_works_again(open_page: Callable[..., Page]) -> None:
    page, notebook = _with_a_passkey(open_page, NO_AUTOFILL, answers=[REFUSAL, {"next": NEXT}])
    press(page)
    page.get_by_role("status").get_by_text("Unknown passkey. It is not ours. Use another. Error id: 3f9a").wait_for()
    press(page)
    page.wait_for_url(NEXT)
    assert len(notebook.bodies("options")) == 2, "a second attempt asks for a fresh challenge"


def test_a_dismissed_prompt_is_put_into_the_reader_s_words(open_page: Callable[..., Page]) -> None:
    notebook = Notebook(REQUEST)

    def prepare(page: Page) -> None:
        page.add_init_script(NO_AUTOFILL)
        notebook.serve(page)
        authenticator(page, verifies=False)

    page = open_page(Picture("sign-in-site", "zh-CN", "light"), prepare=prepare)
    press(page)
    page.get_by_role("status").get_by_text("尚未完成").wait_for()
    assert notebook.bodies("verify") == []


def test_a_browser_without_passkeys_is_told_what_to_do(open_page: Callable[..., Page]) -> None:
    page = open_page(SIGN_IN, prepare=lambda page: page.add_init_script("delete window.PublicKeyCredential"))
    assert page.get_by_role("heading", name="This browser cannot use passkeys").is_visible()
    assert not page.locator("[data-action=passkey]").is_visible()


def test_a_browser_inside_an_app_is_told_how_to_leave_it(open_page: Callable[..., Page]) -> None:
    page = open_page(SIGN_IN, user_agent="Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile MicroMessenger/8.0.50")
    assert page.get_by_text("Inside another app, such as WeChat").is_visible()
    assert page.locator("[data-action=passkey]").is_visible(), "it may work all the same"


@pytest.mark.parametrize("sample", ["sign-in-site", "sign-up", "micro-deposit-confirm", "erase", "passkeys"])
def test_without_javascript_the_page_says_what_is_missing(sample: str, open_page: Callable[..., Page]) -> None:
    page = open_page(Picture(sample, "en", "light"), java_script_enabled=False)
    assert page.locator("noscript .notice").is_visible()
    assert not page.locator("[data-action=passkey]").is_visible()


def _with_a_passkey(
    open_page: Callable[..., Page], script: str, *, answers: list[dict[str, Any]] | None = None
) -> tuple[Page, Notebook]:
    """Open the sign-in page in a browser that has just created a passkey."""
    creating = Notebook(CREATION)

    def prepare(page: Page) -> None:
        creating.serve(page)
        authenticator(page)

    page = open_page(SIGN_UP, prepare=prepare)
    sign_up(page, creating)
    notebook = Notebook(REQUEST, answers or [{"next": NEXT}])
    page.unroute("https://yufu.test/options")
    page.unroute("https://yufu.test/verify")
    notebook.serve(page)
    page.add_init_script(script)
    page.goto(f"https://yufu.test/gallery/{SIGN_IN.sample}.{SIGN_IN.language}.{SIGN_IN.theme}")
    return page, notebook
