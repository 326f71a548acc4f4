"""`idp worker` and `idp outbox`: what is done in the background, and what has not arrived yet."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from idp import jobs, log
from idp.cli import environment
from idp.cli.output import PAGE, Failure, as_json_option, page_option, say, show, show_page
from keys import WrongSeal

if TYPE_CHECKING:
    from idp.store.outbox import Listed
    from keys.seal import RecordSeal

EVERY_SECONDS = 1.0
WAIT_SECONDS = 10.0
"""Before asking a database again that did not answer."""
PURGE_EVERY = timedelta(hours=1)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
@click.option("--while-alive", "parent", type=int, hidden=True, help="End when this process is no longer our parent.")
@as_json_option
def worker(*, once: bool, parent: int | None, as_json: bool) -> None:
    """Tell sites of ended sessions, and clear away every hour what time has ended. Several may run at once."""
    from idp import services
    from idp.keyholder import Keyholder

    delivered = 0
    chosen = environment.settings()
    log.install(chosen.log)
    keyring = Keyholder(environment.keyring(chosen), url=chosen.keys.url)
    with environment.database(chosen) as database:
        delivery = services.build_delivery(chosen, database, keyring, services.build_outbound(chosen))
        purge_at = environment.now()
        while True:
            try:
                delivered += delivery.deliver_due(clock=environment.now)
                if environment.now() >= purge_at:
                    jobs.purge(database, now=environment.now(), releases_names=chosen.release.legal_name)
                    purge_at = environment.now() + PURGE_EVERY
            except Exception as error:  # whatever it was, sites have to be told and rows to go
                if once:
                    raise
                log.log_event("worker_waits", level="error", reason=type(error).__name__)
                time.sleep(WAIT_SECONDS)
            if once:
                say(f"{delivered} messages were tried.", as_json=as_json, tried=delivered)
                return
            if parent is not None and os.getppid() != parent:
                return
            time.sleep(EVERY_SECONDS)


@click.group()
def outbox() -> None:
    """Look at what has to reach sites."""


@outbox.command("list")
@click.option("--state", type=click.Choice(["waiting", "delivered", "dead"]), help="Only messages in this state.")
@page_option
@as_json_option
def list_messages(state: str | None, page: int, *, as_json: bool) -> None:
    """List messages, a page at a time: to which site, how often tried, and how the last attempt went."""
    from idp.store import outbox as store

    chosen = environment.settings()
    seal = environment.keyring(chosen).records
    with environment.database(chosen) as database, database.read() as connection:
        found, total = store.listed(connection, state=state, limit=PAGE, offset=PAGE * (page - 1))
    rows = [
        {
            "message_id": each.message_id,
            "client_id": _addressee(each, seal),
            "kind": each.kind,
            "state": each.state,
            "attempts": each.attempts,
            "outcome": each.outcome,
            "due": f"{datetime.fromtimestamp(each.due_at, tz=UTC):%Y-%m-%d %H:%M:%S}",
        }
        for each in found
    ]
    show_page(rows, page=page, total=total, as_json=as_json, empty="There are no messages.")


def _addressee(message: Listed, seal: RecordSeal) -> str | None:
    from idp.oidc.session_ends import open_notice

    try:
        return open_notice(message.sealed, seal, message.message_id).client_id
    except WrongSeal:
        return None  # sealed under other keys: nobody can send it


@outbox.command()
@click.argument("message_id")
@as_json_option
def retry(message_id: str, *, as_json: bool) -> None:
    """Try a message again that was given up."""
    from idp.oidc.session_ends import WORTH_TELLING
    from idp.store import outbox as store

    now = environment.now()
    with environment.database(environment.settings()) as database, database.write() as connection:
        found = store.retry(connection, message_id, until=now + WORTH_TELLING, now=now)
    if not found:
        raise Failure(f"no message {message_id} was given up", "`idp outbox list --state dead` shows those that were.")
    show([{"message_id": message_id, "state": "waiting"}], as_json=as_json)
