"""A line in the log for each request: which route, what came of it, how long it took. Not who, not from where."""

from __future__ import annotations

import secrets
from time import perf_counter
from typing import TYPE_CHECKING

from flask import g, request

from idp import log

if TYPE_CHECKING:
    from flask import Flask, Response

QUIET = frozenset({"/healthz/live", "/healthz/ready", "/static/<path:filename>"})
"""Routes that are asked every few seconds, or with every page."""


def install(app: Flask) -> None:
    """Write the line after everything else is done with the response; so install this first of all."""
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_forget)


def _begin() -> None:
    g.began = perf_counter()
    g.request_id = log.request_id.set(secrets.token_hex(8))


def _finish(response: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else "none"
    log.log_event(
        "request",
        level="debug" if rule in QUIET else "info",
        route=rule,
        method=request.method[:8],
        status=response.status_code,
        duration_ms=round((perf_counter() - g.began) * 1000, 1) if "began" in g else None,
    )
    return response


def _forget(_error: BaseException | None) -> None:
    if "request_id" in g:
        log.request_id.reset(g.pop("request_id"))
