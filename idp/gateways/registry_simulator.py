"""A population registry that knows the people of :mod:`idp.domain.sandbox`, over the wire of the real one.

``python -m idp.gateways.registry_simulator --port 9101`` serves it on this machine; the sandbox calls it in process.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from idp.domain import names, resident_id, sandbox
from idp.domain.answers import RegistryOutcome
from idp.domain.errors import EntryError
from idp.gateways.simulator import Refusal, Simulator, serve


class Query(msgspec.Struct, frozen=True):
    """Does this name belong with this number."""

    reference: str
    name: str
    number: str


class RegistrySimulator(Simulator[Query]):
    """Answers from the sandbox. Unavailability is the real registry's own: its gateway waited and gave up."""

    question = Query

    def __init__(self, *, bearer: str | None = None) -> None:
        super().__init__(bearer=bearer)
        self._asked: Counter[str] = Counter()

    def answer(self, question: Query) -> dict[str, Any]:
        """See :class:`Simulator`."""
        try:
            number, name = resident_id.well_formed(question.number), names.parse(question.name)
        except EntryError:
            raise Refusal("400 Bad Request") from None
        outcome = sandbox.registry_answer(number, name, asked_before=self._asked[question.number])
        self._asked[question.number] += 1
        if outcome is RegistryOutcome.UNAVAILABLE:
            raise Refusal("504 Gateway Timeout")
        identity = sandbox.find(number)
        if outcome is RegistryOutcome.SUPERSEDED and identity is not None:
            return {"result": outcome, "superseded_by": identity.superseded_by}
        return {"result": outcome}


if __name__ == "__main__":
    serve(RegistrySimulator(), what="the population registry", default_port=9101)
