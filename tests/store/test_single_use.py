"""A code, a challenge or an assertion id is good once, however many processes race for it."""

from __future__ import annotations

import hashlib
import multiprocessing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from clients.client import Registration
from idp.oidc import tokens
from idp.store import clients, grants, pushed_requests, refreshes
from idp.store.database import Database
from idp.value import replaced

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
CODES = 1000
CALLBACK = "https://shop.example/callback"
PROCESSES = 4
CLIENT = Registration(sector="shop.example", name="Shop", redirect_uris=(CALLBACK,)).issued(client_id="shop")


def grant_for(code: tokens.Fresh) -> grants.NewGrant:
    return grants.NewGrant(
        grant_id=code.grant_id,
        client_id="shop",
        sub="s" * 43,
        scope="openid",
        sealed=b"sealed",
        redirect_uri=CALLBACK,
        nonce=None,
        code_challenge=None,
        code_hash=code.digest,
        code_until=int((NOW + timedelta(seconds=60)).timestamp()),
    )


def wish_for(code: tokens.Handle, **changes: Any) -> grants.Redemption:
    until = int((NOW + timedelta(minutes=10)).timestamp())
    wish = grants.Redemption(code.grant_id, code.digest, "shop", CALLBACK, None, None, until)
    return replaced(wish, **changes)


def redeem(database: Database, code: tokens.Handle, *, now: datetime = NOW, **changes: Any) -> bool:
    wish = wish_for(code, **changes)
    return database.once(lambda connection: grants.redeem_code(connection, wish, now=now)) is not None


def stored(database: Database, count: int) -> list[tokens.Fresh]:
    codes = [tokens.fresh() for _ in range(count)]
    with database.write() as connection:
        clients.add(connection, CLIENT, now=NOW)
    with database.write() as connection:
        for code in codes:
            grants.add(connection, grant_for(code))
    return codes


def race_codes(url: str, codes: list[tuple[bytes, bytes]], start: object, results: object) -> None:
    """Redeem every code as fast as this process can; report which were won, and any unclean answer."""
    database = Database.open(url, pool_size=1)
    won, unclean = [], []
    start.wait()  # type: ignore[attr-defined]
    for at, (grant_id, digest) in enumerate(codes):
        try:
            if redeem(database, tokens.Handle(grant_id, digest)):
                won.append(at)
        except Exception as error:  # noqa: BLE001 — any error at all is the finding
            unclean.append(repr(error))
    database.close()
    results.put((won, unclean))  # type: ignore[attr-defined]


def race_jtis(url: str, count: int, start: object, results: object) -> None:
    """Spend every assertion id as fast as this process can."""
    database = Database.open(url, pool_size=1)
    won, unclean = [], []
    start.wait()  # type: ignore[attr-defined]
    for at in range(count):
        try:
            with database.write() as connection:
                digest = hashlib.sha256(str(at).encode()).digest()
                if grants.use_jti(connection, jti_hash=digest, until_at=int(NOW.timestamp())):
                    won.append(at)
        except Exception as error:  # noqa: BLE001 — any error at all is the finding
            unclean.append(repr(error))
    database.close()
    results.put((won, unclean))  # type: ignore[attr-defined]


def raced(target: object, *arguments: object) -> tuple[list[int], list[str]]:
    """Run ``target`` in four processes at once; return everything won and every unclean answer."""
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(PROCESSES), context.Queue()
    racers = [
        context.Process(target=target, args=(*arguments, start, results))  # type: ignore[arg-type]
        for _ in range(PROCESSES)
    ]
    for racer in racers:
        racer.start()
    outcomes = [results.get(timeout=120) for _ in racers]
    for racer in racers:
        racer.join()
    return [at for won, _ in outcomes for at in won], [error for _, unclean in outcomes for error in unclean]


def test_four_processes_redeem_a_thousand_codes_exactly_once(database: Database, database_url: str) -> None:
    codes = [(code.grant_id, code.digest) for code in stored(database, CODES)]
    won, unclean = raced(race_codes, database_url, codes)
    assert not unclean
    assert sorted(won) == list(range(CODES))


def test_four_processes_spend_a_thousand_assertion_ids_exactly_once(database: Database, database_url: str) -> None:
    won, unclean = raced(race_jtis, database_url, CODES)
    assert not unclean
    assert sorted(won) == list(range(CODES))
    assert database


def test_a_code_is_for_its_own_client_only(database: Database) -> None:
    (code,) = stored(database, 1)
    assert not redeem(database, code, client_id="stranger")
    assert redeem(database, code)


