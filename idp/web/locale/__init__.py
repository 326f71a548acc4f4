"""The catalogue of translations, one `.po` file for each language other than English.

Owns the translated words and the command that keeps them complete (`python -m idp.web.locale.update`). Must never
import the rest of `idp`. The invariant it guards: every English string of the templates and of `idp` has exactly one
translation here, none is fuzzy and none is left over.
"""

from __future__ import annotations
