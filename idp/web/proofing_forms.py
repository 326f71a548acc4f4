"""The forms of verification: each field is read by a rule of the domain and refused in that rule's words.

What was typed is shown again in the answer that refuses it, which is not stored anywhere, and is never written down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, ValidationError
from wtforms.validators import InputRequired

from idp.domain import bank_account, micro_deposit, names, resident_id
from idp.domain.bank_account import BankAccountFault
from idp.domain.micro_deposit import AmountFault, Amounts
from idp.domain.names import NameFault
from idp.domain.resident_id import ResidentIdFault
from idp.proofing.methods.micro_deposit import Account
from idp.proofing.methods.registry_query import Person
from idp.web import current
from idp.web.i18n import gettext_noop as _

if TYPE_CHECKING:
    from idp.domain.resident_id import ResidentNumber
    from idp.domain.secrecy import BankAccount, LegalName

NAME_FAULTS = {
    NameFault.EMPTY: _("Please enter the name."),
    NameFault.TOO_LONG: _("This is longer than any name in the register."),
    NameFault.CHARACTERS: _("This holds a character that cannot be seen. Please type the name instead of pasting it."),
    NameFault.PRIVATE_USE: _(
        "This holds a character that only your device knows. Please enter the name with another input method."
    ),
    NameFault.NO_LETTER: _("A name has at least one letter or character."),
}
NUMBER_FAULTS = {
    ResidentIdFault.LENGTH: _("A resident number has 18 characters, or 15 on an old card. Please count again."),
    ResidentIdFault.CHARACTERS: _("A resident number has digits only, and perhaps an X at the end."),
    ResidentIdFault.SANDBOX: _("Numbers that begin with 99 are for tests. Real people are verified here."),
    ResidentIdFault.NOT_SANDBOX: _("This is a sandbox: enter a test number that begins with 99, and never a real one."),
    ResidentIdFault.DATE: _("The date of birth in this number (digits 7 to 14) does not exist."),
    ResidentIdFault.FUTURE: _("The date of birth in this number (digits 7 to 14) is still to come."),
    ResidentIdFault.TOO_OLD: _("The date of birth in this number (digits 7 to 14) is too long ago."),
    ResidentIdFault.CHECK_CHARACTER: _("The last character does not fit the others. Please compare digit by digit."),
}
CARD_FAULTS = {
    BankAccountFault.CHARACTERS: _("A card number has digits only."),
    BankAccountFault.LENGTH: _("A card number has 16 to 19 digits. Please count again."),
    BankAccountFault.SANDBOX: _("Card numbers that begin with 0 are for tests. Real people are verified here."),
    BankAccountFault.NOT_SANDBOX: _("This is a sandbox: enter a test card that begins with 0, and never a real one."),
    BankAccountFault.CHECK_DIGIT: _("The last digit does not fit the others. Please compare digit by digit."),
}
AMOUNT_FAULTS = {
    AmountFault.EMPTY: _("Please enter the amount."),
    AmountFault.NOT_AN_AMOUNT: _("This is no amount. Enter two digits, such as 07 for ¥0.07."),
    AmountFault.TOO_PRECISE: _("This is no amount. Enter two digits, such as 07 for ¥0.07."),
    AmountFault.OUT_OF_RANGE: _("Each deposit was between ¥0.01 and ¥0.99."),
}
AGREE = _("Without your agreement we may not ask.")


class _Form(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    def refuse(self, field: StringField, words: str) -> None:
        """Show a reason that only the service could know."""
        field.errors = [*field.errors, words]


class RegistryQueryForm(_Form):
    """Who somebody says they are."""

    name = StringField()
    resident_number = StringField()
    agreed = BooleanField(validators=[InputRequired(AGREE)])
    _name: LegalName
    _number: ResidentNumber

    def validate_name(self, field: StringField) -> None:
        """Read the name."""
        self._name = _read_name(field)

    def validate_resident_number(self, field: StringField) -> None:
        """Read the number, by every rule that needs nobody to be asked (GB 11643)."""
        sandbox = not current.services().settings.production
        try:
            self._number = resident_id.admit(field.data or "", on=current.now().date(), sandbox=sandbox)
        except resident_id.InvalidResidentId as invalid:
            raise ValidationError(NUMBER_FAULTS[invalid.reason]) from None

    @property
    def answers(self) -> Person:
        """The valid form as the method takes it."""
        return Person(self._name, self._number)


class AccountForm(_Form):
    """Which account the deposits go to."""

    holder = StringField()
    card_number = StringField()
    agreed = BooleanField(validators=[InputRequired(AGREE)])
    _holder: LegalName
    _card: BankAccount

    def validate_holder(self, field: StringField) -> None:
        """Read the name."""
        self._holder = _read_name(field)

    def validate_card_number(self, field: StringField) -> None:
        """Read the number (ISO/IEC 7812-1)."""
        try:
            self._card = bank_account.admit(field.data or "", sandbox=not current.services().settings.production)
        except bank_account.InvalidBankAccount as invalid:
            raise ValidationError(CARD_FAULTS[invalid.reason]) from None

    @property
    def answers(self) -> Account:
        """The valid form as the method takes it."""
        return Account(self._holder, self._card)


class AmountsForm(_Form):
    """What the bank statement shows."""

    first = StringField()
    second = StringField()

    def validate_first(self, field: StringField) -> None:
        """Read one amount."""
        _read_amount(field)

    def validate_second(self, field: StringField) -> None:
        """Read the other."""
        _read_amount(field)

    @property
    def answers(self) -> Amounts:
        """The valid form as the method takes it."""
        return micro_deposit.parse_amounts(self.first.data or "", self.second.data or "")


def _read_name(field: StringField) -> LegalName:
    try:
        return names.parse(field.data or "")
    except names.InvalidLegalName as invalid:
        raise ValidationError(NAME_FAULTS[invalid.reason]) from None


def _read_amount(field: StringField) -> int:
    try:
        return micro_deposit.parse_amount(field.data or "")
    except micro_deposit.InvalidAmount as invalid:
        raise ValidationError(AMOUNT_FAULTS[invalid.reason]) from None
