from __future__ import annotations

import io
import json
import logging
import re
from typing import TYPE_CHECKING, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp import log
from idp.log import CREDENTIAL_SHAPES, MASK, blotted, log_event
from idp.settings import LogSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.leak_alarm import LeakAlarm

Form = Literal["auto", "json", "text"]
TOKEN = "Zm9vYmFyLWZvb2Jhci1mb29iYXItZm9vYmFyLWZvb2I"
NUMBER = "11010519491231002X"


class Terminal(io.BytesIO):
    """Standard error of somebody who looks at it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def written() -> Iterator[io.BytesIO]:
    """Where lines are to be written, unheard by the alarm; everything is given back as it was."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, log.outlets[:])
    root.handlers.clear()  # `install` closes those it finds, and pytest's are not ours to close
    log.outlets.clear()
    yield io.BytesIO()
    root.handlers[:], root.level, log.outlets[:] = before
    for name in ("werkzeug", "granian.access"):
        logging.getLogger(name).disabled = False


def install(stream: io.BytesIO, form: Form = "json", level: Literal["info", "error"] = "info") -> None:
    log.install(LogSettings(format=form, level=level), stream=stream)


def text(stream: io.BytesIO) -> str:
    return stream.getvalue().decode()


def lines(stream: io.BytesIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text(stream).splitlines()]


def test_an_event_is_one_json_object_with_its_time_and_fields(written: io.BytesIO) -> None:
    install(written)
    log_event("request", route="/token", status=200, duration_ms=1.5, client="shop", detail=None)
    [line] = lines(written)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("ts"))
    assert line == {
        "level": "info",
        "event": "request",
        "route": "/token",
        "status": 200,
        "duration_ms": 1.5,
        "client": "shop",
    }


def test_the_lines_of_one_request_share_its_id(written: io.BytesIO) -> None:
    install(written)
    token = log.request_id.set("abc123")
    log_event("one")
    log.request_id.reset(token)
    log_event("two")
    assert [line.get("request_id") for line in lines(written)] == ["abc123", None]


def test_a_line_break_in_a_value_does_not_begin_a_line_of_its_own(written: io.BytesIO) -> None:
    install(written, "text")
    log_event("error_page", reason='x\n12:00:00 INFO forged status="200"')
    install(written, "json")
    log_event("error_page", reason="x\n{}")
    assert len(text(written).splitlines()) == 2


def test_auto_is_text_at_a_terminal_and_json_elsewhere(written: io.BytesIO) -> None:
    install(written, "auto")
    log_event("one")
    assert lines(written)[0]["event"] == "one"
    terminal = Terminal()
    install(terminal, "auto")
    log_event("two", reason="why")
    assert re.fullmatch(r'\d\d:\d\d:\d\d info +two reason="why"\n', text(terminal))


def test_the_level_is_the_settings(written: io.BytesIO) -> None:
    install(written, level="error")
    log_event("quiet")
    log_event("loud", level="error")
    assert [line["event"] for line in lines(written)] == ["loud"]


def test_a_field_that_is_not_on_the_list_is_named_but_not_shown(written: io.BytesIO, leak_alarm: LeakAlarm) -> None:
    install(written)
    log_event("sign_in", person_id="p" * 22, status="200")
    [line] = lines(written)
    assert line["refused"] == ["person_id", "status"]
    assert "p" * 22 not in text(written)
    assert leak_alarm.leaks == []  # it does not hear this test; another one shows that it rings


def test_an_exception_shows_its_type_and_place_but_not_its_words(written: io.BytesIO) -> None:
    install(written)
    try:
        try:
            raise KeyError("王小明")
        except KeyError as error:
            raise ValueError("wrong name 王小明") from error
    except ValueError:
        log_event("failed", level="error")
    [line] = lines(written)
    assert line["error"] == ["ValueError", "KeyError"]
    assert re.fullmatch(r"rules/test_log\.py:\d+ test_an_exception_shows.*", line["trace"][0])
    assert "王小明" not in text(written)


def test_other_libraries_lines_come_without_their_arguments(written: io.BytesIO) -> None:
    install(written)
    logging.getLogger("urllib3").warning("Retrying %s", "/query?name=x")
    logging.getLogger("urllib3").info("not worth a line")
    logging.getLogger("werkzeug").error("GET /?code=x")
    assert [(line["logger"], line["template"]) for line in lines(written)] == [("urllib3", "Retrying %s")]


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(
    "secret", [TOKEN, NUMBER, NUMBER.lower(), "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "a" * 90 + "Z"]
)
def test_what_has_the_shape_of_a_credential_is_blotted_out(written: io.BytesIO, secret: str, form: Form) -> None:
    install(written, form)
    log_event("oauth_error", detail=f"was given {secret}")
    assert secret not in text(written)
    assert "was given …" in text(written)


@given(st.binary(min_size=32, max_size=64))
def test_no_random_value_of_256_bits_passes(secret: bytes) -> None:
    from base64 import urlsafe_b64encode

    assert CREDENTIAL_SHAPES.search(f'"{urlsafe_b64encode(secret).rstrip(b"=").decode()}"')


@given(st.from_regex(CREDENTIAL_SHAPES), st.text(max_size=3), st.text(max_size=3))
def test_the_quick_look_lets_no_credential_pass(secret: str, before: str, after: str) -> None:
    line = f"{before}{secret}{after}"
    assert blotted(line.encode()).decode() == CREDENTIAL_SHAPES.sub(MASK, line)


def test_a_value_that_cannot_be_printed_costs_its_line_and_no_request(written: io.BytesIO) -> None:
    install(written)
    log_event("one", reason="\ud800")
    log_event("two")
    assert [line["event"] for line in lines(written)] == ["unprintable", "two"]


def test_a_stream_that_is_closed_costs_no_request(written: io.BytesIO) -> None:
    install(written)
    written.close()
    log_event("one")


@pytest.mark.parametrize(
    "innocent", ["2026-11-24T08:30:15.123Z", "redirect_uri_unregistered", "a1b2c3d4e5f60718", "127.0.0.1"]
)
def test_ordinary_words_are_left_alone(innocent: str) -> None:
    assert not CREDENTIAL_SHAPES.search(innocent)


@pytest.mark.parametrize(
    ("planted", "fields"),
    [
        (None, {"detail": f"code {TOKEN}"}),
        (None, {"reason": NUMBER}),
        (None, {"person_id": "x"}),
        ("Heron", {"detail": "welcome, Heron"}),
    ],
)
def test_the_alarm_rings(
    pytester: pytest.Pytester, leak_alarm: LeakAlarm, planted: str | None, fields: dict[str, str]
) -> None:
    pytester.makepyfile(f"""
        from idp.log import log_event
        pytest_plugins = ["tests.leak_alarm"]
        def test_leaking(leak_alarm):
            log_event("event", **{fields!r})
            leak_alarm.plant(*{[planted] if planted else []!r})
    """)
    outcome = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    leak_alarm.forget()  # it hears the inner test, too
    outcome.assert_outcomes(passed=1, errors=1)
    outcome.stdout.fnmatch_lines(["*The log holds what it must not*"])


def test_the_alarm_hears_another_process(leak_alarm: LeakAlarm) -> None:
    leak_alarm.read(f"fine\nnot fine {NUMBER}")
    assert len(leak_alarm.leaks) == 1
    leak_alarm.forget()
