"""The JSON half of a ceremony page: what the one script posts, and what it gets back.

It posts the form's own fields, and to the second address the credential; it gets the browser's options, or
``{"next": path}``, or ``{"error": {title, what, next, id}}``.
"""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response, request
from werkzeug.exceptions import BadRequest

from idp.authentication.throttling import Refused
from idp.web import current, i18n
from idp.web.devices import device_name
from idp.web.errors import error_page

LONGEST_LABEL = 40


class Posted(msgspec.Struct, frozen=True):
    """The fields that any of our ceremony forms has; others are not read."""

    ticket: str = ""
    label: str = ""
    confirmed: str = ""
    passkey: str = ""
    understood: str = ""
    credential: dict[str, Any] = {}


def posted() -> Posted:
    """Read the JSON at hand. Raises BadRequest for anything else."""
    if request.mimetype != "application/json":
        raise BadRequest("a ceremony posts JSON")
    try:
        return msgspec.json.decode(request.get_data(), type=Posted)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as damaged:
        raise BadRequest("unreadable JSON") from damaged


def options(body: bytes) -> Response:
    """Answer with what the browser is to be asked."""
    return Response(body, mimetype="application/json")


def onward(path: str) -> Response:
    """Answer with where to go next."""
    return Response(msgspec.json.encode({"next": path}), mimetype="application/json")


def label_of(given: str) -> str:
    """Return what a passkey is to be called: the person's words, or else the browser and system it was made with."""
    visible = " ".join("".join(each if each.isprintable() else " " for each in given).split())
    return visible[:LONGEST_LABEL] or device_name(request.user_agent.string)


def account_name() -> str:
    """Return what a device's own list calls the account. It can only be the day: we know no name, and show none."""
    return f"Yufu · {i18n.format_date(current.now().date())}"


def ask_to_confirm(act: str) -> Response:
    """Answer with what one of the person's passkeys is to be asked, so that they may do ``act``."""
    session = current.require_session()
    body = current.services().passkeys.begin_confirm(
        session.person_id, act, browser=current.browser().binding, now=current.now()
    )
    return options(body)


def confirm(act: str) -> str:
    """Verify the answer posted; returns a ticket that stands for it during five minutes. Raises PasskeyRefused."""
    session = current.require_session()
    return current.services().passkeys.finish_confirm(
        session.person_id, act, posted().credential, browser=current.browser().binding, now=current.now()
    )


def require_confirmed(act: str, ticket: str) -> None:
    """Raise PasskeyRefused unless ``ticket`` stands for this person's confirmation of this act at this browser."""
    session = current.require_session()
    current.services().passkeys.require_confirmed(
        session.person_id, act, ticket, browser=current.browser().binding, now=current.now()
    )


def throttled(limit: str) -> Response | None:
    """Count a ceremony against the network address it comes from; the refusal, if there were too many."""
    outcome = current.services().throttles.hit(limit, network(request.remote_addr or ""), now=current.now())
    return error_page("too_many", retry_after=outcome.retry_after) if isinstance(outcome, Refused) else None


def network(address: str) -> str:
    """Return what counts as one address: IPv6 hands each household 2⁶⁴ of them (RFC 6177 §2)."""
    from ipaddress import IPv6Address, ip_address

    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
