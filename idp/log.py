"""The log: one line for each event on standard error, and never a word about a person.

An event has a name and fields out of :data:`FIELDS`; any other field is left out, and only its name is told. An
exception is told by its type and place: its message may quote what somebody typed. Other libraries' lines are shown
without their arguments, for the same reason. As a last belt, whatever has the shape of a credential or of a resident
number is blotted out of the finished line. The tests raise the alarm long before that (`tests/leak_alarm.py`).
"""

from __future__ import annotations

import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TextIO

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from idp.settings import LogSettings

FIELDS: Final[Mapping[str, type]] = {
    "request_id": str,  # joins the lines of one request
    "route": str,  # the rule, never the path: a path may hold an id, a query always does
    "method": str,
    "status": int,
    "duration_ms": float,
    "client": str,  # a relying site's public id
    "error_id": str,  # what an error page shows
    "reason": str,  # a word of ours
    "detail": str,  # more words of ours
    "gateway": str,
    "job": str,
    "count": int,
}
"""What a line may hold beside its time, level and event. None of these says who."""

CREDENTIAL_SHAPES: Final = re.compile(
    r"(?<![\w.-])(?:eyJ[\w-]+\.[\w.-]+"  # a JWT
    r"|(?=[a-z_-]*[A-Z0-9])[\w-]{43,}"  # 256 random bits, as codes, tokens and cookies are; no function's long name
    r"|[1-9]\d{16}[\dXx])(?![\w-])",  # a resident number
    re.ASCII,
)
MASK: Final = "…"

SERVER: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}
"""The web server's own logging (`logging.config`): its lines go where ours go, in the same form."""

LEVELS: Final = {name.lower(): number for name, number in logging.getLevelNamesMapping().items()}

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request in progress; stands in each of its lines."""

_logger: Final = logging.getLogger("idp")


def log_event(
    event: str, *, level: Literal["debug", "info", "warning", "error"] = "info", **fields: str | float | None
) -> None:
    """Write a line. A field that is not in :data:`FIELDS`, or not of its type, does not reach it; None is left out."""
    number = LEVELS[level]
    if not _logger.isEnabledFor(number):
        return
    allowed = {name: value for name, value in fields.items() if value is not None and _is_allowed(name, value)}
    refused = sorted(name for name, value in fields.items() if value is not None and name not in allowed)
    # A record made here rather than by the logger: finding the caller, whom no line names, would cost as much again.
    record = logging.LogRecord(_logger.name, number, "", 0, event, None, sys.exc_info() if level == "error" else None)
    record.yufu_fields, record.yufu_refused = allowed, refused
    _logger.handle(record)


def install(settings: LogSettings, *, stream: TextIO | None = None) -> None:
    """Send every line of this process to `stream` (standard error), in the settings' format and from their level on.

    Other libraries speak from `warning` on; the web servers' own access lines, which hold query strings, never.
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    as_text = settings.format == "text" or (settings.format == "auto" and stream.isatty())
    handler.setFormatter(TextFormatter() if as_text else JsonFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    _logger.setLevel(settings.level.upper())
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # no line shows them
    for access in ("werkzeug", "granian.access"):
        logging.getLogger(access).disabled = True


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    """Give the members of a record's line, in their order."""
    moment = datetime.fromtimestamp(record.created, UTC)
    line: dict[str, Any] = {
        "ts": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
    }
    if hasattr(record, "yufu_fields"):
        line["event"] = record.msg
        if current := request_id.get():
            line["request_id"] = current
        line |= record.yufu_fields
        if refused := getattr(record, "yufu_refused", None):
            line["refused"] = refused
    else:
        line |= {"event": "library", "logger": record.name, "template": str(record.msg)}
    if record.exc_info and record.exc_info[1] is not None:
        line |= {"error": _names(record.exc_info[1]), "trace": _places(record.exc_info[2])}
    return line


class JsonFormatter(logging.Formatter):
    """One JSON object to a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the record's line."""
        return CREDENTIAL_SHAPES.sub(MASK, msgspec.json.encode(line_of(record)).decode())


class TextFormatter(logging.Formatter):
    """Words for a terminal: time, level, event, then name=value."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the record's line."""
        line = line_of(record)
        begin = f"{line.pop('ts')[11:19]} {line.pop('level'):7} {line.pop('event')}"
        rest = (f"{name}={msgspec.json.encode(value).decode()}" for name, value in line.items())
        return CREDENTIAL_SHAPES.sub(MASK, " ".join([begin, *rest]))


def _is_allowed(name: str, value: object) -> bool:
    kind = FIELDS.get(name)
    return isinstance(value, (int, float) if kind is float else kind) if kind else False


def _names(error: BaseException | None) -> list[str]:
    """Name the exception and what caused it, outermost first."""
    names = []
    while error is not None:
        names.append(type(error).__qualname__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return names


def _places(traceback: TracebackType | None) -> list[str]:
    """Name the file, line and function of every frame; not the source line, which may hold a literal."""
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{'/'.join(Path(code.co_filename).parts[-2:])}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places
