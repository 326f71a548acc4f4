"""The demo's shortcuts cannot exist where real people come: not by settings, not by address, not by form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idp import settings
from idp.settings import DemoSettings, SettingsError
from tests import house as building
from tests.house import ISSUER, House

if TYPE_CHECKING:
    from pathlib import Path

    from keys import Keyring

REAL = {
    "IDP_REGISTRY__ADAPTER": "http",
    "IDP_REGISTRY__URL": "https://registry.example/",
    "IDP_REGISTRY__TOKEN": "t",
    "IDP_BANK__ADAPTER": "http",
    "IDP_BANK__URL": "https://bank.example/",
    "IDP_BANK__TOKEN": "t",
}


@pytest.mark.parametrize(
    "where",
    [
        {"IDP_ISSUER": "https://id.example"},
        {"IDP_PRODUCTION": "true"},
        {"IDP_ISSUER": "https://id.example", "IDP_PRODUCTION": "false"},
    ],
)
def test_demo_people_are_refused_under_https_and_in_production(where: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"demo\.people|DEMO__PEOPLE"):
        settings.load(REAL | where | {"IDP_DEMO__PEOPLE": "true"})


def test_without_the_setting_there_is_no_list_and_no_door(house: House) -> None:
    browser = house.browser()
    page = browser.get("/sign-in", base_url=ISSUER)
    assert "sign-in-as" not in page.text
    assert browser.post("/demo/sign-in", base_url=ISSUER, data={"person": "verified"}).status_code in {400, 404}
    assert not [rule for rule in house.app.url_map.iter_rules() if "demo" in rule.rule]


def test_with_the_setting_the_list_is_there(tmp_path: Path, keyring: Keyring) -> None:
    house = building.build(tmp_path, keyring, demo=DemoSettings(people=True))
    page = house.browser().get("/sign-in", base_url=ISSUER)
    assert "sign-in-as" in page.text
    house.services.database.close()
