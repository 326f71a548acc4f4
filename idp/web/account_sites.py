"""The sites a person has agreed to: what each gets, and how to take it back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request

from idp.oidc.asked import described
from idp.oidc.verified_claims import told
from idp.store import pages
from idp.web import current
from idp.web.sites import site_view

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from idp.authentication.sessions import Session
    from idp.store.pages import ConnectedClient, Page

blueprint = Blueprint("sites", __name__, url_prefix="/sites")

LAST_PAGE = 10_000


@blueprint.get("")
def listed() -> str:
    """List the sites the person has agreed to, and what each gets."""
    session = current.require_session()
    query = request.args.get("q", "").strip()[:100]
    found = connected(session, words=query, page=min(request.args.get("page", 1, type=int), LAST_PAGE))
    return render_template(
        "account/sites.html",
        sites=[shown for each in found.items if (shown := _shown(session, each)) is not None],
        page={
            "number": found.page,
            "count": found.pages,
            "previous_url": _page_url(query, found.page - 1) if found.page > 1 else None,
            "next_url": _page_url(query, found.page + 1) if found.page < found.pages else None,
        },
        query=query,
        total=connected(session).total if query else found.total,
        done=request.args.get("done"),
    )


@blueprint.post("/withdraw")
def withdraw() -> AnyResponse:
    """Take back what a site was given."""
    session = current.require_session()
    client = current.services().authorize.directory.find(request.form.get("site", ""), now=current.now())
    withdrawn = client is not None and current.services().pseudonyms.withdraw(
        session.person_id, client_id=client.client_id, sector=client.sector, now=current.now()
    )
    return redirect("/account/sites" + ("?done=withdrawn" if withdrawn else ""), 303)


@blueprint.post("/withdraw-name")
def withdraw_name() -> AnyResponse:
    """Take back only that a site may know who the person is by law."""
    session = current.require_session()
    client = current.services().authorize.directory.find(request.form.get("site", ""), now=current.now())
    withdrawn = client is not None and current.services().pseudonyms.withdraw_name(
        session.person_id, client_id=client.client_id, sector=client.sector, now=current.now()
    )
    return redirect("/account/sites" + ("?done=name-withdrawn" if withdrawn else ""), 303)


def connected(session: Session, *, words: str = "", page: int = 1) -> Page[ConnectedClient]:
    """Return one page of the sites that a person's pseudonyms have agreed to."""
    theirs = current.services().pseudonyms.all_of(session.person_id)
    return pages.connected_clients([subject.value for subject in theirs], words=words, page=page)


def _shown(session: Session, connected: ConnectedClient) -> dict[str, object] | None:
    """Return what a card says of a site; None for one that was disabled since."""
    client = current.services().authorize.directory.find(connected.client_id, now=current.now())
    if client is None:
        return None
    standing = current.services().pseudonyms.standing(
        session.person_id, client_id=client.client_id, sector=client.sector
    )
    site = site_view(client)
    return {
        "key": client.client_id,
        "name": site.name,
        "host": site.host,
        "initial": site.initial,
        "policy_uri": site.policy_uri,
        "code_name": standing.code_name,
        "claims": list(dict.fromkeys(described(standing.consented) + told.described(standing.consented))),
        "named": client.legal_basis is not None
        and current.services().pseudonyms.is_named(session.person_id, client_id=client.client_id, sector=client.sector),
        "since": datetime.fromtimestamp(standing.given_ms // 1000, UTC).date(),
    }


def _page_url(query: str, number: int) -> str:
    return "/account/sites?" + urlencode({"q": query, "page": number} if query else {"page": number})
