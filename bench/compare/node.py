"""node-oidc-provider as a house: the same client, people who are signed in and have consented, on a port of its own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import playwright
from sqlalchemy import make_url

from bench.house import CALLBACK, SERVER_CORE, House

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT = 9471
NODE = Path(playwright.__file__).parent / "driver" / "node"
"""The Node that Playwright brings: new enough, and the same on every machine."""
FOLDER = Path(__file__).parent


@contextmanager
def running(url: str | None, *, people: int = 200) -> Iterator[House]:
    """Run it on the PostgreSQL of ``url``, or on a Map in its own memory, until the block ends."""
    secret = secrets.token_urlsafe(32)
    settings = {
        "port": PORT,
        "people": people,
        "secret": secret,
        "callback": CALLBACK,
        "scope": "openid profile verified",
        "connection": _connection(url) if url else None,
    }
    command = ["taskset", "-c", str(SERVER_CORE), str(NODE), "server.mjs", json.dumps(settings)]
    environment = os.environ | {"NODE_ENV": "production", "NODE_NO_WARNINGS": "1"}
    server = subprocess.Popen(command, cwd=FOLDER, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert server.stdout is not None
        line = next((each for each in server.stdout if each.startswith(b"[")), None)
        if line is None:
            raise RuntimeError("node-oidc-provider does not start")
        yield House("shop", secret, json.loads(line), server, port=PORT, authorize="/auth")
    finally:
        server.terminate()
        server.wait(timeout=20)


def _connection(url: str) -> dict[str, object]:
    parts = make_url(url)
    return {
        "user": parts.username,
        "password": parts.password or "",
        "database": parts.database,
        "host": parts.host or parts.query.get("host"),
        "port": parts.port,
    }
