"""Ask the population registry whether a name and a resident number belong together.

On the wire, JSON both ways: ``{"reference", "name", "number"}``, answered with status 200 by ``{"reference",
"result"}``, where ``result`` is a word of ``RegistryOutcome`` other than ``unavailable`` and ``superseded`` comes with
``superseded_by``. The reference doubles as the ``Idempotency-Key``: a question put twice is one question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NoReturn

import msgspec

from idp.domain import resident_id
from idp.domain.answers import RegistryOutcome
from idp.gateways.endpoint import Answer
from idp.gateways.http import NoReplyError

if TYPE_CHECKING:
    from idp.domain.secrecy import LegalName, ResidentId
    from idp.gateways.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """What the registry said. With ``superseded`` comes the ``successor`` of the number asked about."""

    outcome: RegistryOutcome
    successor: ResidentId | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError("a registry's answer is one of eight, not a yes or a no")


class _Question(msgspec.Struct, frozen=True):
    reference: str
    name: str
    number: str


class _Answer(Answer, frozen=True, forbid_unknown_fields=True):
    result: Literal["match", "name_mismatch", "not_found", "deceased", "two_holders", "superseded", "lost_card"]
    superseded_by: str | None = None


UNAVAILABLE = RegistryAnswer(RegistryOutcome.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class RegistryGateway:
    """The registry, as seen from here: the real one or the simulator, by its endpoint."""

    endpoint: Endpoint

    def query(self, name: LegalName, number: ResidentId, *, reference: str) -> RegistryAnswer:
        """Ask once. The same ``reference`` again asks the same question, not a second one. Raises nothing."""
        question = _Question(reference=reference, name=name.reveal(), number=number.reveal())
        try:
            answer = self.endpoint.ask(question, _Answer, reference=reference)
        except NoReplyError:
            return UNAVAILABLE
        return _understood(answer, asked=number)


def _understood(answer: _Answer, *, asked: ResidentId) -> RegistryAnswer:
    """Return the answer if it makes sense: a successor where there has to be one, well formed and another number."""
    if (answer.superseded_by is not None) != (answer.result == "superseded"):
        return UNAVAILABLE
    if answer.superseded_by is None:
        return RegistryAnswer(RegistryOutcome(answer.result))
    try:
        successor = resident_id.well_formed(answer.superseded_by)
    except resident_id.InvalidResidentId:
        return UNAVAILABLE
    return UNAVAILABLE if successor == asked else RegistryAnswer(RegistryOutcome.SUPERSEDED, successor)
