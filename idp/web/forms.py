"""Forms as Flask-WTF sees them, and the one field check they share: a rule of the domain, told by its own words."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField

from idp.domain import code_name
from idp.web.i18n import gettext as _


class CodeNameForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """The code name a person chooses for one site."""

    name = StringField()
    chosen: code_name.CodeName

    def validate_name(self, field: StringField) -> None:
        """Read the name by the domain's rules."""
        from wtforms import ValidationError

        try:
            self.chosen = code_name.parse(field.data or "")
        except code_name.InvalidCodeName as invalid:
            raise ValidationError(_(invalid.words)) from invalid

    def refuse(self, words: str) -> None:
        """Show a reason that only the store could know."""
        self.name.errors = [*self.name.errors, words]
