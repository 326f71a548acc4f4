"""A provider to be measured: real keys, a real database, people with sessions and consents, `idp serve` on one core."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import keys
from bench import http
from clients.client import Registration
from clients.secret import generate_secret
from idp.authentication.sessions import Sessions, SignedIn
from idp.domain.ids import new_person_id
from idp.oidc.subject import subject_of
from idp.readiness import check_values
from idp.store import clients, key_checks, migrate, people, subjects
from idp.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PORT = 9470
HOST = f"localhost:{PORT}"
CALLBACK = "https://shop.example/callback"
SERVER_CORE, CLIENT_CORE = 0, 1
SIGNED_WITH = "ES256"


@dataclass(frozen=True, slots=True)
class House:
    """What the load needs: a client's credentials, and the Cookie headers of people who agreed to it."""

    client_id: str
    secret: str
    cookies: list[str]
    server: subprocess.Popen[bytes]
    port: int = PORT
    authorize: str = "/authorize"

    @property
    def host(self) -> str:
        """What the Host header says."""
        return f"localhost:{self.port}"


@contextmanager
def running(folder: Path, url: str, *, people_count: int = 200, threads: int = 8) -> Iterator[House]:
    """Set a provider up in ``folder`` on the database ``url`` and run it, pinned to one core, until the block ends."""
    keyring = keys.create_keyring(f"file:{folder / 'keys'}", now=datetime.now(UTC), offline=folder / "offline")
    database = Database.open(url)
    migrate.upgrade(database)
    with database.write() as connection:
        key_checks.claim(connection, check_values(keyring))
    secret = generate_secret()
    client = Registration(
        sector="shop.example",
        name="Shop",
        redirect_uris=(CALLBACK,),
        scopes=("openid", "profile", "verified", "offline_access"),
        grant_types=("authorization_code", "refresh_token"),
        id_token_signed_response_alg=SIGNED_WITH,
    ).issued(client_id="shop", secret_hash=secret.digest)
    with database.write() as connection:
        clients.add(connection, client, now=datetime.now(UTC))
    cookies = [_person(database, keyring) for _ in range(people_count)]
    database.close()
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "IDP_ISSUER": f"http://{HOST}",
        "IDP_WEB__BIND": f"127.0.0.1:{PORT}",
        "IDP_WEB__THREADS": str(threads),
        "IDP_DB__URL": url,
        "IDP_KEYS__URL": f"file:{folder / 'keys'}",
    }
    command = ["taskset", "-c", str(SERVER_CORE), sys.executable, "-m", "idp", "serve"]
    server = subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(PORT)
        yield House("shop", secret.reveal(), cookies, server)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _person(database: Database, keyring: keys.Keyring) -> str:
    """Make a verified person with a code name and a consent; returns the cookie of a session."""
    now = datetime.now(UTC)
    person_id = new_person_id(secrets.token_bytes)
    predicates = people.Predicates("registry", date(2026, 5, 17), None, date(2008, 3, 7), "王**", "2026-1")
    with database.write() as connection:
        people.register(connection, person_id=person_id, now=now)
        people.set_predicates(connection, person_id=person_id, predicates=predicates)
    subject = subject_of(keyring.bridge, person_id, sector="shop.example")
    until = int((now + timedelta(days=365)).timestamp())
    with database.write() as connection:
        name = secrets.token_hex(4)
        subjects.choose_code_name(connection, subject, display=name, name_key=secrets.token_hex(16), now=now)
        subjects.give_consent(
            connection,
            subject,
            client_id="shop",
            scope="openid profile verified offline_access",
            until_at=until,
            now=now,
        )
    sessions = Sessions(database, keyring.records, timedelta(hours=12), lambda _seeds, *, now: now)
    how = SignedIn(person_id, now, "phr", ("mfa", "pop", "swk", "user"))
    cookie = sessions.open(how, device="Bench", replacing=None, now=now)
    return f"yufu_session={cookie}; yufu_browser={cookie}"


def wait_for(port: int) -> None:
    """Return when somebody listens there."""
    for _ in range(400):
        try:
            connection = http.Connection(port)
        except OSError:
            time.sleep(0.05)
        else:
            connection.close()
            return
    raise RuntimeError("the server does not start")
