"""What only the real server can show: the headers that it adds itself."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import requests

from tests import live

if TYPE_CHECKING:
    from pathlib import Path


def test_every_answer_is_dated(tmp_path: Path) -> None:
    """happy-flow: the resource answers with a Date header"""
    with live.provider(tmp_path) as provider:
        answers = [requests.get(provider.issuer + "/userinfo", timeout=10)]
        answers += [requests.post(provider.issuer + path, data={}, timeout=10) for path in ("/par", "/token")]
    for answer in answers:
        assert answer.status_code in {400, 401}
        assert parsedate_to_datetime(answer.headers["Date"])
