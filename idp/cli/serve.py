"""`idp serve` and `idp purge`: run the provider, and clear away what time has ended."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, nullcontext
from errno import EADDRINUSE
from typing import TYPE_CHECKING

import click

from idp import jobs, log
from idp.cli import environment
from idp.cli.output import Failure, as_json_option, say
from idp.settings.rules import fault_in_bind

if TYPE_CHECKING:
    from collections.abc import Iterator


RESTART_SECONDS = 5.0
"""Before a worker that ended is started again."""


@click.command()
@click.option("--bind", help="Address and port, e.g. 127.0.0.1:9000; overrules the settings.")
@click.option("--workers", type=click.IntRange(1), help="Worker processes; overrules the settings.")
@as_json_option
def serve(bind: str | None, workers: int | None, *, as_json: bool) -> None:
    """Run the provider until it is stopped. Refuses to start under wrong keys or on a wrong schema."""
    del as_json  # only a failure is worth a document
    chosen = environment.settings()
    host, port = _place(chosen.web.bind if bind is None else bind)
    keyring = environment.keyring(chosen)
    with environment.database(chosen) as database:
        environment.bind_keys(database, keyring)
    from granian import Granian
    from granian.constants import Interfaces

    log.install(chosen.log)
    server = Granian(
        "idp.wsgi:public",
        address=host,
        port=port,
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


def _place(bind: str) -> tuple[str, int]:
    """Return host and port to listen on. Raises Failure where nobody can, or somebody else does."""
    if fault := fault_in_bind(bind):
        raise Failure(f"the address {bind!r} {fault}", "Give another --bind, or change `web.bind`.")
    host, _, port = bind.rpartition(":")
    host = host.strip("[]")
    try:
        with socket.create_server((host, int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return host, int(port)
    except OSError as taken:
        cure = "Give --bind an address of this machine, and a port that we may use."
        if taken.errno == EADDRINUSE:
            cure = "Stop the server that runs there, or give another --bind."
        reason = (taken.strerror or "").partition(" (while")[0]  # Python goes on to repeat the address
        raise Failure(f"nobody can listen on {bind}: {reason}", cure) from taken


@contextmanager
def _worker_beside(*, us: int) -> Iterator[None]:
    """Run `idp worker` for as long as the server, and again should it end; if we are killed, it ends by itself."""
    over = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep_running() -> None:
        while not over.is_set():
            running[:] = [subprocess.Popen([sys.executable, "-m", "idp", "worker", "--while-alive", str(us)])]
            running[0].wait()
            over.wait(RESTART_SECONDS)

    keeper = threading.Thread(target=keep_running, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        for worker in running:
            worker.terminate()
        keeper.join()


@click.command()
@as_json_option
def purge(*, as_json: bool) -> None:
    """Delete codes, tokens, challenges, sessions and counters whose time is over. `idp worker` does so every hour."""
    chosen = environment.settings()
    with environment.database(chosen) as database:
        gone = jobs.purge(database, now=environment.now(), releases_names=chosen.release.legal_name)
    say(f"{sum(gone.values())} rows went.", as_json=as_json, gone=gone)
