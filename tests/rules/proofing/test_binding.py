"""Match and control bind a human to a person: once, for good, and whoever claimed the number before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from idp.domain.assurance import CURRENT_POLICY, Level, assess
from idp.proofing import unproven
from idp.proofing.decision import BoundTo, DuplicateOf
from idp.proofing.method import Passed, Reason, Refused, Waiting
from idp.store import evidence, people, recoveries
from idp.store.models import BankCard, Case, EvidenceRow, Identity, Person, VaultRecord
from idp.store.notices import Kind
from keys import Offices
from keys.opening import open_inner, open_outer, open_share
from tests.rules.proofing.conftest import LI, MINOR, WANG

if TYPE_CHECKING:
    from idp.domain.ids import PersonId
    from tests.rules.proofing.conftest import Desk


def erase(desk: Desk, person: PersonId) -> None:
    with desk.database.write() as connection:
        people.erase(connection, person_id=person, now=desk.now)


def test_match_and_control_give_registry_and_what_may_be_read_of_a_person(desk: Desk) -> None:
    person = desk.newcomer()
    assert desk.verify(person) == BoundTo(person)
    found = desk.person(person)
    assert (found.level, found.verified_on, found.policy) == ("registry", desk.now.date(), CURRENT_POLICY.version)
    assert (found.adult_from, found.masked_name) == (date(2008, 3, 7), "测**")


def test_a_verified_minor_is_no_adult_before_the_birthday(desk: Desk) -> None:
    person = desk.newcomer()
    desk.verify(person, MINOR)
    assert desk.person(person).adult_from == date(2028, 6, 1)


def test_the_cached_level_is_what_the_evidence_amounts_to(desk: Desk) -> None:
    person = desk.newcomer()
    desk.verify(person)
    with desk.database.read() as connection:
        held = evidence.of_person(connection, person_id=person)
    assessed = assess(held, on=desk.now.date(), policy=CURRENT_POLICY)
    found = desk.person(person)
    assert (assessed.level, assessed.since, assessed.review_on) == (found.level, found.verified_on, found.review_on)


def test_the_legal_identity_is_in_the_vault_alone_and_only_once_the_human_is_bound(desk: Desk) -> None:
    person = desk.newcomer()
    desk.query(person)
    assert desk.rows(VaultRecord) == []
    desk.deposit(person)
    desk.tell(person)
    (identity,) = desk.rows(Identity)
    (record,) = desk.rows(VaultRecord)
    assert identity.vault_ref == record.vault_ref
    assert all(row.vault_record is None for row in desk.rows(Case))


def test_two_officers_and_the_authority_can_read_who_it_is(desk: Desk) -> None:
    offices = Offices.generate()
    desk.proofing = replace(desk.proofing, tools=replace(desk.proofing.tools, vault=offices.vault))
    desk.verify(desk.newcomer())
    ((reference, sealed),) = desk.rows(VaultRecord)
    shares = [open_share(sealed, record=reference, officer=officer) for officer in offices.officers[:2]]
    inner = open_outer(sealed, record=reference, shares=shares)
    identity = msgspec.json.decode(open_inner(inner, record=reference, authority=offices.authority))
    assert identity == {"name": "测试一", "number": WANG.number, "born_on": "1990-03-07"}


def test_the_events_tell_what_happened_and_in_one_half(desk: Desk) -> None:
    person = desk.newcomer()
    desk.verify(person)
    assert desk.audited("control_proven") == [{"person": person, "method": "micro_deposit"}]
    assert desk.audited("identity_bound") == [{"person": person}]
    assert desk.audited("deposits_requested") == [{"person": person, "outcome": "sent"}]
    changes = [(entry["before"], entry["after"]) for entry in desk.audited("level_changed")]
    assert sorted(changes) == [("matched", "registry"), ("none", "matched")]


def test_whoever_only_matched_the_number_falls_back_and_is_told(desk: Desk) -> None:
    squatter, owner, bystander = desk.newcomer(), desk.newcomer(), desk.newcomer()
    desk.query(squatter)
    desk.query(bystander, LI)
    desk.verify(owner)
    assert desk.level(squatter) == "none"
    assert desk.level(owner) == "registry"
    assert desk.level(bystander) == "matched"
    assert desk.notices(squatter) == [Kind.NUMBER_TAKEN]
    assert desk.notices(owner) == desk.notices(bystander) == []
    assert desk.audited("claim_lost") == [{"person": squatter}]
    (case,) = (row for row in desk.rows(Case) if row.person_id == squatter)
    assert (case.state, case.reason, case.vault_record, case.sealed) == ("refused", "claim_lost", None, None)


def test_a_squatter_with_deposits_on_their_way_gets_nothing_for_them(desk: Desk) -> None:
    squatter, owner = desk.newcomer(), desk.newcomer()
    desk.query(squatter)
    desk.deposit(squatter)
    desk.verify(owner)
    refused = desk.tell(squatter)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.NOTHING_OPEN
    assert {row.person_id for row in desk.rows(Identity)} == {owner}


def test_a_second_account_of_the_same_human_is_led_to_recovery_and_never_becomes_a_second_person(desk: Desk) -> None:
    first, second = desk.newcomer(), desk.newcomer()
    desk.verify(first)
    assert desk.verify(second) == DuplicateOf(first)
    assert desk.level(first) == "registry"
    assert desk.level(second) == "matched"
    assert {row.person_id for row in desk.rows(Identity)} == {first}
    assert {row.person_id for row in desk.rows(BankCard)} == {first}
    assert len(desk.rows(VaultRecord)) == 1
    assert desk.audited("duplicate_found") == [{"person": first}]
    with desk.database.read() as connection:
        claim = recoveries.claim_of(connection, claimant=second)
    assert claim is not None
    assert claim.person_id == first


def test_who_erased_the_account_and_comes_back_is_the_same_person(desk: Desk) -> None:
    first = desk.newcomer()
    desk.verify(first)
    erase(desk, first)
    desk.now += timedelta(days=400)
    again = desk.newcomer()
    assert desk.verify(again) == BoundTo(first)
    assert desk.level(first) == "registry"
    assert desk.person(first).masked_name == "测**"
    assert {row.person_id for row in desk.rows(Person)} == {first}
    (identity,) = desk.rows(Identity)
    assert (identity.person_id, identity.bound_on) == (first, desk.now.date())
    assert identity.vault_ref in {row.vault_ref for row in desk.rows(VaultRecord)}
    assert desk.audited("account_absorbed") == [{"person": first, "provisional": again}]


def test_the_provisional_account_s_pseudonyms_end_before_it_becomes_the_earlier_one(desk: Desk) -> None:
    first = desk.newcomer()
    desk.verify(first)
    erase(desk, first)
    again = desk.newcomer()
    desk.query(again)
    desk.deposit(again)
    desk.tell(again, 1, 1)
    assert desk.retired.people == []  # a wrong answer ends nothing
    desk.tell(again)
    assert desk.retired.people == [again]


def test_coming_back_with_somebody_else_s_card_ends_nothing(desk: Desk) -> None:
    first, again, other = desk.newcomer(), desk.newcomer(), desk.newcomer()
    desk.verify(first)
    erase(desk, first)
    desk.query(again)
    desk.deposit(again, card=LI.card)
    desk.verify(other, LI)
    refused = desk.tell(again)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.CARD_TAKEN
    assert desk.retired.people == []
    assert desk.level(again) == "matched"


def test_a_human_who_comes_back_with_another_card_is_still_the_same_person(desk: Desk) -> None:
    first = desk.newcomer()
    desk.verify(first)
    erase(desk, first)
    again = desk.newcomer()
    desk.query(again)
    desk.deposit(again, card="0000000000000000")
    assert desk.tell(again) == BoundTo(first)


def test_a_bound_account_cannot_ask_about_another_number(desk: Desk) -> None:
    person = desk.newcomer()
    desk.verify(person)
    asked = len(desk.asked.queries)
    refused = desk.query(person, LI)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.OTHER_IDENTITY
    assert len(desk.asked.queries) == asked


def test_the_level_falls_when_the_evidence_has_aged_and_rises_when_it_is_renewed(desk: Desk) -> None:
    person = desk.newcomer()
    desk.verify(person)
    review_on = desk.person(person).review_on
    assert review_on is not None
    assert desk.proofing.refresh(person, now=desk.now) is None
    desk.now += review_on - desk.now.date()
    assert desk.proofing.refresh(person, now=desk.now) is Level.MATCHED
    assert desk.level(person) == "matched"
    assert isinstance(desk.deposit(person), Waiting)
    assert desk.tell(person) == BoundTo(person)
    assert desk.level(person) == "registry"
    assert desk.person(person).verified_on == desk.now.date()
    assert len(desk.rows(Identity)) == 1


def test_a_match_that_nobody_proves_is_forgotten_after_ninety_days_and_a_bound_one_never(desk: Desk) -> None:
    squatter, owner = desk.newcomer(), desk.newcomer()
    desk.query(squatter, LI)
    desk.verify(owner)

    def purged_after(days: int) -> int:
        with desk.database.write() as connection:
            return unproven.purge(connection, now=desk.now + timedelta(days=days))

    assert purged_after(90) == 0
    assert purged_after(91) == 1
    assert desk.level(squatter) == "none"
    assert desk.level(owner) == "registry"
    assert all(row.vault_record is None for row in desk.rows(Case))
    assert isinstance(desk.query(squatter, LI), Passed)


def test_nothing_is_half_done_when_one_write_of_the_decision_fails(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    squatter, owner = desk.newcomer(), desk.newcomer()
    desk.query(squatter)
    desk.query(owner)
    desk.deposit(owner)

    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("idp.store.notices.tell", fail)
        with pytest.raises(OSError, match="disk is full"):
            desk.tell(owner)
    assert desk.level(owner) == desk.level(squatter) == "matched"
    assert desk.rows(Identity) == desk.rows(VaultRecord) == desk.rows(BankCard) == []
    assert not [row for row in desk.rows(EvidenceRow) if row.kind == "bank_control" or row.withdrawn_on]
    assert desk.audited("identity_bound") == []
    assert desk.tell(owner) == BoundTo(owner)


def test_a_stolen_table_shows_no_number_name_card_or_amount(desk: Desk) -> None:
    person = desk.newcomer()
    desk.query(person)
    desk.deposit(person)
    before = everything(desk)
    desk.tell(person)
    for dump in (before, everything(desk)):
        for secret in (WANG.number, WANG.number[6:14], WANG.name, WANG.card, "1990-03-07", "[12,34]"):
            assert secret.encode() not in dump


def everything(desk: Desk) -> bytes:
    """Every column of every table, as bytes."""
    from idp.store.models import Base

    with desk.database.read() as connection:
        rows = [row for table in Base.metadata.tables.values() for row in connection.execute(table.select())]
    return b"\0".join(cell if isinstance(cell, bytes) else str(cell).encode() for row in rows for cell in row)
