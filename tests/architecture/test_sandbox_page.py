"""`docs/sandbox.md` lists the people and cards that the code knows, and what happens to them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import pytest

from idp.domain import age, names, resident_id, sandbox
from idp.domain.answers import BankOutcome, RegistryOutcome
from idp.proofing.methods.registry_query import GUARDED_UNTIL
from tests.architecture.repository import ROOT

if TYPE_CHECKING:
    from idp.domain.sandbox import SandboxIdentity

PAGE: Final = ROOT / "docs" / "sandbox.md"
TODAY: Final = date(2026, 11, 24)

ANSWERS: Final = {
    RegistryOutcome.MATCH: "match",
    RegistryOutcome.NAME_MISMATCH: "name mismatch",
    RegistryOutcome.NOT_FOUND: "not found",
    RegistryOutcome.DECEASED: "deceased",
    RegistryOutcome.TWO_HOLDERS: "two holders",
    RegistryOutcome.SUPERSEDED: "superseded",
    RegistryOutcome.LOST_CARD: "lost card",
    RegistryOutcome.UNAVAILABLE: "no answer",
}
CARDS: Final = {
    BankOutcome.HOLDER_MISMATCH: "held in another name",
    BankOutcome.ACCOUNT_CLOSED: "closed",
    BankOutcome.JOINT_ACCOUNT: "held by several people",
    BankOutcome.UNAVAILABLE: "the bank does not answer",
}


def answer_to(identity: SandboxIdentity) -> str:
    number = resident_id.parse(identity.entry, on=TODAY)
    if age.birthday(number.born_on, GUARDED_UNTIL) > TODAY:
        return "not asked: under 14"
    name = names.parse(identity.name)
    told = [ANSWERS[sandbox.registry_answer(number.number, name, asked_before=asked)] for asked in range(3)]
    return told[0] if len(set(told)) == 1 else ", then ".join(dict.fromkeys(told))


def rows() -> list[str]:
    people = [
        f"| `{one.entry}` | {one.name} | {one.about} | {answer_to(one)} | `{one.card}` |" for one in sandbox.IDENTITIES
    ]
    cards = [f"| `{number}` | {CARDS[outcome]} |" for number, outcome in sandbox.CARDS.items()]
    return [*people, *cards]


@pytest.mark.parametrize("row", rows())
def test_the_page_lists_everybody_and_every_card(row: str) -> None:
    assert row in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_page_lists_nobody_else() -> None:
    listed = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert sorted(listed) == sorted(rows())


def test_the_page_names_the_deposits() -> None:
    first, second = sandbox.DEPOSITS.fen
    assert f"¥0.{first:02} and ¥0.{second:02}" in PAGE.read_text(encoding="utf-8")
