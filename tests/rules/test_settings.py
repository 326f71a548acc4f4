from __future__ import annotations

import os
from dataclasses import FrozenInstanceError
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.settings import Settings, SettingsError, load, values
from idp.settings.loading import known, variable
from idp.settings.reference import entries

if TYPE_CHECKING:
    from pathlib import Path

LIVE = {
    "IDP_ISSUER": "https://id.example.org",
    "IDP_REGISTRY__ADAPTER": "http",
    "IDP_REGISTRY__URL": "https://registry.example.org/query",
    "IDP_REGISTRY__TOKEN": "registry credential",
    "IDP_BANK__ADAPTER": "http",
    "IDP_BANK__URL": "https://bank.example.org/pay",
    "IDP_BANK__TOKEN": "bank credential",
}
"""The least that a provider for real people has to say."""


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def faults(environ: dict[str, str], path: Path | None = None) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        load(environ, path)
    return {fault.where: fault.says for fault in caught.value.faults}


def test_nothing_needs_to_be_set_for_a_try_out() -> None:
    assert load({}) == Settings()


def test_the_environment_overrules_the_file(tmp_path: Path) -> None:
    (tmp_path / "idp.toml").write_text('issuer = "http://localhost:1"\n[oidc]\ncode_seconds = 20\nticket_minutes = 5\n')
    settings = load({"IDP_OIDC__CODE_SECONDS": "30"})
    assert (settings.issuer, settings.oidc.code_seconds, settings.oidc.ticket_minutes) == ("http://localhost:1", 30, 5)


def test_another_file_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("[session]\nhours = 3\n")
    assert load({"IDP_CONFIG": "other.toml"}).session.hours == 3
    assert load({"IDP_CONFIG": "absent.toml"}, tmp_path / "other.toml").session.hours == 3
    assert faults({"IDP_CONFIG": "absent.toml"}) == {"absent.toml": "there is no such settings file"}


@pytest.mark.parametrize("where", ["idp.toml", "named.toml"])
def test_a_folder_where_the_file_should_be_is_told(tmp_path: Path, where: str) -> None:
    (tmp_path / where).mkdir()
    environ = {} if where == "idp.toml" else {"IDP_CONFIG": where}
    assert "cannot be read" in faults(environ)[where]


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "idp.toml").write_bytes(b"issuer = '\xff'")
    assert "cannot be read" in faults({})["idp.toml"]


def test_a_variable_that_is_not_utf8_is_told() -> None:
    assert faults({"IDP_DB__URL": "sqlite:///\udcff"}) == {"IDP_DB__URL": "is not UTF-8"}


def test_a_secret_can_come_from_a_file_without_its_last_line_break(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("open sesame\n")
    settings = load({"IDP_REGISTRY__TOKEN_FILE": str(tmp_path / "token")})
    assert settings.registry.token is not None
    assert settings.registry.token.reveal() == "open sesame"


def test_every_setting_has_a_file_twin(tmp_path: Path) -> None:
    (tmp_path / "value").write_text("http://localhost:7\n")
    assert load({"IDP_ISSUER_FILE": "value"}).issuer == "http://localhost:7"
    assert "IDP_DB__POOL_SIZE_FILE" in faults({"IDP_DB__POOL_SIZE_FILE": "value"})


def test_a_value_and_its_file_together_are_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("x")
    found = faults({"IDP_BANK__TOKEN": "y", "IDP_BANK__TOKEN_FILE": "token"})
    assert found == {"IDP_BANK__TOKEN_FILE": "IDP_BANK__TOKEN is set too; keep one of them"}


def test_a_secrets_file_that_is_not_there_is_told() -> None:
    assert "cannot be read" in faults({"IDP_BANK__TOKEN_FILE": "/nowhere"})["IDP_BANK__TOKEN_FILE"]


def test_an_empty_variable_counts_as_unset() -> None:
    assert load({"IDP_ISSUER": "", "IDP_MISSPELT": ""}) == Settings()


def test_other_programs_variables_are_left_alone() -> None:
    assert load({"PATH": "/bin", "IDP_CHROMIUM": "/x", "IDP_TEST_POSTGRES": "y"}) == Settings()


def test_an_unknown_name_is_refused_and_the_likely_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "idp.toml").write_text("isuer = 'x'\n[oidc]\ncode_second = 5\n[nonsense]\na = 1\n")
    found = faults({"IDP_DB_URL": "sqlite:///x"})
    assert found["idp.toml: isuer"].endswith("did you mean issuer?")
    assert found["idp.toml: oidc.code_second"].endswith("did you mean oidc.code_seconds?")
    assert found["idp.toml: nonsense.a"].startswith("there is no such setting")
    assert found["IDP_DB_URL"].endswith("did you mean IDP_DB__URL?")


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "idp.toml").write_text(
        'issuer = "http://id.example.org/"\n[oidc]\ncode_seconds = "60"\n[db]\nurl = 5\n'
    )
    found = faults({"IDP_SESSION__HOURS": "0", "IDP_DEMO__PEOPLE": "perhaps", "IDP_LOG__LEVEL": "loud"})
    assert set(found) == {
        "issuer",
        "idp.toml: oidc.code_seconds",
        "idp.toml: db.url",
        "IDP_SESSION__HOURS",
        "IDP_DEMO__PEOPLE",
        "IDP_LOG__LEVEL",
    }


