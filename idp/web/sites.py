"""How a relying site is shown to people: its name in their language, its host, its own links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, abort, request

from idp.web import current, i18n, security
from idp.web.assets import FOR_GOOD

if TYPE_CHECKING:
    from clients.client import Client


blueprint = Blueprint("sites", __name__)


@dataclass(frozen=True, slots=True)
class SiteView:
    """What pages may show of a site.

    ``logo_url`` leads to a copy of our own, since no page of ours loads a picture from a site; where there is none,
    ``initial`` stands in for it.
    """

    name: str
    host: str
    initial: str
    client_uri: str | None
    policy_uri: str | None
    tos_uri: str | None
    require_verified: bool
    require_age_over_18: bool
    logo_url: str | None = None


def site_view(client: Client, *, with_logo: bool = False) -> SiteView:
    """Return the view of a client in the language of the page; its logo costs a statement, if it has one."""
    name = client.name_in(i18n.language())
    return SiteView(
        name=name,
        host=client.host,
        initial=name[:1].upper(),
        client_uri=client.client_uri,
        policy_uri=client.policy_uri,
        tos_uri=client.tos_uri,
        require_verified=client.require_verified,
        require_age_over_18=client.require_age_over_18,
        logo_url=_logo_url(client) if with_logo else None,
    )


def _logo_url(client: Client) -> str | None:
    digest = current.services().logos.digest(client)
    return digest and f"/sites/{quote(client.client_id, safe='')}/logo?v={digest}"


@blueprint.get("/sites/<path:client_id>/logo")
def logo(client_id: str) -> Response:
    """Serve a site's logo, which browsers may keep for good under the name of its content."""
    found = current.services().logos.find(client_id)
    if found is None:
        abort(404)
    response = Response(found.image, mimetype=found.media_type)
    response.set_etag(found.digest)
    named = request.args.get("v") == found.digest
    response.headers["Cache-Control"] = FOR_GOOD if named else "no-cache"
    security.a_picture_only()
    response.make_conditional(request)
    return response
