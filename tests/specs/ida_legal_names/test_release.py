"""Legal name and birth date go out only where deployment, legal basis and the person's own consent all say yes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from clients.metadata import MetadataPolicy, validate
from idp.settings import OidcSettings
from idp.settings.shape import ReleaseSettings
from idp.store import clients
from idp.store.models import AuditEvent, table_of
from tests import house as building
from tests.house import CALLBACK, Site, answered, in_fragment, page_of, payload
from tests.security.recorder import statements
from tests.security.test_a_thief_reads_the_database import verified
from tests.specs.ida_legal_names.conftest import BASIS, NUMBER
from tests.specs.ida_verified_claims import schema
from tests.specs.ida_verified_claims.wire import asking, metadata

if TYPE_CHECKING:
    from pathlib import Path

    from keys import Keyring
    from tests.house import House, Person

ALL = {
    "verification": {"trust_framework": None},
    "claims": {"name": None, "given_name": None, "family_name": None, "birthdate": None, "::real_person": None},
}
WHO = {"name": "测试一", "family_name": "测", "given_name": "试一", "birthdate": "1990-03-07"}


def bank(house: House, client_id: str = "bank", *, basis: str | None = BASIS, **more: object) -> Site:
    """Return a site whose legal basis an operator approved."""
    submitted = {
        "client_name": "Bank",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "none",
        "scope": "openid profile",
        **({"legal_basis": basis} if basis else {}),
        **more,
    }
    registration = validate(submitted, policy=MetadataPolicy(by_operator=True, implicit=True))
    client = registration.issued(client_id=client_id)
    with house.services.database.write() as connection:
        clients.add(connection, client, now=house.now)
    return Site(house, client, None)


def consent_page(person: Person, site: Site, claims: str, **more: str) -> Any:
    """Open the consent page of a request."""
    return person.visit(person.visit(site.request(scope="openid", claims=claims, **more)).headers["Location"])


def decided(person: Person, site: Site, claims: str, *, tick: bool, **more: str) -> dict[str, Any]:
    """Decide on the consent page, and return the ID token and userinfo that follow."""
    page = consent_page(person, site, claims, **more)
    assert page_of(page) == "consent"
    onward = person.submit(page, "allow", **({"names": "yes"} if tick else {}))
    return told(site, answered(person.visit(onward.headers["Location"]))["code"])


def told(site: Site, code: str) -> dict[str, Any]:
    """Redeem a code of a public client."""
    form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code": code, "code_verifier": "v" * 43,
            "client_id": site.client.client_id}  # fmt: skip
    answer = site.house.app.test_client().post("/token", base_url="http://localhost:9000", data=form).get_json()
    userinfo = site.userinfo(answer["access_token"]).get_json()
    return {"id_token": payload(answer["id_token"]), "userinfo": userinfo, "access_token": answer["access_token"]}


def names_in(found: Any) -> set[str]:
    """Return which values of the person's identity stand in some JSON."""
    return {value for value in (*WHO.values(), NUMBER) if value in str(found)}


def test_with_every_consent_the_id_token_says_who_it_is(releasing: House, wang: Person) -> None:
    found = decided(wang, bank(releasing), asking(ALL, ALL), tick=True)
    assert found["id_token"]["verified_claims"]["claims"] == {**WHO, "::real_person": True}
    schema.check(found["id_token"]["verified_claims"], metadata(releasing))


def test_userinfo_never_says_it(releasing: House, wang: Person) -> None:
    """What userinfo answers is read with keys that we hold; names are under a key that only the code carries."""
    found = decided(wang, bank(releasing), asking(ALL, ALL), tick=True)
    assert found["userinfo"]["verified_claims"]["claims"] == {"::real_person": True}
    assert not names_in(found["userinfo"])


def test_the_number_is_told_to_nobody(releasing: House, wang: Person) -> None:
    more = {
        **ALL,
        "claims": {**ALL["claims"], "document_number": None, "resident_number": None, "personal_number": None},
    }
    assert NUMBER not in str(decided(wang, bank(releasing), asking(more, more), tick=True))


