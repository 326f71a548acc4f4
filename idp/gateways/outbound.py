"""The one guarded way to addresses that somebody else named: key sets, request objects, sectors, logos, sign-outs.

A site that may name an address may try to make us call our own neighbours with it. So the name is resolved once, every
address it has must be one of the public internet, the connection goes to just that address, no redirect is followed,
time and size are capped, and whoever named the address learns the same whatever went wrong.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from idp.gateways.http import MAX_REPLY, Message, NoReplyError, exchange, tls_context
from idp.log import log_event

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Collection, Mapping, Sequence
    from urllib.parse import SplitResult

    from idp.gateways.http import Reply

TIMEOUT_SECONDS: Final = 5.0
_HOST: Final = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]+\]")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_RELAYS: Final = (
    ipaddress.ip_network("2001::/32"),  # Teredo
    ipaddress.ip_network("64:ff9b:1::/48"),  # local NAT64
    ipaddress.ip_network("::/96"),  # IPv4-compatible
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """Nothing usable came from the address. Why is in the log, and nowhere that its owner could read it."""

    def __init__(self) -> None:
        super().__init__("the address could not be reached, or did not answer as it has to")


def resolve(host: str, port: int) -> list[str]:
    """Return every address of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


def is_public(address: str) -> bool:
    """Tell whether an address belongs to the public internet, however it is written or wrapped."""
    try:
        return _is_public(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return False


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
        if address.is_site_local or any(address in network for network in _RELAYS):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


@dataclass(frozen=True, slots=True)
class Outbound:
    """Fetches and posts. ``allowed`` are hosts (``name`` or ``name:port``) that an operator vouches for.

    An allowed host may have any address; if it is this machine, plain http as well: for laboratories.
    """

    allowed: Collection[str] = ()
    authorities: str = ""
    """PEM file of authorities trusted besides those of the operating system."""
    resolve: Callable[[str, int], Sequence[str]] = resolve
    timeout: float = TIMEOUT_SECONDS

    def get(self, url: str, *, accept: str = "application/json", most: int = MAX_REPLY) -> Reply:
        """Return the answer of an address if it is 200. Raises :class:`Unreachable`."""
        reply = self._exchange("GET", url, None, {"Accept": accept}, most=most)
        if reply.status != 200:
            log_event("outbound_refused", level="warning", reason=f"status {reply.status}")
            raise Unreachable
        return reply

    def post(self, url: str, body: bytes, *, content_type: str) -> int:
        """Post to an address and return the status of its answer. Raises :class:`Unreachable`."""
        return self._exchange("POST", url, body, {"Content-Type": content_type}, most=MAX_REPLY).status

    def _exchange(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, most: int) -> Reply:
        try:
            deadline = time.monotonic() + self.timeout
            parts = urlsplit(url)
            host, port = self._judged(parts)
            addresses = self._addresses(host, port, plain=parts.scheme == "http")
            message = Message(method, parts, body, {**headers, "User-Agent": "Yufu"})
            left = max(deadline - time.monotonic(), 0.001)
            return exchange(message, lambda: self._connect(addresses, parts, timeout=left), timeout=left, most=most)
        except (NoReplyError, OSError, ValueError) as error:
            reason = str(error) if isinstance(error, NoReplyError | _Refused) else type(error).__name__
            log_event("outbound_refused", level="warning", reason=reason)
            raise Unreachable from None

    def _judged(self, parts: SplitResult) -> tuple[str, int]:
        """Refuse an address for its form, before anything is looked up."""
        host = (parts.hostname or "").lower()
        if not _HOST.fullmatch(f"[{host}]" if ":" in host else host) or parts.username is not None:
            raise _Refused("no plain host")
        default = {"https": 443, "http": 80}.get(parts.scheme)
        if default is None:
            raise _Refused("no web address")
        port = parts.port or default
        if parts.scheme == "http" and not self._is_allowed(host, port):
            raise _Refused("not https")
        return host, port

    def _addresses(self, host: str, port: int, *, plain: bool) -> Sequence[str]:
        addresses = _in_time(lambda: self.resolve(host, port), seconds=self.timeout)
        if not addresses:
            raise _Refused("no address")
        if plain and not all(_is_this_machine(address) for address in addresses):
            raise _Refused("not https")
        if not self._is_allowed(host, port) and not all(is_public(address) for address in addresses):
            raise _Refused("not an address of the public internet")
        return addresses

    def _is_allowed(self, host: str, port: int) -> bool:
        return host in self.allowed or f"{host}:{port}" in self.allowed

    def _connect(self, addresses: Sequence[str], parts: SplitResult, *, timeout: float) -> socket.socket:
        """Connect to an address that was judged, and to no other that the name may have by now."""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        plain = _first_that_answers(addresses, port, timeout=timeout / len(addresses))
        if parts.scheme == "http":
            return plain
        return _tls(self.authorities).wrap_socket(plain, server_hostname=parts.hostname, do_handshake_on_connect=False)


@cache
def _tls(authorities: str) -> ssl.SSLContext:
    """Made at the first use: most processes never go out."""
    context = tls_context()
    if authorities:
        context.load_verify_locations(authorities)
    return context


class _Refused(ValueError):
    """An address that is not to be talked to; the words are ours."""


def _is_this_machine(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _in_time(look_up: Callable[[], Sequence[str]], *, seconds: float) -> Sequence[str]:
    """Wait for a name no longer than for an answer: whoever names an address may own the server of its names too."""
    found: SimpleQueue[Sequence[str]] = SimpleQueue()

    def run() -> None:
        with suppress(OSError, UnicodeError):
            found.put(look_up())
            return
        found.put(())

    threading.Thread(target=run, daemon=True).start()
    try:
        return found.get(timeout=seconds)
    except Empty:
        raise _Refused("late") from None


def _first_that_answers(addresses: Sequence[str], port: int, *, timeout: float) -> socket.socket:
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), timeout)
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), timeout)
