"""The site's request that a page is a part of, if there is one: its ticket, who asks, and the way on.

Pages never lead to one another. Each goes back to the authorization endpoint, or to the person's own account where no
site is waiting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import render_template, request

from idp.web import current, i18n, security
from idp.web.sites import site_view

if TYPE_CHECKING:
    from idp.oidc.authorization_request import AuthorizationRequest


@dataclass(frozen=True, slots=True)
class Journey:
    """``ticket`` and ``wish`` are both there or both None."""

    ticket: str | None = None
    wish: AuthorizationRequest | None = None

    @property
    def onward(self) -> str:
        """The path that a page returns to when it is done."""
        return self.path("/authorize") if self.ticket else "/account"

    def path(self, path: str, **more: str) -> str:
        """Return a path of ours that carries the ticket along, and ``more`` in its query."""
        query = {"ticket": self.ticket, **more} if self.ticket else more
        return f"{path}?{urlencode(query)}" if query else path

    def page(self, template: str, **variables: object) -> str:
        """Render a page of the journey: it shows the site, and its forms may end there."""
        if self.wish is None:
            return render_template(template, **variables)
        site = site_view(self.wish.client, with_logo=True)
        page = render_template(template, site=site, ticket=self.ticket, **variables)
        return security.allow_form_to(self.wish.redirect_uri or None, page)


def journey() -> Journey:
    """Return the journey that the query or the form at hand carries on. Raises PageError for a ticket past its time."""
    return journey_of(request.form.get("ticket") if request.method == "POST" else request.args.get("ticket"))


def journey_of(ticket: str | None) -> Journey:
    """Return the journey of a ticket; one without a site where there is none."""
    if not ticket:
        return Journey()
    binding = current.browser().binding
    wish = current.services().authorize.resume(ticket, binding=binding, now=current.now())
    i18n.prefer((wish.get("ui_locales") or "").split())
    return Journey(ticket, wish)
