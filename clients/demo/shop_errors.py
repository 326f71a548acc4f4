"""The market's one error page: whatever fails, a sentence for people and a way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
from authlib.integrations.base_client import OAuthError
from flask import current_app, render_template
from joserfc.errors import JoseError
from werkzeug.exceptions import HTTPException

from clients.demo.errors import TO_MEND, TROUBLES, SiteError, code_for

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (JoseError, "answer_refused"),
    (requests.ConnectionError, "provider_unreachable"),
    (requests.Timeout, "provider_unreachable"),
    (requests.RequestException, "provider_trouble"),
)


def explain(error: Exception) -> ResponseReturnValue:
    """Turn any failure into the error page."""
    code = _code_of(error)
    if code == "unexpected":
        current_app.logger.error("unexpected", exc_info=error)
    elif code in TO_MEND:
        current_app.logger.warning("%s: %s", code, error)
    return render_template("error.html", code=code, trouble=TROUBLES[code]), TROUBLES[code].status


def _code_of(error: Exception) -> str:
    if isinstance(error, SiteError):
        return error.code
    if isinstance(error, OAuthError):
        return code_for(str(error.error))
    if isinstance(error, HTTPException):
        return "not_found" if error.code in {404, 405} else "bad_request"
    return next((code for kind, code in _KINDS if isinstance(error, kind)), "unexpected")
