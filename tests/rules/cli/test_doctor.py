"""`idp doctor` finds what was left behind and what is overdue, and names the cure of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from unittest.mock import patch

from idp.cli import environment
from tests.command_line import checks_of

if TYPE_CHECKING:
    from tests.command_line import Operator

IN_PRODUCTION = {
    "IDP_ISSUER": "https://id.example",
    "IDP_DEMO__PEOPLE": "false",
    "IDP_REGISTRY__ADAPTER": "http",
    "IDP_REGISTRY__URL": "https://registry.example",
    "IDP_REGISTRY__TOKEN": "t",
    "IDP_BANK__ADAPTER": "http",
    "IDP_BANK__URL": "https://bank.example",
    "IDP_BANK__TOKEN": "t",
}


def checks_after(operator: Operator, **time: int) -> dict[str, dict[str, object]]:
    later = datetime.now(tz=UTC) + timedelta(**time)
    with patch.object(environment, "now", lambda: later):
        return checks_of(operator)


def test_a_new_house_is_healthy_with_a_note_on_the_keys_to_carry_away(operator: Operator) -> None:
    checks = checks_of(operator)
    assert all(each["ok"] for each in checks.values())
    assert str(operator.folder / "offline") in checks["offline keys"]["finding"]
    assert "delete the folder" in checks["offline keys"]["cure"]
    assert set(checks) >= {"settings", "keys", "database", "gateways", "offline keys", "rotation", "key set"}


def test_private_keys_that_stayed_are_a_fault_in_production(operator: Operator) -> None:
    operator.environment |= IN_PRODUCTION
    left = checks_of(operator)["offline keys"]
    assert not left["ok"]
    assert "delete the folder" in left["cure"]
    for each in (operator.folder / "offline").iterdir():
        each.unlink()
    assert checks_of(operator)["offline keys"]["ok"]


def test_coming_keys_that_have_waited_are_noted(operator: Operator) -> None:
    assert checks_after(operator, minutes=5)["rotation"]["cure"] == ""
    ripe = checks_after(operator, minutes=7)["rotation"]
    assert ripe["ok"]
    assert "idp keys rotate" in str(ripe["cure"])


def test_a_key_that_signs_for_longer_than_a_year_is_overdue_until_it_is_turned(operator: Operator) -> None:
    assert checks_after(operator, days=365)["rotation"]["ok"]
    overdue = checks_after(operator, days=367)["rotation"]
    assert not overdue["ok"]
    assert "idp keys rotate" in str(overdue["cure"])
    later = datetime.now(tz=UTC) + timedelta(days=367)
    with patch.object(environment, "now", lambda: later):
        assert operator.types("keys", "rotate").returncode == 0
        assert checks_of(operator)["rotation"]["ok"]


def test_coming_keys_that_sites_could_miss_in_a_cached_set_are_noted(operator: Operator) -> None:
    assert checks_of(operator)["key set"]["cure"] == ""
    operator.environment["IDP_OIDC__JWKS_MAX_AGE_SECONDS"] = "3600"
    missed = checks_of(operator)["key set"]
    assert missed["ok"]
    assert "idp keys rotate" in missed["cure"]


def test_a_folder_that_cannot_be_looked_into_is_told(operator: Operator) -> None:
    with patch("pathlib.Path.iterdir", side_effect=PermissionError(13, "Permission denied", "offline")):
        closed = checks_of(operator)["offline keys"]
    assert not closed["ok"]
    assert closed["finding"] == "offline: Permission denied"