def test_a_broken_file_is_a_fault_beside_the_others(tmp_path: Path) -> None:
    (tmp_path / "idp.toml").write_text("issuer = \n")
    assert set(faults({"IDP_WEB__BIND": "9000"})) == {"idp.toml", "IDP_WEB__BIND"}


def test_a_section_cannot_be_given_as_a_value(tmp_path: Path) -> None:
    (tmp_path / "idp.toml").write_text("db = 5\n[issuer]\nurl = 1\n")
    assert set(faults({})) == {"idp.toml: db", "idp.toml: issuer.url"}


def test_a_list_in_the_environment_is_parted_by_commas() -> None:
    assert load({"IDP_ASSURANCE__VERIFIED_LEVELS": "registry, high"}).assurance.verified_levels == ("registry", "high")


@pytest.mark.parametrize("levels", ["none", "matched", "registry,none"])
def test_a_level_that_proves_nothing_cannot_count_as_verified(levels: str) -> None:
    assert "IDP_ASSURANCE__VERIFIED_LEVELS" in faults({"IDP_ASSURANCE__VERIFIED_LEVELS": levels})


def test_no_level_at_all_is_refused_instead_of_verifying_nobody(tmp_path: Path) -> None:
    (tmp_path / "idp.toml").write_text("[assurance]\nverified_levels = []\n")
    assert "idp.toml: assurance.verified_levels" in faults({})


@pytest.mark.parametrize(
    "issuer",
    [
        "http://id.example.org",
        "https://id.example.org/",
        "https://id.example.org/idp",
        "https://id.example.org?a=1",
        "https://id.example.org#a",
        "https://ID.example.org",
        "https://user@id.example.org",
        "https://id.example.org:70000",
        "https://[::1",
        "https://",
        "https://id.example.org:443",
        "http://localhost:80",
        "https://id.example.org:",
        "https://id.example.org:08443",
        "ftp://localhost",
        "id.example.org",
    ],
)
def test_an_issuer_that_sites_could_not_compare_is_refused(issuer: str) -> None:
    assert "issuer" in faults(LIVE | {"IDP_ISSUER": issuer})


@pytest.mark.parametrize(
    "issuer", ["http://localhost:9000", "http://127.0.0.1", "http://[::1]:9", "http://a.localhost"]
)
def test_plain_http_is_for_this_machine(issuer: str) -> None:
    assert load({"IDP_ISSUER": issuer}).issuer == issuer


def test_an_https_issuer_is_production_unless_said_otherwise() -> None:
    assert load(LIVE).production
    assert not load({"IDP_ISSUER": "https://sandbox.example.org", "IDP_PRODUCTION": "false"}).production


@pytest.mark.parametrize("host", ["192.0.2.1", "[2001:db8::1]:8443"])
def test_an_issuer_without_a_name_has_no_passkeys_and_so_no_production(host: str) -> None:
    assert set(faults(LIVE | {"IDP_ISSUER": f"https://{host}"})) == {"issuer"}
    assert load({"IDP_ISSUER": f"https://{host}", "IDP_PRODUCTION": "false"}).issuer == f"https://{host}"


def test_production_without_tls_is_refused() -> None:
    assert set(faults(LIVE | {"IDP_ISSUER": "http://localhost", "IDP_PRODUCTION": "true"})) == {"production"}


