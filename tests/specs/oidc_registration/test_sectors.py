"""A sector is shown to be one's own, once and at every change (OIDC Registration §5, OIDC Core §8.1)."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import make_url

from clients.metadata import InvalidClientMetadata, MetadataPolicy, validate
from idp.gateways.outbound import Outbound
from tests.registering import LEAST, invite, refused, register, told

if TYPE_CHECKING:
    from idp.gateways.http import Reply
    from tests.house import House
    from tests.laboratory import Laboratory

HERE, THERE = "https://a.example/cb", "https://b.example/cb"


def listing(*uris: object) -> bytes:
    return json.dumps(uris).encode()


def test_a_document_that_lists_every_redirect_uri_makes_its_host_the_sector(
    lab_house: House, laboratory: Laboratory
) -> None:
    """oidcc-registration-sector-uri"""
    uri = laboratory.publish("/told(sector)", listing(HERE, THERE, "https://c.example/"))
    registered = register(lab_house, redirect_uris=[HERE, THERE], sector_identifier_uri=uri, subject_type="pairwise")
    assert registered.site.client.sector == f"127.0.0.1:{laboratory.port}"
    assert registered.answer["sector_identifier_uri"] == uri
    assert laboratory.asked == ["/told(sector)"]


@pytest.mark.parametrize(
    "body",
    [
        listing(HERE),
        listing(),
        listing(HERE, THERE + "/"),
        b"{}",
        b"",
        b"[",
        b'"x"',
        listing(7),
        b"\xff",
        b"[" * 50_000,
    ],
)
def test_a_document_without_one_of_them_proves_nothing(lab_house: House, laboratory: Laboratory, body: bytes) -> None:
    """oidcc-registration-sector-bad"""
    uri = laboratory.publish("/told(sector)", body)
    assert refused(lab_house, redirect_uris=[HERE, THERE], sector_identifier_uri=uri) == "invalid_client_metadata"


def test_what_is_not_published_as_json_proves_nothing(lab_house: House, laboratory: Laboratory) -> None:
    """A host that serves what its users upload says by the type that these are not its own words."""
    uri = laboratory.publish("/told(sector)", listing(HERE), kind="text/plain")
    assert refused(lab_house, redirect_uris=[HERE], sector_identifier_uri=uri) == "invalid_client_metadata"
    missing = laboratory.address("/told(nowhere)")
    assert refused(lab_house, redirect_uris=[HERE], sector_identifier_uri=missing) == "invalid_client_metadata"


def test_a_document_with_a_query_is_not_asked_for(lab_house: House, laboratory: Laboratory) -> None:
    uri = laboratory.publish("/echo", listing(HERE)) + "?say=x"
    assert refused(lab_house, redirect_uris=[HERE], sector_identifier_uri=uri) == "invalid_client_metadata"
    assert laboratory.asked == []


def test_nothing_is_fetched_for_a_registration_that_is_at_fault_anyway(
    lab_house: House, laboratory: Laboratory
) -> None:
    uri = laboratory.publish("/told(sector)", listing(HERE))
    assert refused(lab_house, redirect_uris=[HERE], sector_identifier_uri=uri, client_name="") != ""
    assert laboratory.asked == []


def test_a_document_is_asked_again_at_every_change(lab_house: House, laboratory: Laboratory) -> None:
    uri = laboratory.publish("/told(sector)", listing(HERE, THERE))
    registered = register(lab_house, redirect_uris=[HERE], sector_identifier_uri=uri)
    assert registered.change(redirect_uris=[HERE, THERE]).status_code == 200
    laboratory.publish("/told(sector)", listing(HERE))
    assert told(registered.change(redirect_uris=[HERE, THERE]))["error"] == "invalid_client_metadata"
    assert registered.change(redirect_uris=["https://evil.example/cb"]).status_code == 400
    assert laboratory.asked == ["/told(sector)"] * 4


def test_no_change_moves_a_client_to_another_sector(lab_house: House, laboratory: Laboratory) -> None:
    uri = laboratory.publish("/told(sector)", listing(HERE))
    registered = register(lab_house, redirect_uris=[HERE])
    assert registered.site.client.sector == "a.example"
    assert told(registered.change(sector_identifier_uri=uri))["error"] == "invalid_client_metadata"
    by_document = register(lab_house, redirect_uris=[HERE], sector_identifier_uri=uri)
    assert told(by_document.change(sector_identifier_uri=None))["error"] == "invalid_client_metadata"


@pytest.mark.parametrize("uri", ["com.example.app:/cb", "http://127.0.0.1/cb"])
def test_no_document_proves_an_address_that_any_app_may_answer_to(uri: str) -> None:
    submitted: dict[str, object] = {
        "redirect_uris": [uri], "application_type": "native", "token_endpoint_auth_method": "none",
        "sector_identifier_uri": "https://app.example/told(sector)",
    }  # fmt: skip
    asked: list[str] = []

    def document(address: str) -> list[str]:
        asked.append(address)
        return [uri]

    with pytest.raises(InvalidClientMetadata):
        validate(submitted, policy=MetadataPolicy(sector_document=document))
    assert asked == []
    by_hand = validate(submitted, policy=MetadataPolicy(sector_document=document, by_operator=True))
    assert by_hand.sector == "app.example"


def test_an_operator_names_an_apis_sector_by_its_resource_or_its_own_address() -> None:
    machine: dict[str, object] = {"grant_types": ["client_credentials"], "response_types": []}
    policy = MetadataPolicy(by_operator=True)
    assert validate(machine | {"client_uri": "https://app.example/"}, policy=policy).sector == "app.example"
    both: dict[str, object] = {"resources": ["https://api.example/v1"], "client_uri": "https://app.example/"}
    assert validate(machine | both, policy=policy).sector == "api.example"
    with pytest.raises(InvalidClientMetadata):
        validate(machine, policy=policy)
    with pytest.raises(InvalidClientMetadata):
        validate(machine | {"client_uri": "https://app.example/"}, policy=MetadataPolicy())


@pytest.mark.parametrize("grant", ["client_credentials", "urn:ietf:params:oauth:grant-type:device_code"])
def test_a_client_without_redirect_uris_gets_no_sector_by_anothers_document(
    lab_house: House, laboratory: Laboratory, grant: str
) -> None:
    """The array of any site holds all of nothing; a device would then be told its pseudonyms."""
    uri = laboratory.publish("/sector.json", listing(HERE))
    submitted = {"redirect_uris": None, "grant_types": [grant], "response_types": []}
    assert refused(lab_house, **submitted, sector_identifier_uri=uri) == "invalid_client_metadata"
    assert laboratory.asked == []


def test_a_client_that_gives_its_redirect_uris_up_does_not_keep_their_sector(house: House) -> None:
    registered = register(house)
    device = {"grant_types": ["urn:ietf:params:oauth:grant-type:device_code"], "response_types": []}
    response = registered.change(redirect_uris=None, **device)
    assert (response.status_code, told(response)["error"]) == (400, "invalid_client_metadata")
    assert registered.site.client.redirect_uris


def test_nothing_is_fetched_while_a_transaction_is_open(lab_house: House, laboratory: Laboratory) -> None:
    """A site that answers slowly must not keep everybody else from writing."""
    file, waited = make_url(lab_house.settings.db.url).database or "", []

    class Watching(Outbound):
        def get(self, url: str, **options: Any) -> Reply:
            with closing(sqlite3.connect(file, timeout=0.2, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                other.execute("ROLLBACK")
            waited.append(url)
            return super().get(url, **options)

    outbound = Watching(("127.0.0.1",))
    registrar = replace(
        lab_house.services.registrar, outbound=outbound, logos=replace(lab_house.services.logos, outbound=outbound)
    )
    whole = LEAST | {
        "sector_identifier_uri": laboratory.publish("/sector.json", listing(*LEAST["redirect_uris"])),
        "logo_uri": laboratory.address("/logo.png"),
    }
    made = registrar.register(json.dumps(whole).encode(), invite(lab_house), now=lab_house.now)
    again = {name: value for name, value in made.items() if not name.startswith(("registration_", "client_secret"))}
    changed = json.dumps(again | {"logo_uri": laboratory.address("/other.png")}).encode()
    registrar.change(str(made["client_id"]), changed, str(made["registration_access_token"]), now=lab_house.now)
    assert [url.rpartition("/")[2] for url in waited] == ["sector.json", "logo.png", "sector.json", "other.png"]