def test_without_the_tick_the_rest_is_given_all_the_same(releasing: House, wang: Person) -> None:
    found = decided(wang, bank(releasing), asking(ALL), tick=False)
    assert found["id_token"]["verified_claims"]["claims"] == {"::real_person": True}
    assert not names_in(found)


def test_the_choice_is_unticked_and_cites_the_law_in_the_words_approved(releasing: House, wang: Person) -> None:
    text = consent_page(wang, bank(releasing), asking(ALL)).text
    box = re.search(r"<input[^>]*name=\"names\"[^>]*>", text)
    assert box is not None
    assert "checked" not in box.group()
    assert BASIS in text


def test_a_deployment_that_releases_no_names_asks_for_none(house: House) -> None:
    person = house.person()
    page = consent_page(person, bank(house), asking(ALL))
    assert 'name="names"' not in page.text
    assert not set(WHO) & set(metadata(house)["claims_in_verified_claims_supported"])


def test_a_client_without_a_legal_basis_is_told_no_names(releasing: House, wang: Person) -> None:
    site = bank(releasing, basis=None)
    page = consent_page(wang, site, asking(ALL))
    assert 'name="names"' not in page.text
    onward = wang.submit(page, "allow", names="yes")
    found = told(site, answered(wang.visit(onward.headers["Location"]))["code"])
    assert not names_in(found)


def test_a_client_cannot_give_itself_a_legal_basis() -> None:
    submitted = {"client_name": "Shop", "redirect_uris": [CALLBACK], "legal_basis": BASIS}
    with pytest.raises(Exception, match="operator"):
        validate(submitted, policy=MetadataPolicy())


def test_a_tick_that_nothing_was_asked_for_records_nothing(releasing: House, wang: Person) -> None:
    site = bank(releasing)
    decided(wang, site, asking({**ALL, "claims": {"::real_person": None}}), tick=True)
    assert not names_in(decided(wang, site, asking(ALL), tick=False))


def test_who_said_no_is_not_asked_again_until_the_question_changes(releasing: House, wang: Person) -> None:
    site = bank(releasing)
    decided(wang, site, asking({**ALL, "claims": {"name": None, "::real_person": None}}), tick=False)
    silent = site.request(scope="openid", claims=asking({**ALL, "claims": {"name": None}}), prompt="none")
    assert "code" in answered(wang.visit(silent))
    more = site.request(
        scope="openid", claims=asking({**ALL, "claims": {"name": None, "birthdate": None}}), prompt="none"
    )
    assert answered(wang.visit(more))["error"] == "consent_required"


def test_a_yes_holds_for_what_was_asked_and_for_the_law_that_was_cited(releasing: House, wang: Person) -> None:
    site = bank(releasing)
    only_name = asking({**ALL, "claims": {"name": None}})
    decided(wang, site, only_name, tick=True)
    code = answered(wang.visit(site.request(scope="openid", claims=only_name, prompt="none")))["code"]
    assert told(site, code)["id_token"]["verified_claims"]["claims"] == {"name": "测试一"}
    with releasing.services.database.write() as connection:
        other = {"client_name": "Bank", "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none",
                 "scope": "openid profile", "legal_basis": "another law"}  # fmt: skip
        changed = validate(other, policy=MetadataPolicy(by_operator=True)).issued(client_id="bank")
        clients.replace(connection, changed, now=releasing.now)
    releasing.wait(minutes=1)
    again = site.request(scope="openid", claims=only_name, prompt="none")
    assert answered(wang.visit(again))["error"] == "consent_required"


def test_one_sites_yes_is_no_other_sites(releasing: House, wang: Person) -> None:
    decided(wang, bank(releasing), asking(ALL), tick=True)
    other = bank(releasing, "lender")
    assert not names_in(decided(wang, other, asking(ALL), tick=False))


