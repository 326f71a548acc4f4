"""The log: one line for each event on standard error, and never a word about a person.

An event has a name and fields out of :data:`FIELDS`; any other field is left out, and only its name is told. An
exception is told by its type and place: its message may quote what somebody typed. Other libraries' lines are shown
without their arguments, for the same reason. As a last belt, whatever has the shape of a credential or of a resident
number is blotted out of the finished line. The tests raise the alarm long before that (`tests/leak_alarm.py`).

Our own events do not pass through `logging`: there is one for each request, and a record costs more than its line.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from contextlib import suppress
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from idp.settings import LogSettings

FIELDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "request_id": str,  # joins the lines of one request
    "route": str,  # the rule, never the path: a path may hold an id, a query always does
    "method": str,
    "status": int,
    "duration_ms": (float, int),
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

Line = dict[str, Any]
"""The members of a line, in their order. Whoever gets one leaves it as it is."""


class Outlet(NamedTuple):
    """Somebody who gets our events, from a level on."""

    least: int
    take: Callable[[Line], None]


outlets: Final[list[Outlet]] = []
"""Where events go: what :func:`install` puts here, and whoever listens in a test. Before that they go nowhere."""

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request in progress; stands in each of its lines."""


def log_event(
    event: str, *, level: Literal["debug", "info", "warning", "error"] = "info", **fields: str | float | None
) -> None:
    """Write a line. A field that is not in :data:`FIELDS`, or not of its type, does not reach it; None is left out."""
    number = LEVELS[level]
    takers = [outlet.take for outlet in outlets if outlet.least <= number]
    if not takers:
        return
    line: Line = {"ts": _moment(time.time()), "level": level, "event": event}
    if current := request_id.get():
        line["request_id"] = current
    refused = []
    for name, value in fields.items():
        if value is None:
            continue
        if isinstance(value, FIELDS.get(name, ())):
            line[name] = value
        else:
            refused.append(name)
    if refused:
        line["refused"] = sorted(refused)
    if level == "error":
        line |= _failure(sys.exc_info()[1])
    for take in takers:
        take(line)


def install(settings: LogSettings, *, stream: BinaryIO | None = None) -> None:
    """Send every line of this process to `stream` (standard error), in the settings' format and from their level on.

    Other libraries speak from `warning` on; the web servers' own access lines, which hold query strings, never.
    """
    stream = stream or sys.stderr.buffer
    as_text = settings.format == "text" or (settings.format == "auto" and stream.isatty())
    writer = Writer(stream, as_text=as_text)
    outlets[:] = [outlet for outlet in outlets if not isinstance(outlet.take, Writer)]
    outlets.append(Outlet(LEVELS[settings.level], writer))
    logging.basicConfig(handlers=[_Libraries(writer)], level=logging.WARNING, force=True)
    for access in ("werkzeug", "granian.access"):
        logging.getLogger(access).disabled = True


class Writer:
    """Writes lines to a stream: one JSON object each, or words for a terminal."""

    def __init__(self, stream: BinaryIO, *, as_text: bool) -> None:
        self._stream = stream
        self._form = _text if as_text else msgspec.json.Encoder().encode

    def __call__(self, line: Line) -> None:
        """Write a line, in one call so that those of other threads stay whole; no request fails for want of a log."""
        try:
            written = self._form(line)
        except ValueError:  # half a character
            written = self._form({"ts": line["ts"], "level": line["level"], "event": "unprintable"})
        with suppress(OSError, ValueError):
            self._stream.write(blotted(written) + b"\n")
            self._stream.flush()


def blotted(line: bytes) -> bytes:
    """Give a finished line without what has the shape of a credential.

    Looking at the length of words first is a tenth of the work of looking for shapes, and clears most lines.
    """
    if line.translate(_WORDS).find(_LONG_WORD) < 0 and line.find(b"eyJ") < 0:
        return line
    return CREDENTIAL_SHAPES.sub(MASK, line.decode()).encode()


_WORDS: Final = bytes(ord("w" if chr(each).isalnum() or each in b"_-" else " ") for each in range(128)) + b" " * 128
_LONG_WORD: Final = b"w" * 18
"""The shortest of :data:`CREDENTIAL_SHAPES` but for a JWT, which begins in a way of its own."""


def library_line(record: logging.LogRecord) -> Line:
    """Give the line of what another library says: its template, not the arguments."""
    line: Line = {"ts": _moment(record.created), "level": record.levelname.lower()}
    line |= {"event": "library", "logger": record.name, "template": str(record.msg)}
    return line | _failure(record.exc_info[1] if record.exc_info else None)


class _Libraries(logging.Handler):
    """Gives what other libraries say to the same writer."""

    def __init__(self, writer: Writer) -> None:
        super().__init__()
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        self._writer(library_line(record))


def _text(line: Line) -> bytes:
    """Give time, level, event, then name=value."""
    begin = f"{line['ts'][11:19]} {line['level']:7} {line['event']}"
    rest = (f"{name}={msgspec.json.encode(value).decode()}" for name, value in line.items() if name not in _BEGIN)
    return " ".join([begin, *rest]).encode()


_BEGIN: Final = {"ts", "level", "event"}


def _moment(seconds: float) -> str:
    milliseconds = int(seconds * 1000)
    return f"{_second(milliseconds // 1000)}.{milliseconds % 1000:03}Z"


@lru_cache(maxsize=1)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _failure(error: BaseException | None) -> Line:
    return {"error": _names(error), "trace": _places(error.__traceback__)} if error is not None else {}


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
