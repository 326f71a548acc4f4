"""Forms of the protocol's own pages: a field is read by a rule of the domain and refused in that rule's words."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError

from idp.domain import code_name
from idp.domain.code_name import CodeNameFault
from idp.web.i18n import gettext
from idp.web.i18n import gettext_noop as _

CODE_NAME_FAULTS = {
    CodeNameFault.TOO_LONG: _("This is too long: use at most 24 characters."),
    CodeNameFault.TOO_SHORT: _("This is too short: use at least two characters."),
    CodeNameFault.INVISIBLE: _(
        "This holds a character that cannot be seen. Please type the name instead of pasting it."
    ),
    CodeNameFault.SPACES: _("There is a space too many, at the beginning, at the end or in between."),
    CodeNameFault.CHARACTERS: _("Use Chinese, Latin, Japanese or Korean characters and digits."),
    CodeNameFault.MARKS: _("A mark such as - or . has to stand between two letters or digits."),
    CodeNameFault.DIGITS: _("Use more letters than digits: a code name should not look like a number of yours."),
    CodeNameFault.RESERVED: _("This name could be taken for the site's or for ours. Please choose another."),
    CodeNameFault.ABUSIVE: _("This name could hurt somebody. Please choose another."),
}


class CodeNameForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """The code name a person chooses for one site."""

    name = StringField()
    chosen: code_name.CodeName

    def validate_name(self, field: StringField) -> None:
        """Read the name by the domain's rules."""
        try:
            self.chosen = code_name.parse(field.data or "")
        except code_name.InvalidCodeName as invalid:
            raise ValidationError(gettext(CODE_NAME_FAULTS[invalid.reason])) from invalid

    def refuse(self, words: str) -> None:
        """Show a reason that only the store could know."""
        self.name.errors = [*self.name.errors, words]