def test_a_yes_is_withdrawn_apart_and_the_rest_stays(releasing: House, wang: Person) -> None:
    site = bank(releasing)
    decided(wang, site, asking(ALL), tick=True)
    page = wang.visit("/account/sites")
    assert "Who you are by law" in page.text
    assert wang.submit(page, "withdraw-name").headers["Location"] == "/account/sites?done=name-withdrawn"
    code = answered(wang.visit(site.request(scope="openid", claims=asking(ALL), prompt="none")))["code"]
    found = told(site, code)
    assert found["id_token"]["verified_claims"]["claims"] == {"::real_person": True}
    assert not names_in(found)
    assert "withdraw-name" not in wang.visit("/account/sites").text


def test_withdrawing_all_withdraws_the_name_too(releasing: House, wang: Person) -> None:
    site = bank(releasing)
    decided(wang, site, asking(ALL), tick=True)
    wang.submit(wang.visit("/account/sites"), "withdraw")
    assert not names_in(decided(wang, site, asking(ALL), tick=False))


def test_both_choices_are_in_the_log_without_a_name(releasing: House, wang: Person) -> None:
    decided(wang, bank(releasing), asking(ALL), tick=True)
    wang.submit(wang.visit("/account/sites"), "withdraw-name")
    audit = table_of(AuditEvent)
    with releasing.services.database.read() as connection:
        rows = connection.execute(select(audit.c.kind, audit.c.body)).all()
    assert {"legal_name_allowed", "legal_name_withdrawn"} <= {row.kind for row in rows}
    assert not names_in([row.body for row in rows])


def test_a_guess_at_a_name_cannot_be_told_right_from_wrong(releasing: House, wang: Person) -> None:
    """Whether the consent page is due follows from the request alone."""
    site = bank(releasing)
    for guess in ("测试一", "李四"):
        claims = asking({**ALL, "claims": {"name": {"value": guess}}})
        silent = site.request(scope="openid", claims=claims, prompt="none")
        assert answered(wang.visit(silent))["error"] == "consent_required"


def test_a_name_other_than_asked_for_is_left_out(releasing: House, wang: Person) -> None:
    asked = {**ALL, "claims": {"name": {"value": "李四"}, "birthdate": None}}
    found = decided(wang, bank(releasing), asking(asked), tick=True)
    assert found["id_token"]["verified_claims"]["claims"] == {"birthdate": "1990-03-07"}


def test_a_code_is_needed_to_read_what_it_carries(releasing: House, wang: Person) -> None:
    """Later tokens of the same grant, which come without the code, say no name."""
    found = decided(wang, bank(releasing), asking(ALL), tick=True)
    again = bank(releasing, "other").userinfo(found["access_token"]).get_json()
    assert not names_in(again)


def test_an_id_token_that_comes_through_the_browser_says_no_name(tmp_path: Path, keyring: Keyring) -> None:
    """In a laboratory ``code id_token`` brings one beside the code; only the one behind the code says who it is."""
    lab = building.build(
        tmp_path, keyring, release=ReleaseSettings(legal_name=True), oidc=OidcSettings(certification_profile=True)
    )
    person, hybrid = lab.person(level="none"), "code id_token"
    verified(lab, person, NUMBER)
    site = bank(lab, response_types=[hybrid], grant_types=["authorization_code", "implicit"])
    page = consent_page(person, site, asking(ALL), response_type=hybrid)
    onward = person.submit(page, "allow", names="yes")
    response = in_fragment(person.visit(onward.headers["Location"]))
    assert payload(response["id_token"])["verified_claims"]["claims"] == {"::real_person": True}
    assert names_in(told(site, response["code"])["id_token"]) >= {"测试一", "1990-03-07"}
    lab.services.database.close()


def test_where_names_are_not_asked_for_they_cost_no_statement(releasing: House, wang: Person) -> None:
    site = bank(releasing)
    decided(wang, site, asking({**ALL, "claims": {"::real_person": None}}), tick=False)
    with statements(releasing.services.database.engine) as seen:
        wang.visit(site.request(scope="openid", claims=asking({**ALL, "claims": {"::real_person": None}})))
    assert len(seen) <= 5, seen
    decided(wang, site, asking(ALL), tick=True)
    with statements(releasing.services.database.engine) as seen:
        wang.visit(site.request(scope="openid", claims=asking(ALL)))
    assert len(seen) <= 7, seen
