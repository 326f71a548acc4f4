"""`idp keys`: make, look at and turn the keys."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

import keys as library
from idp.cli import environment
from idp.cli.output import as_json_option, confirm, show


@click.group()
def keys() -> None:
    """Look after the keys."""


@keys.command()
@as_json_option
def init(*, as_json: bool) -> None:
    """Make every key, the first time. Refuses where there are keys already: a new bridge would mean new pseudonyms."""
    chosen = environment.settings()
    offline = Path(chosen.keys.offline)
    with environment.words_for_keys():
        made = library.create_keyring(chosen.keys.url, now=environment.now(), offline=offline)
    _print(made, as_json=as_json)
    click.echo(
        f"The officers' and the authority's private keys are in {offline}. "
        "Hand each to its owner and delete the folder: this machine must not keep them.",
        err=True,
    )


@keys.command("list")
@as_json_option
def list_keys(*, as_json: bool) -> None:
    """List the signing keys and their states."""
    chosen = environment.settings()
    _print(environment.keyring(chosen), as_json=as_json)


@keys.command()
@click.option(
    "--emergency", is_flag=True, help="Use new keys at once; sites that cached the old set fail until they look again."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json_option
def rotate(*, emergency: bool, yes: bool, as_json: bool) -> None:
    """Take the next step of rotation: publish coming keys, use those published long enough, drop what has expired.

    Algorithms that are new since the keys were made get their first keys; restart the workers to offer them.
    """
    from idp.domain.events import KeysRotated
    from idp.store import audit

    chosen = environment.settings()
    if emergency:
        question = "Sites will refuse new tokens until they fetch the new keys. Rotate at once?"
        confirm(question, yes=yes, as_json=as_json)
    now = environment.now()
    with environment.database(chosen) as database, environment.words_for_keys():
        turned = library.rotate_keyring(
            chosen.keys.url,
            now=now,
            emergency=emergency,
            max_age=timedelta(seconds=chosen.oidc.jwks_max_age_seconds),
            wanted=library.DEFAULT_ALGORITHMS,
        )
        if turned:
            with database.write() as connection:
                audit.record(connection, KeysRotated(emergency=emergency), now=now)
    _print(environment.keyring(chosen), as_json=as_json)


def _print(keyring: library.Keyring, *, as_json: bool) -> None:
    rows = [
        {"kid": each.kid, "alg": each.alg, "state": each.state, "since": f"{each.since:%Y-%m-%d %H:%M}"}
        for each in keyring.describe()
    ]
    show(rows, as_json=as_json)
