"""The registry's wire: one contract over both transports, and what is made of answers that are none (X23, X24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from idp.domain import names, resident_id, sandbox
from idp.domain.answers import RegistryOutcome
from idp.domain.secrecy import Private
from idp.gateways.breaker import Breaker
from idp.gateways.endpoint import Endpoint
from idp.gateways.http import NoReplyError
from idp.gateways.registry import RegistryAnswer, RegistryGateway
from idp.gateways.registry_simulator import RegistrySimulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from idp.gateways.http import Reply, Transport
    from tests.leak_alarm import LeakAlarm

    Serve = Callable[[WSGIApplication], AbstractContextManager[tuple[Transport, str]]]

NAME = names.parse("测试一")
NUMBER = resident_id.well_formed("990101199003070015")


def gateway(transport: Transport, url: str, *, bearer: str | None = None) -> RegistryGateway:
    credential = Private(bearer) if bearer else None
    return RegistryGateway(Endpoint("registry", f"{url}/queries", transport, Breaker(), credential))


@pytest.fixture
def registry(serve: Serve) -> Iterator[RegistryGateway]:
    with serve(RegistrySimulator()) as wire:
        yield gateway(*wire)


def queried(registry: RegistryGateway, identity: sandbox.SandboxIdentity, *, times: int = 1) -> RegistryAnswer:
    number = resident_id.well_formed(identity.entry)
    answers = [
        registry.query(names.parse(identity.name), number, reference=f"reference-{attempt}") for attempt in range(times)
    ]
    return answers[-1]


@pytest.mark.parametrize("identity", sandbox.IDENTITIES, ids=lambda identity: identity.number)
def test_every_person_of_the_sandbox_answers_as_the_table_says(
    registry: RegistryGateway, identity: sandbox.SandboxIdentity
) -> None:
    expected = identity.answers[-1]
    if identity.registered_name:
        expected = RegistryOutcome.NAME_MISMATCH
    answer = queried(registry, identity, times=2 if len(identity.answers) > 1 else 1)
    assert answer.outcome is expected
    if expected is RegistryOutcome.SUPERSEDED:
        assert answer.successor is not None
        assert answer.successor.reveal() == identity.superseded_by
    else:
        assert answer.successor is None


def test_one_failure_that_passes_is_survived_and_two_are_told(registry: RegistryGateway) -> None:
    flaky = next(one for one in sandbox.IDENTITIES if len(one.answers) == 3)
    assert queried(registry, flaky).outcome is RegistryOutcome.UNAVAILABLE
    assert queried(registry, flaky).outcome is RegistryOutcome.MATCH


def test_the_same_reference_is_the_same_question(serve: Serve) -> None:
    simulator = RegistrySimulator()
    with serve(simulator) as wire:
        registry = gateway(*wire)
        for _ in range(3):
            assert registry.query(NAME, NUMBER, reference="once").outcome is RegistryOutcome.MATCH
    assert simulator._asked.total() == 1


def test_a_reference_used_for_another_question_is_no_answer(registry: RegistryGateway) -> None:
    registry.query(NAME, NUMBER, reference="taken")
    assert registry.query(names.parse("测试二"), NUMBER, reference="taken").outcome is RegistryOutcome.UNAVAILABLE


def test_the_credential_is_shown_and_a_refused_one_stops_the_asking(serve: Serve) -> None:
    with serve(RegistrySimulator(bearer="right")) as wire:
        assert gateway(*wire, bearer="right").query(NAME, NUMBER, reference="1").outcome is RegistryOutcome.MATCH
        refused = gateway(*wire, bearer="wrong")
        assert refused.query(NAME, NUMBER, reference="2").outcome is RegistryOutcome.UNAVAILABLE
        assert not refused.endpoint.breaker.allows()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'"match"',
        b'{"reference": "r"}',
        b'{"result": "match"}',
        b'{"reference": "r", "result": true}',
        b'{"reference": "r", "result": "yes"}',
        b'{"reference": "r", "result": "MATCH"}',
        b'{"reference": "r", "result": "unavailable"}',
        b'{"reference": "another", "result": "match"}',
        b'{"reference": "r", "result": "match", "note": "and more"}',
        b'{"reference": "r", "result": "match", "superseded_by": "990101198104150124"}',
        b'{"reference": "r", "result": "superseded"}',
        b'{"reference": "r", "result": "superseded", "superseded_by": "990101198104150125"}',
        b'{"reference": "r", "result": "superseded", "superseded_by": "990101199003070015"}',
        b'\xff\xfe{"reference": "r", "result": "match"}',
        b'{"reference": "r", "result": "match"} trailing',
        b"[" * 20000,
        b" " * (64 * 1024) + b'{"reference": "r", "result": "match"}',
    ],
    ids=lambda body: body[:60].decode("latin-1"),
)
def test_what_is_not_exactly_an_answer_to_this_question_is_none(serve: Serve, body: bytes) -> None:
    with serve(always("200 OK", body)) as wire:
        assert gateway(*wire).query(NAME, NUMBER, reference="r").outcome is RegistryOutcome.UNAVAILABLE


@pytest.mark.parametrize("status", ["201 Created", "302 Found", "400 Bad Request", "404 Not Found", "500 Oops"])
def test_a_right_answer_under_a_wrong_status_is_none(serve: Serve, status: str) -> None:
    with serve(always(status, b'{"reference": "r", "result": "match"}')) as wire:
        assert gateway(*wire).query(NAME, NUMBER, reference="r").outcome is RegistryOutcome.UNAVAILABLE


def test_a_registry_that_stays_down_is_left_alone_after_five_questions(serve: Serve) -> None:
    asked: list[bytes] = []
    with serve(always("500 Oops", b"", seen=asked)) as wire:
        registry = gateway(*wire)
        for attempt in range(20):
            registry.query(NAME, NUMBER, reference=str(attempt))
    assert len(asked) == 10  # five questions, each put twice


def test_a_question_put_again_is_put_in_the_same_words(serve: Serve) -> None:
    asked: list[bytes] = []
    with serve(always("503 Busy", b"", seen=asked)) as wire:
        gateway(*wire).query(NAME, NUMBER, reference="r")
    assert len(asked) == 2
    assert asked[0] == asked[1]
    assert msgspec.json.decode(asked[0]) == {"reference": "r", "name": "测试一", "number": "990101199003070015"}


def test_a_question_whose_answer_is_late_is_not_put_again_for_the_person_is_waiting() -> None:
    class Late:
        asked = 0

        def post(self, url: str, body: bytes, **_: object) -> Reply:  # noqa: ARG002 — the protocol's
            self.asked += 1
            raise NoReplyError("late", late=True)

    late = Late()
    assert gateway(late, "http://localhost").query(NAME, NUMBER, reference="r").outcome is RegistryOutcome.UNAVAILABLE
    assert late.asked == 1


def test_an_answer_cannot_be_taken_for_a_yes() -> None:
    with pytest.raises(TypeError):
        assert RegistryAnswer(RegistryOutcome.NAME_MISMATCH)


def test_nothing_personal_is_logged_when_the_registry_fails(serve: Serve, leak_alarm: LeakAlarm) -> None:
    with serve(always("200 OK", NAME.reveal().encode() + NUMBER.reveal().encode())) as wire:
        gateway(*wire).query(NAME, NUMBER, reference="r")
    (line,) = leak_alarm.events
    assert (line["gateway"], line["reason"]) == ("registry", "malformed")
    assert NAME.reveal() not in str(line)
    assert NUMBER.reveal() not in str(line)


def always(status: str, body: bytes, *, seen: list[bytes] | None = None) -> WSGIApplication:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        question = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        if seen is not None:
            seen.append(question)
        start_response(status, [("Content-Length", str(len(body)))])
        return [body]

    return application
