"""What the pages make of a browser's own words: device names, labels, network addresses."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.web.ceremonies import network
from idp.web.devices import UNKNOWN, device_name
from idp.web.security import form_source

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/19.0 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (CHROME, "Chrome · Windows"),
        (CHROME + " Edg/156.0", "Edge · Windows"),
        (IPHONE, "Safari · iPhone"),
        (IPHONE.replace("Version/19.0", "CriOS/156.0"), "Chrome · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/150.0 Mobile Safari/537.36 MicroMessenger/9.0", "WeChat · Android"),
        ("curl/8.0", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_device_is_named_by_family_and_system(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name


@given(st.text())
def test_a_device_name_is_short_and_tells_no_version(user_agent: str) -> None:
    name = device_name(user_agent)
    assert len(name) <= 64
    assert not any(character.isdigit() for character in name)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("unix:", ""),
        ("", ""),
    ],
)
def test_a_household_counts_as_one_address(address: str, counted: str) -> None:
    assert network(address) == counted


@pytest.mark.parametrize(
    ("uri", "source"),
    [
        ("https://shop.example/callback?x=1", "https:"),
        ("http://localhost:8443/callback", "http://localhost:8443"),
        ("http://127.0.0.1:53123/callback", "http://127.0.0.1:53123"),
        ("http://[::1]:53123/callback", "http:"),
        ("com.example.app:/callback", "com.example.app:"),
    ],
)
def test_a_policy_names_where_a_form_may_end(uri: str, source: str) -> None:
    assert form_source(uri) == source


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_no_address_writes_a_policy_of_its_own(rest: str) -> None:
    uri = f"https://shop.example{rest}"
    try:
        urlsplit(uri)
    except ValueError:
        return
    assert not set(form_source(uri)) & set(" ;,'\"*")
