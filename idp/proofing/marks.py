"""Keyed marks: what is kept in place of a number, a card, a name or an amount, so that it can be known again.

Each kind has a key of its own, derived from the root. Marks of names and amounts hold for one case only: equal names
in two cases leave unequal marks.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from idp.domain.names import comparison_form
from keys.encoding import joined, to_base64url
from keys.root import BANK_INDEX, INDEX

if TYPE_CHECKING:
    from typing import Self

    from idp.domain.micro_deposit import Amounts
    from idp.domain.secrecy import BankAccount, LegalName, ResidentId
    from keys.root import Root

NAME = "yufu/case/name/1"
AMOUNTS = "yufu/case/amounts/1"
REFERENCE = "yufu/case/reference/1"


@dataclass(frozen=True, slots=True)
class Marks:
    """The five keys, 32 bytes each."""

    number_key: bytes = field(repr=False)
    card_key: bytes = field(repr=False)
    name_key: bytes = field(repr=False)
    amounts_key: bytes = field(repr=False)
    reference_key: bytes = field(repr=False)

    @classmethod
    def of(cls, root: Root) -> Self:
        """Derive the keys."""
        return cls(*map(root.purpose, (INDEX, BANK_INDEX, NAME, AMOUNTS, REFERENCE)))

    def number(self, number: ResidentId) -> str:
        """Return the blind index of a resident number, 43 characters: the same wherever the number turns up."""
        return _text(_keyed(self.number_key, number.reveal()))

    def card(self, account: BankAccount) -> str:
        """Return the blind index of a bank card, 43 characters."""
        return _text(_keyed(self.card_key, account.reveal()))

    def name(self, case_id: str, name: LegalName) -> bytes:
        """Return the mark of a name within a case; two ways to write one name have the same."""
        return _keyed(self.name_key, case_id, comparison_form(name).reveal())

    def amounts(self, case_id: str, amounts: Amounts) -> bytes:
        """Return the mark of two amounts within a case, whichever comes first."""
        return _keyed(self.amounts_key, case_id, *map(str, sorted(amounts.fen)))

    def reference(self, case_id: str, *asked: str) -> str:
        """Return what a question to a gateway is called: asked again in the same case, it is the same question."""
        return _text(_keyed(self.reference_key, case_id, *asked))


def _keyed(key: bytes, *parts: str) -> bytes:
    return hmac.digest(key, joined(*parts), "sha256")


def _text(mark: bytes) -> str:
    return to_base64url(mark).decode()
