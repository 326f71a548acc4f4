"""RFC 8705 §6.5: a certificate counts if the proxy passes it on, and never if anybody else writes the header."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idp.domain.secrecy import Private
from idp.settings import MtlsSettings, WebSettings
from tests import certificates
from tests import house as building
from tests.house import ISSUER
from tests.specs.rfc8705_mutual_tls.conftest import HEADER, ORIGIN, Holder, error_of

if TYPE_CHECKING:
    from pathlib import Path

    import keys
    from tests.house import House
    from tests.leak_alarm import LeakAlarm

ASKED = {"token": "x"}


def test_from_the_proxy_it_counts(house: House) -> None:
    bank = Holder.of(house, certificates.self_signed())
    assert bank.post("/introspect", ASKED).status_code == 200


@pytest.mark.parametrize(
    "forged",
    [
        {"peer": "127.0.0.2"},
        {"peer": "192.0.2.1"},
        {"peer": ""},
        {"origin": ISSUER},
        {"header": "X-Client-Cert"},
        {"header": HEADER[:11] + "-" + HEADER[11:]},
        {"header": "HTTP-" + HEADER},
    ],
    ids=str,
)
def test_from_anybody_else_it_is_as_good_as_none(house: House, forged: dict[str, str]) -> None:
    bank = Holder.of(house, certificates.self_signed())
    assert error_of(bank.showing(bank.shown, **forged).post("/introspect", ASKED), 401) == "invalid_client"


def test_behind_further_proxies_it_is_who_connected_that_counts(tmp_path: Path, keyring: keys.Keyring) -> None:
    built = building.build(
        tmp_path, keyring, mtls=MtlsSettings(header=Private(HEADER), origin=ORIGIN, proxies=("10.0.0.0/28",)),
        web=WebSettings(trusted_proxies=1),
    )  # fmt: skip
    bank = Holder.of(built, certificates.self_signed())
    near, far = bank.showing(bank.shown, peer="10.0.0.7"), bank.showing(bank.shown, peer="203.0.113.5")
    assert near.post("/introspect", ASKED, **{"X-Forwarded-For": "203.0.113.5"}).status_code == 200
    claimed = far.post("/introspect", ASKED, **{"X-Forwarded-For": "10.0.0.7"})
    assert error_of(claimed, 401) == "invalid_client"
    built.services.database.close()


@pytest.mark.parametrize("form", ["escaped", "spaced", "pem"])
def test_it_may_come_as_pem(tmp_path: Path, keyring: keys.Keyring, form: str) -> None:
    built = building.build(tmp_path, keyring, mtls=MtlsSettings(header=Private(HEADER), format="pem"))
    own = certificates.self_signed()
    bank = Holder.of(built, own).showing(None, origin=ISSUER)
    written = getattr(own, form).replace("\n", "\t")
    assert bank.post("/introspect", ASKED, **{HEADER: written}).status_code == 200
    for nothing in ("", "(null)"):
        assert error_of(bank.post("/introspect", ASKED, **{HEADER: nothing}), 401) == "invalid_client"
    built.services.database.close()


@pytest.mark.parametrize("text", ["x", ":x:", ":AAAA:", "AAAA", ":" + "A" * 20_000 + ":", ":é:", "::::"])
def test_what_is_no_certificate_is_said_to_be_none(house: House, text: str) -> None:
    bank = Holder.of(house, certificates.self_signed()).showing(None)
    assert error_of(bank.post("/introspect", ASKED, **{HEADER: text})) == "invalid_request"


@pytest.mark.parametrize("peer", ["::ffff:127.0.0.1", "::1"])
def test_a_proxy_on_this_machine_is_known_however_it_is_written(house: House, peer: str) -> None:
    bank = Holder.of(house, certificates.self_signed())
    assert bank.showing(bank.shown, peer=peer).post("/introspect", ASKED).status_code == 200


def test_the_own_port_of_https_may_be_left_out_or_not(tmp_path: Path, keyring: keys.Keyring) -> None:
    """RFC 9110 §4.2.3"""
    mtls = MtlsSettings(header=Private(HEADER), origin="https://mtls.id.example")
    built = building.build(tmp_path, keyring, mtls=mtls)
    bank = Holder.of(built, certificates.self_signed())
    for origin, status in (("https://mtls.id.example", 200), ("https://mtls.id.example:443", 200),
                           ("https://mtls.id.example:8443", 400), ("https://mtls.id.example.", 400)):  # fmt: skip
        answer = built.app.test_client().post(
            "/introspect", base_url="https://x", data={"client_id": "bank", **ASKED},
            headers=bank.headers(Host=origin.removeprefix("https://")), environ_base={"REMOTE_ADDR": "127.0.0.1"},
        )  # fmt: skip
        assert answer.status_code == status, origin
    built.services.database.close()


def test_why_a_header_is_not_believed_is_in_the_log_without_its_name(house: House, leak_alarm: LeakAlarm) -> None:
    leak_alarm.plant(HEADER, HEADER.lower())
    bank = Holder.of(house, certificates.self_signed())
    bank.showing(bank.shown, peer="192.0.2.1").post("/introspect", ASKED)
    bank.showing(bank.shown, origin=ISSUER).post("/introspect", ASKED)
    said = [line["reason"] for line in leak_alarm.events if line["event"] == "client_certificate_not_believed"]
    assert said == [
        "it came from an address that is not among mtls.proxies",
        "it came to another host than that of mtls.origin",
    ]
    assert HEADER not in repr(house.app.extensions)


def test_whoever_need_not_show_one_is_not_asked_what_their_connection_came_with(house: House) -> None:
    shop = house.site("shop")
    holder = Holder(shop, None)
    answer = holder.post("/introspect", {"client_id": None, **ASKED}, Authorization=shop.basic(), **{HEADER: "junk"})
    assert answer.status_code == 200


def test_where_none_was_shown_there_is_none(house: House) -> None:
    bank = Holder.of(house, certificates.self_signed()).showing(None)
    for text in ("", "::"):
        assert error_of(bank.post("/introspect", ASKED, **{HEADER: text}), 401) == "invalid_client"


def test_the_other_host_answers_for_those_endpoints_and_for_nothing_else(house: House) -> None:
    browser = house.app.test_client()
    for path in ("/", "/authorize", "/sign-in", "/register", "/jwks", "/.well-known/openid-configuration"):
        assert browser.get(path, base_url=ORIGIN).status_code == 400, path
    assert browser.get("/userinfo", base_url=ORIGIN).status_code == 401
    assert browser.get("/userinfo", base_url="https://mtls.localhost").status_code == 400, (
        "another port is another host"
    )


def test_without_the_setting_the_header_means_nothing(tmp_path: Path, keyring: keys.Keyring) -> None:
    built = building.build(tmp_path, keyring)
    bank = Holder.of(built, certificates.self_signed()).showing(None, origin=ISSUER)
    own = certificates.self_signed()
    assert error_of(bank.post("/introspect", ASKED, **{HEADER: own.in_rfc9440}), 401) == "invalid_client"
    built.services.database.close()
