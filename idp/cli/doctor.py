"""`idp doctor`: everything a start needs, checked one by one, each fault with its cure."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clients.certificate import Authorities
from idp.cli import environment
from idp.cli.output import Failure, as_json_option, show_json, words_for
from idp.readiness import check_values
from idp.store import key_checks, migrate
from keys import State

if TYPE_CHECKING:
    from collections.abc import Callable


SIGNS_FOR_AT_MOST = timedelta(days=366)
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Note:
    """Nothing is wrong, and yet something could be done."""

    finding: str
    cure: str


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


def _examine(name: str, check: Callable[[], str | Note]) -> dict[str, object]:
    try:
        found = check()
    except Failure as failure:
        return {"check": name, "ok": False, "finding": str(failure), "cure": failure.cure}
    except OSError as refused:
        cure = "Check the path, its owner and its rights."
        return {"check": name, "ok": False, "finding": words_for(refused), "cure": cure}
    note = found if isinstance(found, Note) else Note(found, "")
    return {"check": name, "ok": True, "finding": note.finding, "cure": note.cure}


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
        except key_checks.NotBound:
            return "the database is not bound to keys yet; the first start binds it"
        except key_checks.KeysForgotten as forgotten:
            raise Failure(str(forgotten), environment.CURE_OF_FORGOTTEN_KEYS) from forgotten
        except key_checks.WrongKey as wrong:
            raise Failure(str(wrong), "Put the right key file back, from its backup shares if need be.") from wrong
    return "the keys are those the database was written under"


def _offline_keys() -> str | Note:
    """The officers' and the authority's private keys belong to those people, and to no machine that is online."""
    chosen = environment.settings()
    folder = Path(chosen.keys.offline)
    if not folder.is_dir() or not any(folder.iterdir()):
        return "no private key of an officer or the authority is here"
    cure = "Hand each to its owner, then delete the folder; overwrite backups that hold it."
    if chosen.production:
        raise Failure(f"private keys of the officers and the authority are in {folder}", cure)
    return Note(f"private keys of the officers and the authority are in {folder}, as in a trial they may be", cure)


def _rotation() -> str | Note:
    """A signing key turns yearly at least; coming keys that waited long enough are there to be used."""
    chosen = environment.settings()
    now = environment.now()
    known = environment.keyring(chosen).describe()
    old = [key for key in known if key.state is State.CURRENT and now - key.since > SIGNS_FOR_AT_MOST]
    if old:
        since = min(key.since for key in old)
        raise Failure(f"a key has signed since {since:%Y-%m-%d}", "Run `idp keys rotate`, and from now on daily.")
    waiting = sum(key.state is State.COMING and key.until is not None and key.until <= now for key in known)
    if waiting:
        return Note(f"{waiting} coming keys have waited long enough to be used", "Run `idp keys rotate`, daily.")
    return "every key is within its time"


def _key_set_cache() -> str | Note:
    """A key that sites could still miss in a cached set must not sign."""
    age = timedelta(seconds=environment.settings().oidc.jwks_max_age_seconds)
    known = environment.keyring(environment.settings()).describe()
    early = [
        key for key in known if key.state is State.COMING and key.until is not None and key.until - key.since < age
    ]
    if early:
        what = f"{len(early)} coming keys were promised a shorter wait than sites may cache the set now"
        return Note(what, "Run `idp keys rotate` as ever: it makes them wait for the longer time.")
    return f"sites may cache the set for {age}, and no coming key signs before"


def _simulators() -> str:
    chosen = environment.settings()
    simulated = [name for name in ("registry", "bank") if getattr(chosen, name).adapter == "simulator"]
    return f"simulated: {', '.join(simulated)}" if simulated else "registry and bank are real"


def _certificates_of_sites() -> str | Note:
    """Authorities that have run out lock out every site they vouch for."""
    chosen = environment.settings().mtls
    if chosen.header is None:
        return "sites are asked for no certificates"
    where = f"certificates of sites come to {chosen.origin or 'the issuer itself'}"
    if not chosen.authorities:
        return f"{where}; nobody vouches for them"
    ends = Authorities(Path(chosen.authorities).read_bytes()).ends
    if any(end <= environment.now() for end in ends):
        raise Failure("an authority of mtls.authorities has run out", "Put its successor into the file and restart.")
    if min(ends) <= environment.now() + SOON:
        return Note(f"an authority of mtls.authorities runs out on {min(ends):%Y-%m-%d}", "Add its successor.")
    return f"{where}; {len(ends)} authorities vouch for them"


CHECKS: tuple[tuple[str, Callable[[], str | Note]], ...] = (
    ("settings", _settings),
    ("keys", _keys),
    ("database", _database),
    ("keys fit the database", _keys_fit_database),
    ("gateways", _simulators),
    ("offline keys", _offline_keys),
    ("rotation", _rotation),
    ("key set", _key_set_cache),
    ("mutual TLS", _certificates_of_sites),
)
