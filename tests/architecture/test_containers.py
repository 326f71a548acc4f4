"""The container files, as far as a machine without an engine can judge them: commands, settings, restrictions."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
import yaml
from click import Command, Context, Group

from idp.cli import idp
from idp.settings import SettingsError, load
from tests.architecture.repository import ROOT

COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: Final[dict[str, Any]] = COMPOSE["services"]
OURS: Final = sorted(name for name, service in SERVICES.items() if str(service["image"]).startswith("yufu:"))
PROVIDERS: Final = sorted(name for name in OURS if "entrypoint" not in SERVICES[name])
DOCKERFILE: Final = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
RUNNING: Final = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
"""The stage that is shipped."""


def image_environment() -> dict[str, str]:
    return dict(re.findall(r"\b(IDP_\w+)=(\S+)", RUNNING))


def expanded(environment: dict[str, str], **given: str) -> dict[str, str]:
    """Put in what an operator writes into .env, as Compose does."""
    pattern = re.compile(r"\$\{(\w+):-([^}]*)\}")
    return {name: pattern.sub(lambda use: given.get(use[1], use[2]), value) for name, value in environment.items()}


@pytest.mark.parametrize("name", PROVIDERS)
def test_each_service_of_the_provider_runs_a_command_that_exists(name: str) -> None:
    command: Command = idp
    for word in SERVICES[name].get("command", ["serve"]):
        assert isinstance(command, Group)
        found = command.get_command(Context(command), word)
        assert found is not None, f"idp has no command {word}"
        command = found


def test_the_live_services_settings_can_be_used_once_the_operator_has_filled_them_in() -> None:
    given = {"YUFU_HOST": "id.example.org", "YUFU_DB_PASSWORD": "x"}
    for gateway in ("REGISTRY", "BANK"):
        given |= {
            f"IDP_{gateway}__ADAPTER": "http",
            f"IDP_{gateway}__URL": "https://x.example",
            f"IDP_{gateway}__TOKEN": "x",
        }
    settings = load(image_environment() | expanded(SERVICES["idp"]["environment"], **given))
    assert settings.production
    assert settings.web.trusted_proxies == 1


def test_the_live_services_do_not_start_with_simulators() -> None:
    with pytest.raises(SettingsError, match=r"registry\.adapter"):
        load(image_environment() | expanded(SERVICES["idp"]["environment"]))


def test_the_demo_settings_can_be_used_as_they_are() -> None:
    assert load(image_environment() | SERVICES["demo-idp"]["environment"]).demo.people


@pytest.mark.parametrize("name", OURS)
def test_our_services_have_no_more_rights_than_they_need(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


def test_the_schema_is_in_place_before_the_provider_starts_and_the_provider_before_the_proxy() -> None:
    assert SERVICES["idp"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert SERVICES["caddy"]["depends_on"]["idp"]["condition"] == "service_healthy"


def test_invented_people_live_in_the_demo_profile_only() -> None:
    with_people = {name for name in OURS if "IDP_DEMO__PEOPLE" in SERVICES[name].get("environment", {})}
    assert with_people
    assert all(SERVICES[name]["profiles"] == ["demo"] for name in with_people)
    assert all(str(port).startswith("127.0.0.1:") for port in SERVICES["demo-idp"]["ports"])


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service and "profiles" not in service} == {"caddy"}


def test_what_services_refer_to_exists() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", {})) <= set(SERVICES), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).is_file(), f"{name}: {source}"
        assert not service["image"].endswith(":latest")
        assert ":" in service["image"]


def test_the_image_runs_as_nobody_in_particular_and_knows_whether_it_lives() -> None:
    assert "\nUSER 10001:10001\n" in RUNNING
    assert 'ENTRYPOINT ["idp"]' in RUNNING
    assert "HEALTHCHECK" in RUNNING
    assert "/healthz/live" in RUNNING
    assert load(image_environment()).db.url == "sqlite:////data/yufu.db"


def test_the_image_is_made_of_files_that_are_here_and_let_in() -> None:
    let_in = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
    }
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert {source for source in copied if source not in let_in or not (ROOT / source).exists()} == set()
    assert len(copied) == len(let_in)


def test_the_image_installs_the_part_of_the_lock_it_runs_on_and_nothing_else() -> None:
    def pins(path: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==\S+", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE))

    image = pins("deploy/requirements.lock")
    assert image <= pins("requirements.lock")
    assert not {name for name in image if name.startswith(("pytest", "playwright", "ruff", "mypy"))}
    assert "--require-hashes" in DOCKERFILE


def test_the_proxy_ends_what_takes_too_long_and_keeps_no_access_log() -> None:
    caddy = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    words = " ".join(line for line in caddy.splitlines() if not line.startswith("#")).split()
    for deadline in ("read_header", "read_body", "write", "idle", "max_size", "max_header_size"):
        assert deadline in words
    assert "log" not in words
    assert "idp:9000" in words
    assert words.count("{") == words.count("}")
