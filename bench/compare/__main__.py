"""`./dev bench compare`: silent sign-ins at ours and at node-oidc-provider, in turns under one load.

Each round measures one after the other, so that whatever else the machine does falls on both; the table gives the
medians, and the ratio is the median of the rounds' own ratios.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg
from sqlalchemy import make_url

from bench import house, machine, report, run
from bench.compare import node
from bench.house import CLIENT_CORE, House
from bench.load import Shop
from bench.load import run as load

HEAD = """| sign-ins (authorize + token) | a second, one core | server CPU ms | with the database's share | p50 ms |
|---|---|---|---|---|"""


@dataclass(frozen=True, slots=True)
class Round:
    """What one server did in one round."""

    rate: float
    server_ms: float
    database_ms: float
    p50_ms: float

    @property
    def cpu_ms(self) -> float:
        """CPU for one sign-in, the database's share included."""
        return self.server_ms + self.database_ms


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3.0, help="of load for each server in each round")
    parser.add_argument("--write", action="store_true", help=f"put it into {report.REPORT.name}")
    chosen = parser.parse_args()
    os.sched_setaffinity(0, {CLIENT_CORE})
    found = [compared(kind, chosen.rounds, chosen.seconds) for kind in ("postgres", "embedded")]
    rows = "\n".join(row for rows, _ratio in found for row in rows)
    text = f"{HEAD}\n{rows}\n\n" + "\n".join(f"* {ratio}" for _rows, ratio in found)
    print(text)
    if chosen.write:
        report.put({report.BESIDE: text})


def compared(kind: str, rounds: int, seconds: float) -> tuple[list[str], str]:
    """Measure both on one kind of store; returns their rows, and the ratio in words."""
    with ExitStack() as open_now:
        folder = Path(open_now.enter_context(tempfile.TemporaryDirectory()))
        if kind == "postgres":
            url, database = open_now.enter_context(run.database("postgres", folder))
            theirs = open_now.enter_context(node.running(_another(url)))
            names = "Yufu, PostgreSQL", "node-oidc-provider, PostgreSQL"
        else:
            url, database = open_now.enter_context(run.database("sqlite", folder))
            theirs = open_now.enter_context(node.running(None))
            names = "Yufu, SQLite (every commit synced)", "node-oidc-provider, a Map in memory"
        ours = open_now.enter_context(house.running(folder, url))
        both = ours, theirs
        for each in both:
            load(each, Shop.login, seconds=2.0)
        measured = [tuple(_round(each, database, seconds) for each in both) for _ in range(rounds)]
    rows = [_row(name, turns) for name, turns in zip(names, zip(*measured, strict=True), strict=True)]
    faster = median(mine.rate / other.rate for mine, other in measured)
    cost = median(mine.cpu_ms / other.cpu_ms for mine, other in measured)
    return rows, f"{names[0]}: {faster:.2f} times the sign-ins of {names[1]}, each for {cost:.2f} times the CPU."


def _round(each: House, database: int | None, seconds: float) -> Round:
    servers = machine.tree(each.server.pid)
    before, before_db = machine.cpu_seconds(servers), run.spent(database)
    result = load(each, Shop.login, seconds=seconds)
    used, used_db = machine.cpu_seconds(servers) - before, run.spent(database) - before_db
    return Round(result.rate, used / result.count * 1000, used_db / result.count * 1000, result.p50_ms)


def _row(name: str, turns: tuple[Round, ...]) -> str:
    rate, server, cpu, p50 = (
        median(getattr(each, what) for each in turns) for what in ("rate", "server_ms", "cpu_ms", "p50_ms")
    )
    return f"| {name} | {rate:,.0f} | {server:.3f} | {cpu:.3f} | {p50:.2f} |"


def _another(url: str) -> str:
    """Make one more database on the same server."""
    parts = make_url(url)
    plain = parts.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("CREATE DATABASE compared")
    return parts.set(database="compared").render_as_string(hide_password=False)


if __name__ == "__main__":
    main()
