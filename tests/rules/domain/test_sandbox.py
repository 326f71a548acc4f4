"""The sandbox's people: real check characters, every answer reachable, none of them possible in production."""

from __future__ import annotations

from datetime import date

import pytest

from idp.domain import bank_account, names, resident_id
from idp.domain.age import adult_from, is_over
from idp.domain.answers import BankOutcome, RegistryOutcome
from idp.domain.sandbox import CARDS, DEPOSITS, IDENTITIES, SandboxIdentity, bank_answer, find, registry_answer
from idp.domain.secrecy import BankAccount, LegalName, ResidentId

TODAY = date(2026, 11, 23)
PEOPLE = {
    "990101199003070015": [RegistryOutcome.MATCH],
    "990101199003070023": [RegistryOutcome.NAME_MISMATCH],
    "990101199003070031": [RegistryOutcome.NOT_FOUND],
    "990101193605120043": [RegistryOutcome.DECEASED],
    "990101201309010058": [RegistryOutcome.MATCH],
    "990101201006010069": [RegistryOutcome.MATCH],
    "990101197808080078": [RegistryOutcome.TWO_HOLDERS],
    "990101198501010088": [RegistryOutcome.UNAVAILABLE] * 4,
    "990101198501010096": [RegistryOutcome.UNAVAILABLE] * 2 + [RegistryOutcome.MATCH] * 2,
    "990101199202290109": [RegistryOutcome.NAME_MISMATCH],
    "990101198104150116": [RegistryOutcome.SUPERSEDED],
    "990101198104150124": [RegistryOutcome.MATCH],
    "990101199511110132": [RegistryOutcome.LOST_CARD],
    "990101196001010146": [RegistryOutcome.MATCH],
    "990101199912310151": [RegistryOutcome.MATCH],
    "99010119491231028X": [RegistryOutcome.MATCH],
    "990101200002290169": [RegistryOutcome.MATCH],
    "990101194912310298": [RegistryOutcome.MATCH],
}


def known(number: str) -> SandboxIdentity:
    """Find somebody who is there."""
    identity = find(ResidentId(number))
    assert identity is not None
    return identity


def test_everybody_is_there_once() -> None:
    assert [identity.number for identity in IDENTITIES] == list(PEOPLE)


@pytest.mark.parametrize("number", PEOPLE)
def test_the_register_answers_as_the_table_says(number: str) -> None:
    name = LegalName(known(number).name)
    asked = [registry_answer(ResidentId(number), name, asked_before=times) for times in range(len(PEOPLE[number]))]
    assert asked == PEOPLE[number]


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda identity: identity.number)
def test_every_rule_of_production_but_one_lets_them_through(identity: SandboxIdentity) -> None:
    read = resident_id.admit(identity.entry, on=TODAY, sandbox=True)
    assert read.number.reveal() == identity.number
    assert resident_id.ResidentIdWarning.UNKNOWN_REGION not in read.warnings
    assert names.parse(identity.name).reveal() == identity.name
    assert bank_account.admit(identity.card, sandbox=True).reveal() == identity.card
    with pytest.raises(resident_id.InvalidResidentId):
        resident_id.admit(identity.entry, on=TODAY, sandbox=False)
    with pytest.raises(bank_account.InvalidBankAccount):
        bank_account.admit(identity.card, sandbox=False)


def test_somebody_else_s_name_never_matches_and_learns_nothing_more() -> None:
    stranger = LegalName("李四")
    for identity in IDENTITIES:
        answer = registry_answer(ResidentId(identity.number), stranger, asked_before=9)
        silent = {RegistryOutcome.NAME_MISMATCH, RegistryOutcome.NOT_FOUND, RegistryOutcome.UNAVAILABLE}
        assert answer in silent


def test_a_former_name_matches() -> None:
    number = ResidentId("990101199202290109")
    assert registry_answer(number, LegalName("测试乙"), asked_before=0) is RegistryOutcome.MATCH


def test_a_number_of_nobody_is_not_found() -> None:
    assert registry_answer(ResidentId("990101199003079992"), LegalName("测试一"), asked_before=0) is (
        RegistryOutcome.NOT_FOUND
    )


def test_a_corrected_number_leads_to_somebody() -> None:
    successors = [identity.superseded_by for identity in IDENTITIES if identity.superseded_by]
    assert successors == ["990101198104150124"]
    assert known(successors[0]).name == known("990101198104150116").name


def test_the_minors_come_of_age_on_the_days_they_are_described_with() -> None:
    older = resident_id.parse("990101201006010069", on=TODAY)
    younger = resident_id.parse("990101201309010058", on=TODAY)
    assert adult_from(older.born_on) == date(2028, 6, 1)
    assert not is_over(adult_from(younger.born_on), TODAY)
    assert younger.born_on == date(2013, 9, 1)


def test_every_answer_of_register_and_bank_can_be_had() -> None:
    assert {answer for answers in PEOPLE.values() for answer in answers} == set(RegistryOutcome)
    assert set(CARDS.values()) | {BankOutcome.SENT} == set(BankOutcome)


def test_everybody_has_a_card_of_their_own_to_which_deposits_arrive() -> None:
    cards = [identity.card for identity in IDENTITIES]
    assert len(set(cards)) == len(cards)
    assert {bank_answer(BankAccount(card)) for card in cards} == {BankOutcome.SENT}
    assert bank_answer(bank_account.admit("0000000000000000", sandbox=True)) is BankOutcome.SENT
    assert sorted(DEPOSITS.fen) == [12, 34]


@pytest.mark.parametrize("card", CARDS)
def test_the_scripted_cards_are_valid_cards_of_the_sandbox(card: str) -> None:
    assert bank_answer(bank_account.admit(card, sandbox=True)) is CARDS[card]