def test_a_code_ends_with_its_minute(database: Database) -> None:
    (code,) = stored(database, 1)
    assert not redeem(database, code, now=NOW + timedelta(seconds=60))


def test_half_a_code_opens_nothing(database: Database) -> None:
    (code,) = stored(database, 1)
    assert not redeem(database, replaced(code, digest=hashlib.sha256(b"guess").digest()))
    assert redeem(database, code)


@pytest.mark.parametrize(
    "guess", [{"redirect_uri": "https://shop.example/"}, {"redirect_uri": None}, {"code_challenge": "c" * 43}]
)
def test_a_wrong_guess_at_what_a_code_is_bound_to_burns_nothing(database: Database, guess: dict[str, Any]) -> None:
    (code,) = stored(database, 1)
    assert not redeem(database, code, **guess)
    assert redeem(database, code)


def test_a_code_bound_to_a_challenge_is_not_redeemed_without_it(database: Database) -> None:
    stored(database, 0)
    code = tokens.fresh()
    database.once(lambda connection: grants.add(connection, replaced(grant_for(code), code_challenge="c" * 43)))
    assert not redeem(database, code)
    assert redeem(database, code, code_challenge="c" * 43)


def test_a_rolled_back_redemption_leaves_the_code_whole(database: Database) -> None:
    (code,) = stored(database, 1)

    class WrongVerifierError(Exception):
        pass

    try:
        with database.write() as connection:
            grants.redeem_code(connection, wish_for(code), now=NOW)
            raise WrongVerifierError
    except WrongVerifierError:
        pass
    assert redeem(database, code)


STORM = 5  # by each of four processes


def renewal(grant_id: bytes, *, generation: int = 0, now: datetime = NOW) -> refreshes.Refresh:
    return refreshes.Refresh(
        grant_id=grant_id,
        client_id="shop",
        generation=generation,
        next_generation=generation + 1,
        confirmation=None,
        may_change_key=False,
        retry_since=int((now - timedelta(seconds=10)).timestamp()),
    )


def storm(url: str, grant_id: bytes, start: object, results: object) -> None:
    """Use one refresh token over and over; report each use that was answered, and any unclean answer."""
    database = Database.open(url, pool_size=1)
    won, unclean = [], []
    start.wait()  # type: ignore[attr-defined]
    for at in range(STORM):
        try:
            if database.once(partial(refreshes.turn, wish=renewal(grant_id), now=NOW)):
                won.append(at)
        except Exception as error:  # noqa: BLE001 — any error at all is the finding
            unclean.append(repr(error))
    database.close()
    results.put((won, unclean))  # type: ignore[attr-defined]


def test_twenty_uses_of_a_turning_refresh_token_at_once_make_one_successor(
    database: Database, database_url: str
) -> None:
    stored(database, 0)
    code = tokens.fresh()
    until = int((NOW + timedelta(days=90)).timestamp())
    database.once(lambda connection: grants.add(connection, replaced(grant_for(code), refresh_until=until)))
    assert redeem(database, code)
    won, unclean = raced(storm, database_url, code.grant_id)
    assert not unclean
    assert len(won) == PROCESSES * STORM
    with database.read() as connection:
        family = refreshes.standing(connection, grant_id=code.grant_id)
    assert family is not None, "nobody's retry ended the family"
    assert family.refresh_generation == 1


REFERENCES = 200


def reference(at: int) -> bytes:
    return hashlib.sha256(f"urn:{at}".encode()).digest()


def race_references(url: str, count: int, start: object, results: object) -> None:
    """Answer every pushed request as fast as this process can."""
    database = Database.open(url, pool_size=1)
    won, unclean = [], []
    start.wait()  # type: ignore[attr-defined]
    for at in range(count):
        try:
            with database.write() as connection:
                if pushed_requests.use(connection, request_hash=reference(at), now=NOW):
                    won.append(at)
        except Exception as error:  # noqa: BLE001 — any error at all is the finding
            unclean.append(repr(error))
    database.close()
    results.put((won, unclean))  # type: ignore[attr-defined]


def test_four_processes_answer_each_pushed_request_exactly_once(database: Database, database_url: str) -> None:
    stored(database, 0)
    with database.write() as connection:
        for at in range(REFERENCES):
            until = NOW + timedelta(seconds=60)
            pushed_requests.add(connection, request_hash=reference(at), client_id="shop", sealed=b"sealed", until=until)
    won, unclean = raced(race_references, database_url, REFERENCES)
    assert not unclean
    assert sorted(won) == list(range(REFERENCES))
    with database.read() as connection:
        for at in range(REFERENCES):
            assert pushed_requests.find(connection, request_hash=reference(at), client_id="shop", now=NOW) is None
