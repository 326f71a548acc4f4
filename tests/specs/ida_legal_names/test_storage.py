"""What is kept of a legal name, and that nothing of it is left: off by default, one key a person, gone with it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from idp import jobs
from idp.domain import bank_account, names, resident_id, sandbox
from idp.domain.evidence import Method
from idp.domain.legal_identity import LegalIdentity
from idp.proofing.method import Matched
from idp.proofing.methods import micro_deposit, registry_query
from idp.settings.shape import ReleaseSettings
from idp.store import released_identities
from idp.store.models import Base, Case, ReleasedIdentity, table_of
from keys import WrongSeal
from keys.envelope import Envelope, unwrap
from tests import house as building
from tests.security.recorder import halves, transactions
from tests.security.test_a_thief_reads_the_database import verified
from tests.specs.ida_legal_names.conftest import NUMBER
from tests.specs.ida_legal_names.test_release import ALL, bank, decided
from tests.specs.ida_verified_claims.wire import asking

if TYPE_CHECKING:
    from pathlib import Path

    from keys import Keyring
    from tests.house import House, Person

RELEASED, CASES = table_of(ReleasedIdentity), table_of(Case)


def cells(house: House) -> list[tuple[str, str, str, Any]]:
    """Return every cell of the database: table, column, first column of the row, value."""
    path = house.settings.db.url.removeprefix("sqlite:///")
    found = []
    with sqlite3.connect(path) as connection:
        for table in Base.metadata.tables:
            cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 — our own names
            columns = [column[0] for column in cursor.description]
            found += [
                (table, name, row[0].hex() if isinstance(row[0], bytes) else str(row[0]), value)
                for row in cursor
                for name, value in zip(columns, row, strict=True)
            ]
    connection.close()
    return found


def opened(house: House) -> str:
    """Return all that whoever holds the database and every online key can read, as one text."""
    records, texts = house.services.keyring.keyring.records, []
    kept = {row: value for table, name, row, value in cells(house) if (table, name) == (RELEASED.name, "sealed")}
    for table, column, row, value in cells(house):
        texts.append(str(value))
        if not isinstance(value, bytes):
            continue
        for name in (column, "sealed", "wrapped_key"):
            try:
                plain = records.open(value, table=table, column=name, row=row)
            except WrongSeal:
                continue
            texts.append(plain.decode("utf-8", "replace"))
            if (table, column) == (RELEASED.name, "wrapped_key"):
                envelope = Envelope(value, kept[row])
                texts.append(unwrap(envelope, records=records, table=table, row=row).decode())
    return "\n".join(texts)


def matched(house: House, person: Person) -> sandbox.SandboxIdentity:
    """Let the register confirm name and number, and nothing more."""
    parsed = resident_id.admit(NUMBER, on=house.now.date(), sandbox=True)
    identity = sandbox.find(parsed.number)
    assert identity is not None
    answers = registry_query.Person(names.parse(identity.name), parsed)
    house.services.proofing.open(person.person_id, Method.REGISTRY_QUERY, answers, now=house.now)
    return identity


def names_in(text: str) -> set[str]:
    return {secret for secret in ("测试一", "试一", "1990-03-07", NUMBER) if secret in text}


def test_the_instrument_finds_a_name_that_is_there(releasing: House, wang: Person) -> None:
    assert names_in(opened(releasing)) == {"测试一", "试一", "1990-03-07"}
    assert releasing.services.erasure.erase(wang.person_id, now=releasing.now)


def test_a_thief_without_keys_finds_nothing(releasing: House, wang: Person) -> None:
    decided(wang, bank(releasing), asking(ALL), tick=True)
    for _table, _column, _row, value in cells(releasing):
        held = value if isinstance(value, bytes) else str(value).encode()
        assert not any(secret.encode() in held for secret in ("测试一", "试一", NUMBER))


def test_after_erasure_the_database_and_all_online_keys_yield_nothing(releasing: House, wang: Person) -> None:
    decided(wang, bank(releasing), asking(ALL), tick=True)
    assert releasing.services.erasure.erase(wang.person_id, now=releasing.now)
    assert names_in(opened(releasing)) == set()
    assert not [row for table, _column, row, _value in cells(releasing) if table in {RELEASED.name, "name_consents"}]


def test_a_copy_of_the_value_is_worthless_once_its_wrapped_key_is_destroyed(releasing: House, wang: Person) -> None:
    with releasing.services.database.read() as connection:
        kept = released_identities.find(connection, person_id=wang.person_id)
    assert kept is not None
    records = releasing.services.keyring.keyring.records
    with pytest.raises(WrongSeal):
        records.open(kept.sealed, table=RELEASED.name, column="sealed", row=wang.person_id)
    assert b"1990" not in kept.sealed


def test_what_a_grant_carries_is_closed_to_us_too(releasing: House, wang: Person) -> None:
    """In the site half no key of ours opens a name, neither before nor after the code is redeemed."""
    decided(wang, bank(releasing), asking(ALL), tick=True)
    with releasing.services.database.write() as connection:
        connection.execute(RELEASED.delete())
    assert names_in(opened(releasing)) == set()


def test_with_the_setting_off_nothing_is_ever_written(house: House) -> None:
    with transactions(house.services.database.engine) as done:
        matched(house, house.person(level="none"))
        assert names_in(opened(house)) == set()
        verified(house, house.person(level="none"), NUMBER)
        assert names_in(opened(house)) == set()
    assert not any(RELEASED.name in tables for tables in done)


def test_between_match_and_proof_the_name_waits_in_its_case_and_leaves_it(releasing: House, wang: Person) -> None:
    records = releasing.services.keyring.keyring.records
    with releasing.services.database.read() as connection:
        rows = connection.execute(select(CASES.c.case_id, CASES.c.sealed).where(CASES.c.sealed.is_not(None))).all()
    assert rows
    for row in rows:
        plain = records.open(row.sealed, table="cases", column="sealed", row=row.case_id)
        assert names_in(plain.decode()) == set()


def test_a_name_matched_while_the_setting_was_on_is_dropped_once_it_is_off(
    releasing: House, tmp_path: Path, keyring: Keyring
) -> None:
    person, now = releasing.person(level="none"), releasing.now
    identity = matched(releasing, person)
    assert "测试一" in opened(releasing)
    off = building.build(tmp_path, keyring, release=ReleaseSettings(legal_name=False))
    name, card = names.parse(identity.name), bank_account.admit(identity.card, sandbox=True)
    proofing = off.services.proofing
    proofing.open(person.person_id, Method.MICRO_DEPOSIT, micro_deposit.Account(name, card), now=now)
    proofing.submit(person.person_id, Method.MICRO_DEPOSIT, sandbox.DEPOSITS, now=now)
    assert names_in(opened(off)) == set()
    off.services.database.close()


def test_turning_the_setting_off_destroys_what_was_kept(releasing: House, wang: Person) -> None:
    jobs.purge(releasing.services.database, now=releasing.now, releases_names=True)
    assert names_in(opened(releasing))
    jobs.purge(releasing.services.database, now=releasing.now, releases_names=False)
    assert names_in(opened(releasing)) == set()
    assert wang.visit("/account").status_code == 200


def test_names_and_pseudonyms_are_never_written_together(releasing: House) -> None:
    with transactions(releasing.services.database.engine) as done:
        person = releasing.person(level="none")
        verified(releasing, person, NUMBER)
        decided(person, bank(releasing), asking(ALL), tick=True)
    assert any(RELEASED.name in tables for tables in done)
    assert any("name_consents" in tables for tables in done)
    assert not [tables for tables in done if len(halves(tables)) > 1]


def test_nothing_shows_a_name_by_accident() -> None:
    identity = LegalIdentity.from_json('{"name": "测试一", "born_on": "1990-03-07"}')
    kept = Matched(identity.born_on, "王**", "ref", identity.to_json())
    assert not names_in(f"{identity!r} {identity} {kept!r} {kept}")


def test_who_comes_back_after_erasure_is_kept_anew(releasing: House, wang: Person) -> None:
    releasing.services.erasure.erase(wang.person_id, now=releasing.now)
    returning = releasing.person(level="none")
    verified(releasing, returning, NUMBER)
    assert "测试一" in opened(releasing)
