"""A reply goes exactly where the site registered."""

from __future__ import annotations

import string
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.redirect_uris import fault_in, matches, with_parameters

REGISTERED = ("https://shop.example/callback", "https://shop.example/callback?from=idp")

printable = st.text(alphabet=string.printable, max_size=60)
parameters = st.dictionaries(st.from_regex(r"[a-z_]{1,10}", fullmatch=True), st.text(max_size=30), max_size=4)


@pytest.mark.parametrize("uri", REGISTERED)
def test_a_registered_uri_matches_itself(uri: str) -> None:
    assert matches(REGISTERED, uri, application_type="web")


@pytest.mark.parametrize(
    "uri",
    [
        "https://shop.example/callback/",
        "https://shop.example/callback?",
        "https://shop.example/callback?from=idp&x=1",
        "https://shop.example/callback#",
        "https://shop.example/Callback",
        "https://SHOP.example/callback",
        "https://shop.example:443/callback",
        "https://shop.example/x/../callback",
        "https://shop.example/%63allback",
        "http://shop.example/callback",
        "https://evil.example/callback",
        "https://shop.example.evil.example/callback",
        "https://shop.example@evil.example/callback",
        "",
    ],
)
def test_whatever_merely_looks_like_it_does_not_match(uri: str) -> None:
    assert not matches(REGISTERED, uri, application_type="web")
    assert not matches(REGISTERED, uri, application_type="native")


@given(registered=st.lists(printable, max_size=4), presented=printable)
def test_for_a_web_site_matching_is_string_equality(registered: list[str], presented: str) -> None:
    assert matches(registered, presented, application_type="web") is (presented in registered)


@given(registered=st.integers(1, 65535), presented=st.integers(1, 65535), host=st.sampled_from(["127.0.0.1", "[::1]"]))
def test_a_native_app_chooses_its_port_on_a_loopback_address(registered: int, presented: int, host: str) -> None:
    uri = f"http://{host}:{presented}/done"
    assert matches([f"http://{host}:{registered}/done"], uri, application_type="native")
    assert matches([f"http://{host}/done"], uri, application_type="native")
    assert matches([f"http://{host}:{registered}/done"], uri, application_type="web") is (registered == presented)


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:65536/done",
        "http://127.0.0.1:0/done",
        "http://127.0.0.1:/done",
        "http://127.0.0.1:8080/done/",
        "http://127.0.0.1:8080/done?x=1",
        "http://127.0.0.1:8080@evil.example/done",
        "http://127.0.0.1.evil.example:8080/done",
        "http://127.0.0.2:8080/done",
        "http://[::1]:8080/done",
        "http://localhost:8080/done",
        "https://127.0.0.1:8080/done",
        "http://127.0.0.1:8080\n/done",
    ],
)
def test_nothing_but_the_port_of_that_address_is_free(uri: str) -> None:
    assert not matches(["http://127.0.0.1:1/done"], uri, application_type="native")


def test_localhost_is_a_name_and_its_port_is_not_free() -> None:
    assert not matches(["http://localhost:1/done"], "http://localhost:2/done", application_type="native")


@given(sent=parameters, uri=st.sampled_from([*REGISTERED, "https://shop.example/callback?", "com.example.app:/done"]))
def test_the_registered_query_survives_the_response(sent: dict[str, str], uri: str) -> None:
    answered = urlsplit(with_parameters(uri, sent))
    own = parse_qsl(urlsplit(uri).query)
    assert parse_qsl(answered.query, keep_blank_values=True) == [*own, *sent.items()]
    assert answered.fragment == ""


def test_a_fragment_response_leaves_the_query_alone() -> None:
    uri = with_parameters("https://shop.example/callback?from=idp", {"code": "a b", "state": "#?&"}, mode="fragment")
    assert uri == "https://shop.example/callback?from=idp#code=a+b&state=%23%3F%26"


@pytest.mark.parametrize(
    ("uri", "application_type"),
    [
        ("https://shop.example/callback", "web"),
        ("https://shop.example:8443/callback?from=idp", "web"),
        ("https://xn--fiq228c.example/callback", "web"),
        ("https://[2001:db8::1]/callback", "web"),
        ("http://localhost:8080/callback", "native"),
        ("http://127.0.0.1/callback", "native"),
        ("http://[::1]/callback", "native"),
        ("com.example.app:/callback", "native"),
    ],
)
def test_a_sound_redirect_uri_is_registered(uri: str, application_type: str) -> None:
    assert fault_in(uri, application_type=application_type) is None


@pytest.mark.parametrize(
    "uri",
    [
        None,
        7,
        "",
        "https://shop.example/" + "a" * 2000,
        "/callback",
        "//shop.example/callback",
        "shop.example/callback",
        "https:shop.example/callback",
        "https:///callback",
        "https://",
        "https://shop.example/callback#there",
        "https://shop.example/callback#",
        "https://*.shop.example/callback",
        "https://shop.example/*",
        "https://user@shop.example/callback",
        "https://user:word@shop.example/callback",
        "https://Shop.example/callback",
        "https://shop.example./callback",
        "https://shop..example/callback",
        "https://shop.example:0/callback",
        "https://shop.example:65536/callback",
        "https://shop.example:/callback",
        "https://商店.example/callback",
        "https://shop%2eexample/callback",
        "https://2130706433/callback",
        "https://0x7f.1/callback",
        "https://127.1/callback",
        "https://[::ffff:1]:x/callback",
        "https://[oops/callback",
        "com.example.shop://oops]/callback",
        "https://shop.example\\@evil.example/callback",
        "https://shop.example/call back",
        "https://shop.example/callback\n",
        "https://shop.example/%zz",
        "https://shop.example/callback?state=mine",
        "https://shop.example/callback?code",
        "http://shop.example/callback",
        "http://localhost.evil.example/callback",
        "ftp://shop.example/callback",
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp:/callback",
        "urn:ietf:wg:oauth:2.0:oob",
    ],
)
@pytest.mark.parametrize("application_type", ["web", "native"])
def test_an_unsound_redirect_uri_is_refused_with_words(uri: object, application_type: str) -> None:
    assert fault_in(uri, application_type=application_type, loopback=True)


def test_http_on_loopback_is_for_native_apps_and_demonstrations() -> None:
    uri = "http://localhost:9001/callback"
    assert fault_in(uri, application_type="web") == "is not https"
    assert fault_in(uri, application_type="web", loopback=True) is None


def test_a_private_use_scheme_is_for_native_apps_only() -> None:
    assert fault_in("com.example.app:/callback", application_type="web")
