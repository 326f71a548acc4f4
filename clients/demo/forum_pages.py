"""The teahouse's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clients.demo import facts, shown
from clients.demo.forum_web import Answer
from clients.demo.pages import Html, render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clients.demo.errors import Trouble
    from clients.demo.records import Entry, Received
    from clients.demo.settings import SiteSettings
    from clients.demo.words import Words

NOTHING = Html("")


class Pages:
    """The pages as one visitor sees them: in their language, signed in or not."""

    def __init__(self, words: Words, site: SiteSettings, person: Received | None, *, path: str) -> None:
        self.words = words
        self._site = site
        self._person = person
        self._path = path

    def home(self, posts: Sequence[Entry], *, longest: int, signed_out: bool) -> Answer:
        """Show the talk, and the place to join it."""
        if self._person is None:
            door = self._part("door.html", notice=self._part("signed_out.html") if signed_out else NOTHING)
        else:
            compare = (
                self._part("compare_link.html", partner=self._site.partner) if self._site.compares_notes else NOTHING
            )
            door = self._part("table.html", name=self._person.code_name, longest=longest, compare=compare)
        talk = [
            self._part("post.html", words=post.words, by=post.by, initial=post.by[:1], day=self.words.day(post.at))
            for post in posts
        ]
        listed = Html.joined(talk) if talk else self._part("no_posts.html")
        return self._page("forum", "home.html", title=self.words("Half-Moon Teahouse"), door=door, posts=listed)

    def received(self, person: Received, *, lines: str) -> Answer:
        """Show all that the provider told the site, and the lines that did it."""
        header, payload, signature = person.id_token.split(".")
        return self._page(
            "received",
            "received.html",
            title=self.words("What we received about you"),
            facts=Html.joined(
                self._part("fact.html", claim=claim, value=value, meaning=meaning)
                for claim, value, meaning in facts.facts_about(person, self.words)
            ),
            absent=Html.joined(self._part("absent.html", what=self.words(what)) for what in facts.NOT_RECEIVED),
            userinfo=shown.pretty(person.userinfo),
            header=shown.pretty(person.header),
            claims=shown.pretty(person.claims),
            raw_header=header,
            raw_payload=payload,
            raw_signature=signature,
            lines=lines,
        )

    def privacy(self) -> Answer:
        """Say what the site keeps."""
        return self._page("privacy", "privacy.html", title=self.words("Privacy"))

    def terms(self) -> Answer:
        """Say the rules of the house."""
        return self._page("terms", "terms.html", title=self.words("House rules"))

    def trouble(self, code: str, trouble: Trouble) -> Answer:
        """Say what went wrong and how to go on."""
        again = self._part("again.html") if trouble.again else NOTHING
        provider = self._part("provider_link.html", issuer=self._site.issuer) if trouble.again else NOTHING
        title, text = self.words(trouble.title), self.words(trouble.words)
        return self._page(
            "error",
            "error.html",
            status=trouble.status,
            title=title,
            text=text,
            code=code,
            again=again,
            provider=provider,
        )

    def _page(self, name: str, template: str, *, title: str, status: int = 200, **values: object) -> Answer:
        tag, other = self.words.other
        who = self._part("who.html", name=self._person.code_name) if self._person else NOTHING
        page = self._part(
            "layout.html",
            language=self.words.language,
            name=name,
            title=title,
            who=who,
            back=self._path,
            other_tag=tag,
            other_name=other,
            main=self._part(template, title=title, **values),
        )
        return Answer(status=status, body=page.encode())

    def _part(self, template: str, **values: object) -> Html:
        return render(template, self.words, **values)
