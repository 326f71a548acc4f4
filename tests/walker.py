"""A person without a browser: follows links, submits forms by the page contract (``data-page``, ``data-action``)."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests


@dataclass
class Form:
    """One form of a page: where it goes, what it carries, and its buttons by ``data-action``."""

    action: str
    method: str
    fields: dict[str, str]
    buttons: dict[str, tuple[str, str]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = ""
        self.forms: list[Form] = []
        self._in_form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "body":
            self.page = given.get("data-page", "")
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower(), {}, {}))
            self._in_form = True
        elif self._in_form and tag in {"input", "button"}:
            self._control(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False

    def _control(self, tag: str, given: dict[str, str]) -> None:
        form = self.forms[-1]
        if tag == "button" or given.get("type") == "submit":
            form.buttons[given.get("data-action", "")] = (given.get("name", ""), given.get("value", ""))
        elif given.get("type") in {"radio", "checkbox"} and "checked" not in given:
            form.fields.setdefault(given.get("name", ""), "")
        elif given.get("name"):
            form.fields[given["name"]] = given.get("value", "")


@dataclass
class Page:
    """A page as it was received."""

    response: requests.Response
    name: str
    forms: list[Form]

    def form(self, action: str) -> Form:
        """Return the first form that has a button of that ``data-action``, or goes to that path."""
        return next(form for form in self.forms if action in form.buttons or urlsplit(form.action).path == action)


def read(response: requests.Response) -> Page:
    """Read a page by its contract."""
    reader = _Reader()
    reader.feed(response.text)
    return Page(response, reader.page, reader.forms)


class Walker:
    """Keeps cookies, stops at the addresses named in ``stops`` (a site's callback) instead of following them."""

    def __init__(self, issuer: str, *, stops: tuple[str, ...] = ()) -> None:
        self.issuer = issuer
        self.session = requests.Session()
        self.session.trust_env = False
        self.stops = stops

    def get(self, address: str) -> Page | str:
        """Open an address; returns the page, or the address of a stop it led to."""
        return self._follow("GET", urljoin(self.issuer, address), None)

    def submit(self, page: Page, action: str, **values: str) -> Page | str:
        """Press the button of that ``data-action`` (or submit the form that goes there)."""
        form = page.form(action)
        name, value = form.buttons.get(action, ("", ""))
        fields = form.fields | ({name: value} if name else {}) | values
        return self._follow(form.method.upper(), urljoin(page.response.url, form.action), fields)

    def sign_in_as(self, who: str) -> None:
        """Use the demo's list of people."""
        page = self.get("/sign-in")
        assert isinstance(page, Page)
        self.submit(page, "/demo/sign-in", person=who)

    def settle(self, outcome: Page | str, *, code_name: str = "Quiet Heron") -> str:
        """Choose a code name and allow whatever is asked until a stop is reached; returns its address."""
        for _ in range(6):
            if isinstance(outcome, str):
                return outcome
            if outcome.name == "code-name":
                outcome = self.submit(outcome, "submit", name=code_name)
            elif outcome.name == "consent":
                outcome = self.submit(outcome, "allow")
            else:
                raise AssertionError(f"did not expect the page {outcome.name!r}:\n{outcome.response.text[:3000]}")
        raise AssertionError("the journey does not end")

    def arrive(self, outcome: Page | str, *, code_name: str = "Quiet Heron") -> Page:
        """Choose a code name and allow whatever is asked until a page of the site's own; returns it."""
        for _ in range(6):
            assert isinstance(outcome, Page), f"stopped at {outcome}"
            if outcome.name == "code-name":
                outcome = self.submit(outcome, "submit", name=code_name)
            elif outcome.name == "consent":
                outcome = self.submit(outcome, "allow")
            else:
                at_provider = outcome.response.url.startswith(self.issuer)
                assert not at_provider, f"did not expect the page {outcome.name!r}:\n{outcome.response.text[:3000]}"
                assert outcome.response.ok, f"{outcome.response.url}:\n{outcome.response.text[:3000]}"
                return outcome
        raise AssertionError("the journey does not end")

    def _follow(self, method: str, address: str, fields: dict[str, str] | None) -> Page | str:
        for _ in range(20):
            if address.startswith(self.stops) and self.stops:
                return address
            response = self.session.request(method, address, data=fields, allow_redirects=False, timeout=30)
            if response.status_code not in {301, 302, 303}:
                return read(response)
            method, fields, address = "GET", None, urljoin(address, response.headers["Location"])
        raise AssertionError("redirected without end")
