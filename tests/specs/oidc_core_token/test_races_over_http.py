"""Many requests redeem one code at the same moment: one gets tokens, the others get a clean answer."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.house import House, Site

AT_ONCE = 6


def redeem_at_once(site: Site, code: str) -> list[tuple[int, str]]:
    """Post the same code from several threads; return status and error of each answer."""
    start = threading.Barrier(AT_ONCE)

    def redeem(_turn: int) -> tuple[int, str]:
        start.wait()
        response = site.token(code=code)
        return response.status_code, response.get_json().get("error", "")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(redeem, range(AT_ONCE)))


def test_one_request_wins_and_the_losers_are_told_invalid_grant(house: House) -> None:
    site, person = house.site(), house.person()
    for _ in range(5):
        answers = sorted(redeem_at_once(site, person.code_for(site)))
        assert answers == [(200, "")] + [(400, "invalid_grant")] * (AT_ONCE - 1)
