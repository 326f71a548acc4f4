"""A house that releases legal names, and one person in it who was verified as the pages would have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idp.settings.shape import ReleaseSettings
from tests import house as building
from tests.security.test_a_thief_reads_the_database import verified

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keys import Keyring
    from tests.house import House, Person

NUMBER = "990101199003070015"
BASIS = "Anti-Money Laundering Law art. 29; customers are identified"


@pytest.fixture
def releasing(tmp_path: Path, keyring: Keyring) -> Iterator[House]:
    """A house whose deployment releases legal names."""
    built = building.build(tmp_path, keyring, release=ReleaseSettings(legal_name=True))
    yield built
    built.services.database.close()


@pytest.fixture
def wang(releasing: House) -> Person:
    """Somebody of that house, whose number was matched and whose bank account was proven."""
    person = releasing.person(level="none")
    verified(releasing, person, NUMBER)
    return person