@pytest.mark.parametrize(
    "where",
    [
        {"IDP_ISSUER": "https://id.example.org"},
        {"IDP_ISSUER": "https://id.example.org", "IDP_PRODUCTION": "false"},
        {"IDP_ISSUER": "http://localhost:9000", "IDP_PRODUCTION": "true"},
    ],
)
def test_demo_people_cannot_be_switched_on_over_https_or_in_production(where: dict[str, str]) -> None:
    assert "demo.people" in faults(LIVE | where | {"IDP_DEMO__PEOPLE": "true"})
    assert "demo.sites" in faults(LIVE | where | {"IDP_DEMO__SITES": "http://localhost:9001"})


def test_simulators_cannot_be_used_in_production() -> None:
    assert set(faults({"IDP_ISSUER": "https://id.example.org"})) == {"registry.adapter", "bank.adapter"}


def test_a_real_gateway_needs_an_address_out_of_the_clear_and_a_credential() -> None:
    found = faults({"IDP_REGISTRY__ADAPTER": "http", "IDP_REGISTRY__URL": "http://registry.example.org"})
    assert set(found) == {"registry.url", "registry.token"}


def test_only_the_databases_that_are_tested_can_be_used() -> None:
    assert set(faults({"IDP_DB__URL": "mysql://localhost/x"})) == {"db.url"}


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///?mode=ro",
        "postgresql+psycopg://idp:hunter2@db:port/yufu",
        "postgresql+psycopg://idp:hunter[2@db/yufu",
    ],
)
def test_an_address_that_leads_to_no_database_is_refused_unquoted(url: str) -> None:
    found = faults({"IDP_DB__URL": url})
    assert set(found) == {"db.url"}
    assert "hunter" not in str(found)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///a folder/with 鱼.db",
        "sqlite:////data/yufu.db",
        "postgresql+psycopg://u:p%40ss@[::1]:5432/yufu",
        "postgresql+psycopg:///yufu?host=/run/postgresql",
    ],
)
def test_an_address_that_leads_to_a_database_can_be_used(url: str) -> None:
    assert load({"IDP_DB__URL": url}).db.url == url


@pytest.mark.parametrize("url", ["/var/lib/yufu/keys", "file:", "file://", "memory:tests", "files:/keys"])
def test_keys_are_kept_in_a_folder(url: str) -> None:
    assert set(faults({"IDP_KEYS__URL": url})) == {"keys.url"}


@pytest.mark.parametrize("port", ["0", "65536", "99999"])
def test_a_port_that_cannot_be_is_refused(port: str) -> None:
    assert set(faults({"IDP_WEB__BIND": f"127.0.0.1:{port}"})) == {"web.bind"}
    assert load({"IDP_WEB__BIND": "[::1]:65535"}).web.bind == "[::1]:65535"


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().issuer = "x"  # type: ignore[misc]


def test_no_secret_is_shown() -> None:
    settings = load(LIVE | {"IDP_DB__URL": "postgresql+psycopg://idp:hunter2@db/yufu"})
    printed = f"{settings} {settings!r} {values(settings)}"
    for secret in ("registry credential", "bank credential", "hunter2"):
        assert secret not in printed


def test_no_fault_quotes_a_secret() -> None:
    found = faults({"IDP_DB__URL": "mysql://idp:hunter2@db/yufu", "IDP_REGISTRY__TOKEN_FILE": "/hunter2"})
    assert "hunter2" not in str(found)


@given(st.dictionaries(st.sampled_from([variable(name) for name in known()]), st.text(min_size=1)))
def test_whatever_is_given_the_answer_is_settings_or_faults(environ: dict[str, str]) -> None:
    try:
        load(environ)
    except SettingsError as error:
        assert error.faults  # noqa: PT017 -- both outcomes are right; a fault must say something


def test_each_default_passes_its_own_bounds() -> None:
    environ = {entry.variable: entry.default.strip('"[]').replace('"', "") for entry in entries()}
    environ = {name: text for name, text in environ.items() if text}
    assert load(environ) == Settings()


def test_every_setting_is_documented() -> None:
    assert [entry.name for entry in entries()] == list(known())
    assert all(entry.about and entry.takes for entry in entries())


def test_the_working_environment_of_a_process_can_be_read() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
    assert load(clean) == Settings()
