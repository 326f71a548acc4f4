"""Showing how it is done: a site's own source between markers, and tokens taken apart."""

from __future__ import annotations

import base64
import inspect
import json
import re
import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

_SHOWN = re.compile(r"^ *# \[shown\]\n(.*?)^ *# \[/shown\]\n", re.DOTALL | re.MULTILINE)


def lines_of(module: ModuleType) -> str:
    """Give the marked lines of a module's source, as they run: so what a page shows cannot grow old."""
    return "\n".join(textwrap.dedent(part) for part in _SHOWN.findall(inspect.getsource(module)))


def header_of(token: str) -> dict[str, Any]:
    """Decode the header of a JWT that was verified before."""
    return _decoded(token.partition(".")[0])


def pretty(value: object) -> str:
    """Give JSON as people read it."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def _decoded(part: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return value
