"""Words of our own are addresses below the issuer (OIDC4IDA §12), and every one of them can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from idp.domain.evidence import VOCABULARY
from idp.oidc.verified_claims import vocabulary
from idp.services import PRODUCIBLE
from tests.house import ISSUER, page_of
from tests.specs.ida_verified_claims.test_modules import EVERYTHING
from tests.specs.ida_verified_claims.wire import asking, assured, delivered, metadata

if TYPE_CHECKING:
    from tests.house import House


LISTED = {
    "document": {
        *("idcard", "passport", "driving_permit", "residence_permit", "military_id", "education_certificate"),
        *("bank_statement", "utility_statement", "tax_statement", "social_security_statement", "birth_certificate"),
        *("marriage_certificate", "gender_certificate", "visa", "voter_id"),
    },
    "electronic_record": {
        *("population_register", "birth_register", "voter_register", "marriage_register", "education", "military"),
        *("bank_account", "utility_account", "mortgage_account", "loan_account", "tax", "social_security"),
        "prison_record",
    },
    "vouch": {"written_attestation", "digital_attestation"},
}
"""The working group's list of predefined values (OIDC4IDA §12), by the type of evidence."""
CHECKS = {"vpip", "vpiruv", "vri", "vdig", "vcrypt", "data", "auth", "token", "kbv", "pvp", "pvr", "bvp", "bvr"}


def test_words_without_an_address_are_those_of_the_working_groups_list() -> None:
    for words in VOCABULARY.values():
        assert words.record_type in LISTED[words.type]
        assert {method for method in words.check_methods if "/" not in method} <= CHECKS


def addresses(found: Any) -> set[str]:
    """Return every address of ours in some JSON."""
    if isinstance(found, dict | list):
        return {each for part in (found.values() if isinstance(found, dict) else found) for each in addresses(part)}
    return {found} if isinstance(found, str) and found.startswith(f"{ISSUER}/") else set()


def test_every_address_in_an_answer_and_in_discovery_answers(house: House) -> None:
    found, _ = delivered(house.site(), assured(house), claims=asking(EVERYTHING))
    announced = metadata(house)
    ours = {name: announced[name] for name in announced if name.endswith("_supported")}
    named = {address.removeprefix(f"{ISSUER}/") for address in addresses(found) | addresses(ours)}
    assert named >= {"tf/realname", "al/registry", "policy/2026-1", "check/micro_deposit"}
    assert named <= vocabulary.paths(PRODUCIBLE)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("path", sorted(vocabulary.paths(PRODUCIBLE)))
def test_a_word_is_explained_in_both_languages(house: House, path: str, language: str) -> None:
    response = house.browser().get(f"/{path}", base_url=ISSUER, headers={"Accept-Language": language})
    assert response.status_code == 200
    assert page_of(response) == "vocabulary"
    assert f'lang="{language}"' in response.text


@pytest.mark.parametrize("path", ["/tf/eidas", "/al/none", "/al/matched", "/policy/1999-1", "/check/anything"])
def test_what_is_no_word_of_ours_is_not_found(house: House, path: str) -> None:
    assert house.browser().get(path, base_url=ISSUER).status_code == 404
