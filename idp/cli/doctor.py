"""`idp doctor`: everything a start needs, checked one by one, each fault with its cure."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from idp.cli import environment
from idp.cli.output import Failure, as_json_option, show_json
from idp.readiness import check_values
from idp.store import key_checks, migrate

if TYPE_CHECKING:
    from collections.abc import Callable


@click.command()
@as_json_option
def doctor(*, as_json: bool) -> None:
    """Check settings, keys, database and gateways. Exit code 1 if anything is wrong."""
    findings = [_examine(*CHECKS[0])]
    if findings[0]["ok"]:  # nothing else can be looked at without settings
        findings += [_examine(name, check) for name, check in CHECKS[1:]]
    healthy = all(each["ok"] for each in findings)
    if as_json:
        show_json({"healthy": healthy, "checks": findings})
    else:
        for each in findings:
            click.echo(f"{'ok  ' if each['ok'] else 'FAIL'}  {each['check']}: {each['finding']}")
            if each["cure"]:
                click.echo(f"      {each['cure']}")
    sys.exit(0 if healthy else 1)


def _examine(name: str, check: Callable[[], str]) -> dict[str, object]:
    try:
        return {"check": name, "ok": True, "finding": check(), "cure": ""}
    except Failure as failure:
        return {"check": name, "ok": False, "finding": str(failure), "cure": failure.cure}


def _settings() -> str:
    chosen = environment.settings()
    return f"issuer {chosen.issuer}, {'production' if chosen.production else 'not production'}"


def _keys() -> str:
    known = environment.keyring(environment.settings()).describe()
    return f"{len(known)} signing keys, bridge and root readable by us alone"


def _database() -> str:
    with environment.database(environment.settings()) as database, database.read() as connection:
        return f"{database.engine.dialect.name}, schema {migrate.revision(connection)}"


def _keys_fit_database() -> str:
    chosen = environment.settings()
    values = check_values(environment.keyring(chosen))
    with environment.database(chosen) as database, database.read() as connection:
        try:
            key_checks.check(connection, values)
        except key_checks.WrongKey as wrong:
            if not wrong.known:
                return "the database is not bound to keys yet; the first start binds it"
            raise Failure(str(wrong), "Put the right key file back, from its backup shares if need be.") from wrong
    return "the keys are those the database was written under"


def _simulators() -> str:
    chosen = environment.settings()
    simulated = [name for name in ("registry", "bank") if getattr(chosen, name).adapter == "simulator"]
    return f"simulated: {', '.join(simulated)}" if simulated else "registry and bank are real"


CHECKS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("settings", _settings),
    ("keys", _keys),
    ("database", _database),
    ("keys fit the database", _keys_fit_database),
    ("gateways", _simulators),
)
