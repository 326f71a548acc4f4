"""Which sites share a pseudonym: those on one host, and no others."""

from __future__ import annotations

import pytest

from clients.sector import NoSector, is_host, is_loopback, sector_of


def test_redirect_uris_on_one_host_name_the_sector() -> None:
    uris = ["https://shop.example/a", "https://shop.example:8443/b", "https://shop.example/c?d=e"]
    assert sector_of(uris) == "shop.example"


def test_several_hosts_need_the_operators_word() -> None:
    uris = ["https://shop.example/a", "https://www.shop.example/a"]
    with pytest.raises(NoSector):
        sector_of(uris)
    assert sector_of(uris, sector="shop.example") == "shop.example"


@pytest.mark.parametrize("uri", ["http://127.0.0.1/done", "http://localhost/done", "com.example.app:/done"])
def test_a_loopback_host_or_a_scheme_of_its_own_names_no_sector(uri: str) -> None:
    with pytest.raises(NoSector):
        sector_of([uri])
    assert sector_of([uri], sector="app.example") == "app.example"


def test_two_demonstrations_on_one_machine_are_two_sectors() -> None:
    first = sector_of(["http://localhost:9001/callback"], loopback=True)
    second = sector_of(["http://localhost:9002/callback"], loopback=True)
    assert (first, second) == ("localhost:9001", "localhost:9002")


@pytest.mark.parametrize(
    "sector", ["", "Shop.example", "shop.example.", "shop.example:1", "商店.example", "a/b", "127.1"]
)
def test_the_operators_word_is_a_host_too(sector: str) -> None:
    with pytest.raises(NoSector):
        sector_of(["https://shop.example/a"], sector=sector)


@pytest.mark.parametrize(
    "host", ["shop.example", "xn--fiq228c.example", "a", "192.0.2.1", "[2001:db8::1]", "3com.example"]
)
def test_a_host_has_one_spelling(host: str) -> None:
    assert is_host(host)


@pytest.mark.parametrize(
    "host", ["192.0.2.01", "192.0.2", "0x7f000001", "[2001:DB8::1]", "[::1", "-a.example", "a_b.example"]
)
def test_another_spelling_is_no_host(host: str) -> None:
    assert not is_host(host)


def test_loopback_is_this_machine_and_no_name_that_begins_like_it() -> None:
    assert all(is_loopback(host) for host in ("localhost", "127.0.0.1", "127.8.9.1", "[::1]"))
    assert not any(is_loopback(host) for host in ("localhost.example", "192.0.2.1", "[2001:db8::1]", "shop.example"))
