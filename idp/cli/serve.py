"""`idp serve` and `idp purge`: run the provider, and clear away what time has ended."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import click

from idp import jobs, log
from idp.cli import environment
from idp.cli.output import Failure
from idp.readiness import check_values
from idp.store import key_checks

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command()
@click.option("--bind", help="Address and port, e.g. 127.0.0.1:9000; overrules the settings.")
@click.option("--workers", type=click.IntRange(1), help="Worker processes; overrules the settings.")
def serve(bind: str | None, workers: int | None) -> None:
    """Run the provider until it is stopped. Refuses to start under wrong keys or on a wrong schema."""
    chosen = environment.settings()
    keyring = environment.keyring(chosen)
    with environment.database(chosen) as database, database.write() as connection:
        try:
            key_checks.claim(connection, check_values(keyring))
        except key_checks.WrongKey as wrong:
            raise Failure(str(wrong), "`idp doctor` compares keys and database.") from wrong
    from granian import Granian
    from granian.constants import Interfaces

    log.install(chosen.log)
    host, _, port = (bind or chosen.web.bind).rpartition(":")
    server = Granian(
        "idp.wsgi:public",
        address=host.strip("[]"),
        port=int(port),
        interface=Interfaces.WSGI,
        workers=workers or chosen.web.workers,
        blocking_threads=chosen.web.threads,
        backlog=1024,
        websockets=False,
        log_access=False,
        log_dictconfig=log.SERVER,
        respawn_failed_workers=True,
    )
    with _worker_beside(us=os.getpid()) if chosen.web.worker else nullcontext():
        server.serve()


@contextmanager
def _worker_beside(*, us: int) -> Iterator[None]:
    """Run `idp worker` for as long as the server; should we be killed, it notices and ends by itself."""
    worker = subprocess.Popen([sys.executable, "-m", "idp", "worker", "--while-alive", str(us)])
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


@click.command()
def purge() -> None:
    """Delete codes, tokens, challenges, sessions and counters whose time is over. Run it every hour."""
    chosen = environment.settings()
    with environment.database(chosen) as database:
        gone = jobs.purge(database, now=environment.now())
    click.echo(f"{gone} rows went.")
