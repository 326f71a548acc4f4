"""Which access tokens a grant's row says are over: each that was revoked, whoever revokes at once, in little room."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.oidc import tokens
from idp.store import access_tokens, grants
from idp.store.access_tokens import MOST_ENDED, ending, is_over
from tests.store.test_single_use import NOW, grant_for, stored

if TYPE_CHECKING:
    from idp.store.database import Database

MOMENT = int(NOW.timestamp())
LIFETIME = 600


@dataclass(frozen=True)
class Token:
    grant_id: bytes
    until: int
    serial: bytes


def token(at: int, grant_id: bytes = b"g" * 16, *, until: int | None = None) -> Token:
    return Token(grant_id, MOMENT + LIFETIME + at if until is None else until, at.to_bytes(13, "big"))


def revoked(*gone: Token, now: int = MOMENT) -> bytes | None:
    ended: bytes | None = None
    for each in gone:
        ended = ending(ended, each, now=now)
    return ended


def test_of_a_row_that_says_nothing_no_token_is_over() -> None:
    assert not is_over(None, token(1))


def test_a_token_is_over_and_its_likes_are_not() -> None:
    ended = revoked(token(1))
    assert is_over(ended, token(1))
    assert not is_over(ended, token(2))
    assert not is_over(ended, token(1, until=token(1).until + 1))


def test_what_expired_is_forgotten_at_the_next_revocation() -> None:
    ended = revoked(*(token(at) for at in range(10)))
    assert ending(ended, token(5000), now=MOMENT + LIFETIME + 9) == revoked(token(5000))


def test_the_list_is_full_at_last_and_says_so() -> None:
    gone = [token(at) for at in range(MOST_ENDED)]
    ended = revoked(*gone)
    assert ended is not None
    assert all(is_over(ended, each) for each in gone)
    assert ending(ended, token(MOST_ENDED), now=MOMENT) is None
    assert ending(ended, gone[0], now=MOMENT) == ended
    later = ending(ended, token(MOST_ENDED), now=gone[0].until)
    assert later is not None
    assert not is_over(later, token(MOST_ENDED + 1))


def test_the_same_token_twice_takes_room_once() -> None:
    assert revoked(token(1), token(1)) == revoked(token(1))


def test_of_tokens_revoked_at_once_none_is_forgotten(database: Database) -> None:
    stored(database, 0)
    code = tokens.fresh()
    database.once(lambda connection: grants.add(connection, grant_for(code)))
    gone = [token(at, code.grant_id) for at in range(40)]

    def revoke(each: Token) -> None:
        with database.write() as connection:
            marks = access_tokens.lock(connection, grant_id=each.grant_id, client_id="shop")
            assert marks is not None
            access_tokens.end(connection, each, marks, now=MOMENT)

    with ThreadPoolExecutor(4) as nodes:
        list(nodes.map(revoke, gone))
    with database.read() as connection:
        found = access_tokens.find(connection, grant_id=code.grant_id)
    assert found is not None
    assert [each for each in gone if not is_over(found.ended, each)] == []


def test_another_clients_grant_is_not_touched(database: Database) -> None:
    stored(database, 0)
    code = tokens.fresh()
    database.once(lambda connection: grants.add(connection, grant_for(code)))
    with database.write() as connection:
        assert access_tokens.lock(connection, grant_id=code.grant_id, client_id="stranger") is None
