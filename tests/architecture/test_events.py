"""No audit event joins a person to a pseudonym, nor carries anything but ids and words from closed vocabularies."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import get_type_hints

import pytest

from idp.domain import events
from idp.domain.assurance import Level
from idp.domain.events import EVENTS, Event, PersonEvent, PersonRegistered, faults
from idp.domain.ids import ClientId, PersonId, Subject
from idp.domain.secrecy import LegalName

PERSON = PersonId("a" * 22)


@dataclass(frozen=True, slots=True)
class Joined(PersonEvent):
    """What must never be: a person beside a pseudonym."""

    kind = "joined"
    subject: Subject


@dataclass(frozen=True, slots=True)
class Visited(PersonEvent):
    """Nor may a person's event say which site it was about."""

    kind = "visited"
    client_id: ClientId


@dataclass(frozen=True, slots=True)
class Told(PersonEvent):
    """Free text holds anything."""

    kind = "told"
    words: str


@dataclass(frozen=True, slots=True)
class Named(PersonEvent):
    """Personal data stays out even where it would print as an ellipsis."""

    kind = "named"
    name: LegalName


@dataclass(frozen=True, slots=True)
class Misplaced(Event):
    """A person in the site half."""

    half = "site"
    kind = "misplaced"
    person: PersonId


@dataclass(frozen=True, slots=True)
class Homeless(Event):
    """Neither half nor kind."""

    level: Level


@pytest.mark.parametrize("event_type", EVENTS)
def test_every_event_keeps_the_halves_apart(event_type: type[Event]) -> None:
    assert faults(event_type) == []
    types = set(get_type_hints(event_type).values())
    assert not {PersonId, Subject} <= types
    assert event_type.__doc__


@pytest.mark.parametrize(
    "event",
    [
        Joined(PERSON, Subject("a.example", "s")),
        Visited(PERSON, ClientId("shop")),
        Told(PERSON, "words"),
        Named(PERSON, LegalName("王小明")),
        Misplaced(PERSON),
    ],
)
def test_an_event_that_joins_the_halves_or_tells_too_much_is_caught(event: Event) -> None:
    (fault,) = faults(type(event))
    assert fault.startswith(f"{type(event).__name__}.{fields(event)[-1].name} ")


def test_an_event_without_half_and_kind_is_caught() -> None:
    assert len(faults(type(Homeless(Level.NONE)))) == 2


def test_the_registry_is_complete_and_kinds_are_unique() -> None:
    defined = {one for one in vars(events).values() if isinstance(one, type) and issubclass(one, Event)}
    assert set(EVENTS) == defined - {Event, PersonEvent}
    assert len({event_type.kind for event_type in EVENTS}) == len(EVENTS)


def test_events_cannot_be_changed_afterwards() -> None:
    event = PersonRegistered(PERSON)
    with pytest.raises(AttributeError):
        event.person = PersonId("b" * 22)  # type: ignore[misc] # the attempt is the test
