"""A person at a real browser with a real (virtual) authenticator, who reads pages by their contract."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from idp.domain import sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, CDPSession, Page

    from tests.live import Demo

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Person:
    """Somebody at a browser of their own, with one authenticator in it."""

    demo: Demo
    page: Page
    device: CDPSession
    authenticator_id: str

    @property
    def issuer(self) -> str:
        """The provider's address."""
        return self.demo.provider.issuer

    @property
    def where(self) -> str:
        """The page at hand, by its ``data-page``."""
        self.page.wait_for_load_state()
        return self.page.get_attribute("body", "data-page") or ""

    def open(self, address: str) -> None:
        """Open an address; a path is one of the provider's."""
        self.page.goto(address if address.startswith("http") else self.issuer + address)

    def press(self, action: str, *, until: str | None = None) -> None:
        """Press the control of that ``data-action``; with ``until``, wait for the page of that ``data-page``."""
        self.page.click(f"[data-action={action}] >> visible=true")
        if until is not None:
            self.arrive(until)

    def arrive(self, name: str) -> None:
        """Wait for the page of that ``data-page``."""
        self.page.wait_for_selector(f"body[data-page={name}]", timeout=15_000)

    def fill(self, **fields: str) -> None:
        """Fill fields by their names."""
        for name, value in fields.items():
            self.page.fill(f"[name={name}]", value)

    def agree(self, name: str = "agreed") -> None:
        """Tick a box."""
        self.page.check(f"[name={name}]")

    def present(self, here: bool) -> None:
        """Let the authenticator answer by itself, or not."""
        given = {"authenticatorId": self.authenticator_id, "enabled": here}
        self.device.send("WebAuthn.setAutomaticPresenceSimulation", given)

    def verified_user(self, yes: bool) -> None:
        """Let the authenticator recognise its user, or fail to."""
        given = {"authenticatorId": self.authenticator_id, "isUserVerified": yes}
        self.device.send("WebAuthn.setUserVerified", given)

    def passkeys(self) -> list[dict[str, Any]]:
        """Return what the authenticator holds."""
        answer: dict[str, Any] = self.device.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator_id})
        credentials: list[dict[str, Any]] = answer["credentials"]
        return credentials

    # ── what people do ───────────────────────────────────────────────────────────────────────────────────────────────

    def sign_up(self) -> None:
        """Create an account with a passkey, from the sign-in or the sign-up page."""
        if self.where == "sign-in":
            self.press("sign-up", until="sign-up")
        self.press("passkey")
        self.page.wait_for_url(lambda url: "/sign-up" not in url, timeout=15_000)

    def verify(self, number: str) -> None:
        """Go through registry query and micro-deposit as a sandbox identity, from the verify page to its end."""
        identity = next(each for each in sandbox.IDENTITIES if each.number == number)
        self.press("continue", until="verify-registry-query")
        self.fill(name=identity.name, resident_number=identity.entry)
        self.agree()
        self.press("submit", until="verify")
        self.press("continue", until="verify-micro-deposit")
        self.fill(holder=identity.name, card_number=identity.card)
        self.agree()
        self.press("submit")
        self.page.wait_for_selector("[data-action=passkey]")
        self.press("passkey")
        self.page.wait_for_selector("[name=first]")
        first, second = sandbox.DEPOSITS.fen
        self.fill(first=f"{first:02}", second=f"{second:02}")
        self.press("submit")

    def join(self, site: str, *, code_name: str) -> None:
        """Settle code name and consent, and arrive at the site."""
        if self.where == "code-name":
            self.fill_own_name(code_name)
        self.arrive("consent")
        self.press("allow")
        self.page.wait_for_url(f"{site}/**")

    def fill_own_name(self, code_name: str) -> None:
        """Write a code name of one's own."""
        self.page.fill("input[name=name]", code_name)
        self.page.locator("form", has=self.page.locator("input[name=name][type=text]")).locator(
            "[data-action=submit]"
        ).click()

    def received_by(self, site: str) -> dict[str, Any]:
        """Return the ID token's claims as the site shows them."""
        self.open(f"{site}/received")
        claims: dict[str, Any] = json.loads(self.page.inner_text("[data-field=id-token-claims]"))
        return claims


@contextmanager
def person(chrome: Browser, demo: Demo, **options: Any) -> Iterator[Person]:
    """Sit somebody down at a fresh browser."""
    context = chrome.new_context(**({"locale": "en"} | options))
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    answer = device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    try:
        yield Person(demo, page, device, answer["authenticatorId"])
    finally:
        context.close()
