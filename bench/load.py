"""The load: what a site and its people do, as fast as the server answers, from a core of its own."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from bench import http
from bench.dpop import Sender
from bench.house import CALLBACK, House

if TYPE_CHECKING:
    from collections.abc import Callable

VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Result:
    """How many turns in how many seconds, and the slowest percent of them in milliseconds."""

    count: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        """Turns a second."""
        return self.count / self.seconds


class Shop:
    """One connection of the site's server, on behalf of whichever person comes next."""

    def __init__(self, house: House, offset: int) -> None:
        self._house = house
        self._turn = offset
        self._connection = http.Connection(house.port)
        basic = b64encode(f"{house.client_id}:{house.secret}".encode()).decode()
        self._basic = f"Authorization: Basic {basic}\r\n"
        self._access = ""
        self._refresh = ""
        self._sender = Sender()

    def login(self) -> None:
        """Run a whole silent sign-in: authorize with session and consent, then code for tokens with PKCE."""
        self._access = self._tokens(self._code(self._request()))

    def high_security_login(self) -> None:
        """Push the request, authorize by its reference, and get tokens that are bound to a key (RFC 9126, RFC 9449)."""
        pushed = self._post("/par", self._request(), proof=True, status=201)
        reference = quote(pushed["request_uri"], safe="")
        code = self._code(f"client_id={self._house.client_id}&request_uri={reference}")
        self._tokens(code, proof=True)

    def refresh(self) -> None:
        """Renew the access token; the family was begun by a sign-in that the person agreed to beforehand."""
        if not self._refresh:
            code = self._code(self._request("+offline_access"))
            self._refresh = self._post("/token", self._redemption(code))["refresh_token"]
        self._post("/token", f"grant_type=refresh_token&refresh_token={self._refresh}")

    def introspect(self) -> None:
        """Ask what the token of the last login is worth."""
        if not self._post("/introspect", f"token={self._access}")["active"]:
            raise RuntimeError("the token is not active")

    def _request(self, more: str = "") -> str:
        return (
            f"response_type=code&client_id={self._house.client_id}&redirect_uri={quote(CALLBACK, safe='')}"
            f"&scope=openid+profile+verified{more}&state={secrets.token_urlsafe(12)}&nonce={secrets.token_urlsafe(12)}"
            f"&code_challenge={CHALLENGE}&code_challenge_method=S256"
        )

    def _code(self, query: str) -> str:
        self._turn += 1
        cookie = self._house.cookies[self._turn % len(self._house.cookies)]
        path = f"{self._house.authorize}?{query}"
        answer = self._connection.send(http.get(path, host=self._house.host, headers=f"Cookie: {cookie}\r\n"))
        location = answer.header(b"location").decode()
        if answer.status != 303 or not location.startswith(CALLBACK):
            raise RuntimeError(f"authorize answered {answer.status} {location}")
        return parse_qs(urlsplit(location).query)["code"][0]

    def _tokens(self, code: str, *, proof: bool = False) -> str:
        return self._post("/token", self._redemption(code), proof=proof)["access_token"]

    def _redemption(self, code: str) -> str:
        body = f"grant_type=authorization_code&code={code}&redirect_uri={quote(CALLBACK, safe='')}"
        return f"{body}&code_verifier={VERIFIER}"

    def _post(self, path: str, body: str, *, proof: bool = False, status: int = 200) -> dict[str, str]:
        headers = self._basic
        if proof:
            headers += f"DPoP: {self._sender.proof('POST', f'http://{self._house.host}{path}')}\r\n"
        answer = self._connection.send(http.post(path, body, host=self._house.host, headers=headers))
        if answer.status != status:
            raise RuntimeError(f"{path} answered {answer.status} {answer.body!r}")
        told: dict[str, str] = msgspec.json.decode(answer.body)
        return told

    def userinfo(self) -> None:
        """Ask userinfo with the token of the last login."""
        headers = f"Authorization: Bearer {self._access}\r\n"
        if self._connection.send(http.get("/userinfo", host=self._house.host, headers=headers)).status != 200:
            raise RuntimeError("userinfo refused")

    def jwks(self) -> None:
        """Fetch the keys."""
        if self._connection.send(http.get("/jwks", host=self._house.host)).status != 200:
            raise RuntimeError("jwks refused")


def run(house: House, what: Callable[[Shop], None], *, seconds: float, connections: int = 8) -> Result:
    """Let ``connections`` do ``what`` for a while."""
    shops = [Shop(house, offset=at * 31) for at in range(connections)]
    for shop in shops:
        shop.login()
    times: list[list[float]] = [[] for _ in shops]
    errors: list[BaseException] = []
    until = time.perf_counter() + seconds

    def work(shop: Shop, spent: list[float]) -> None:
        try:
            while (begin := time.perf_counter()) < until:
                what(shop)
                spent.append(time.perf_counter() - begin)
        except (RuntimeError, OSError) as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(shops, times, strict=True)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    every = sorted(each for spent in times for each in spent)
    elapsed = time.perf_counter() - begin
    return Result(len(every), elapsed, every[len(every) // 2] * 1000, every[int(len(every) * 0.99)] * 1000)
