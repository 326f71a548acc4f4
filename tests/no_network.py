"""Tests talk to this machine only: whoever connects elsewhere, or asks a resolver for another name, fails.

The refusal is no `OSError`: code that copes with an outage would swallow that, and the test would pass without the
reason it was written for.
"""

from __future__ import annotations

import sys
from ipaddress import ip_address
from typing import Any

import pytest


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return True
    try:
        return ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Audit hook (PEP 578): sees every socket of the interpreter, whichever library opens it."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if not _is_here(host):
        pytest.fail(f"a test may not talk to {host}")


sys.addaudithook(refuse)
