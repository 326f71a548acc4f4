"""Whether this process lives, and whether it can do its work. The answers hold a state and nothing else."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response

from idp.web import current

blueprint = Blueprint("health", __name__, url_prefix="/healthz")


@blueprint.get("/live")
def live() -> Response:
    """Answer without touching anything."""
    return _answer({"live": True}, 200)


@blueprint.get("/ready")
def ready() -> Response:
    """Answer 200 when the database works under our keys and every algorithm has a current signing key."""
    problems = current.services().readiness.problems()
    return _answer({"ready": not problems, "problems": problems}, 503 if problems else 200)


def _answer(content: dict[str, object], status: int) -> Response:
    return Response(
        msgspec.json.encode(content), status, mimetype="application/json", headers={"Cache-Control": "no-store"}
    )
