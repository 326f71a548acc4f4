"""An operator sets a provider up, looks after it, and is stopped from the one mistake that cannot be undone."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.live import IDP, environment_for, free_port, serving

if TYPE_CHECKING:
    from pathlib import Path


class Operator:
    """Types commands and reads what they answer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = environment_for(folder, port=free_port())

    def types(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command, whatever becomes of it."""
        return subprocess.run(
            [*IDP, *arguments],
            env=self.environment,
            cwd=self.folder,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def json(self, *arguments: str, given: str = "") -> Any:
        """Run a command that succeeds and answers in JSON."""
        done = self.types(*arguments, given=given)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def starts(self) -> None:
        """Let the server start once, and stop it when it answers."""
        address = f"{self.environment['IDP_ISSUER']}/healthz/ready"
        with serving([*IDP, "serve"], self.environment, cwd=self.folder, address=address):
            pass


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A provider that is set up, to be copied: making keys takes longer than most tests here."""
    somebody = Operator(tmp_path_factory.mktemp("prepared"))
    assert somebody.types("keys", "init").returncode == 0
    assert somebody.types("db", "upgrade").returncode == 0
    return somebody.folder


@pytest.fixture
def operator(prepared: Path, tmp_path: Path) -> Operator:
    """An operator with a provider that is set up."""
    return Operator(shutil.copytree(prepared, tmp_path / "house"))


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Return the words of a failure: exit code 1, no traceback."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_healthy_house_is_told_healthy(operator: Operator) -> None:
    answer = operator.json("doctor", "--json")
    assert answer["healthy"] is True
    assert {check["check"] for check in answer["checks"]} >= {"settings", "keys", "database", "keys fit the database"}
    assert operator.types("db", "check").returncode == 0
    assert operator.types("db", "upgrade").returncode == 0


def test_keys_are_never_made_over_keys(operator: Operator) -> None:
    before = operator.json("keys", "list", "--json")
    assert "already" in refused(operator.types("keys", "init"))
    assert operator.json("keys", "list", "--json") == before


def test_every_algorithm_has_a_current_key_of_its_own(operator: Operator) -> None:
    keys = operator.json("keys", "list", "--json")
    current = {key["alg"] for key in keys if key["state"] == "current"}
    assert current >= {"ES256", "RS256", "PS256"}
    assert len({key["kid"] for key in keys}) == len(keys)


def test_an_emergency_rotation_asks_first_and_then_uses_new_keys(operator: Operator) -> None:
    before = {key["kid"] for key in operator.json("keys", "list", "--json") if key["state"] == "current"}
    assert operator.types("keys", "rotate", "--emergency", given="n\n").returncode == 1
    after = operator.json("keys", "rotate", "--emergency", "--yes", "--json")
    current = {key["kid"] for key in after if key["state"] == "current" and key["alg"] != "A256GCM"}
    assert current
    assert not current & before


def test_a_foreign_bridge_stops_the_start_and_the_right_one_starts_again(operator: Operator, tmp_path: Path) -> None:
    operator.starts()
    mine = operator.folder / "keys"
    shutil.move(mine, tmp_path / "mine")
    shutil.move(operator.folder / "offline", tmp_path / "offline")
    assert operator.types("keys", "init").returncode == 0
    words = refused(operator.types("serve"))
    assert "not the one this database was written under" in words
    assert json.loads(operator.types("doctor", "--json").stdout)["healthy"] is False
    shutil.rmtree(mine)
    shutil.move(tmp_path / "mine", mine)
    assert operator.types("doctor").returncode == 0


@pytest.mark.parametrize("damage", ["missing", "readable by others", "cut short"])
def test_a_damaged_key_folder_stops_the_start_with_a_cure(operator: Operator, damage: str) -> None:
    folder = operator.folder / "keys"
    victim = min(folder.iterdir())
    if damage == "missing":
        victim.unlink()
    elif damage == "cut short":
        victim.write_bytes(victim.read_bytes()[:-20])
    else:
        victim.chmod(0o644)
    words = refused(operator.types("serve"))
    assert victim.name in words
    assert refused(operator.types("keys", "list"))


def test_a_server_without_a_schema_does_not_start(tmp_path: Path) -> None:
    somebody = Operator(tmp_path)
    assert somebody.types("keys", "init").returncode == 0
    assert "idp db upgrade" in refused(somebody.types("serve"))


def test_wrong_settings_are_told_all_at_once(operator: Operator) -> None:
    operator.environment |= {"IDP_DB__URLL": "x", "IDP_WEB__WORKERS": "none"}
    words = refused(operator.types("config", "check"))
    assert "IDP_DB__URLL" in words
    assert "workers" in words.lower()


def test_a_site_is_registered_shown_and_found(operator: Operator) -> None:
    document = {"client_name": "Corner Shop", "redirect_uris": ["https://shop.example/callback"]}
    added = operator.json("client", "add", "--json", "-", given=json.dumps(document))
    assert len(added["client_secret"]) >= 43
    assert added["sector"] == "shop.example"
    shown = operator.json("client", "show", added["client_id"], "--json")
    assert "client_secret" not in shown
    assert shown["client_name"] == "Corner Shop"
    assert operator.json("client", "list", "--search", "corner", "--json")[0]["client_id"] == added["client_id"]
    assert operator.json("client", "list", "--search", "nobody", "--json") == []


def test_faults_in_a_registration_are_told_all_at_once(operator: Operator) -> None:
    document = {"client_name": "", "redirect_uris": ["javascript:alert(1)"], "id_token_signed_response_alg": "none"}
    words = refused(operator.types("client", "add", "--json", "-", given=json.dumps(document)))
    assert "redirect_uris" in words
    assert "id_token_signed_response_alg" in words


def test_a_taken_id_an_unknown_site_and_a_broken_document_are_refused(operator: Operator) -> None:
    arguments = ("client", "add", "Shop", "--redirect-uri", "https://shop.example/cb", "--client-id", "shop")
    assert operator.types(*arguments).returncode == 0
    assert "already" in refused(operator.types(*arguments))
    assert "no client" in refused(operator.types("client", "show", "nobody"))
    assert "JSON" in refused(operator.types("client", "add", "--json", "-", given="{"))
    assert operator.types("client", "add").returncode == 2


def test_people_are_listed_without_a_name(operator: Operator) -> None:
    assert operator.types("demo", "seed").returncode == 0
    people = operator.json("person", "list", "--json")
    assert {person["level"] for person in people} == {"registry", "matched", "none"}
    assert set(people[0]) == {"person_id", "status", "level", "verified_on"}
    verified = operator.json("person", "list", "--level", "registry", "--json")
    assert len(verified) == 2


def test_purging_a_fresh_house_is_no_error(operator: Operator) -> None:
    assert operator.types("purge").returncode == 0
