"""From settings to a gateway, and the simulators as processes of their own, as a developer would run them."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from idp.domain import bank_account, names, resident_id
from idp.domain.answers import BankOutcome, RegistryOutcome
from idp.domain.secrecy import Private
from idp.gateways.adapters import open_bank, open_registry
from idp.settings import BankSettings, RegistrySettings, SettingsError, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idp.gateways.bank import BankGateway
    from idp.gateways.registry import RegistryGateway


def matches(registry: RegistryGateway) -> bool:
    name, number = names.parse("测试一"), resident_id.well_formed("990101199003070015")
    return registry.query(name, number, reference="r").outcome is RegistryOutcome.MATCH


def pays(bank: BankGateway) -> bool:
    card = bank_account.parse("0000000000000000")
    return bank.send_deposits(card, names.parse("测试一"), reference="r").outcome is BankOutcome.SENT


@contextmanager
def running(module: str) -> Iterator[str]:
    command = [sys.executable, "-m", f"idp.gateways.{module}", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def test_without_settings_the_sandbox_answers_in_process() -> None:
    assert matches(open_registry(RegistrySettings()))
    assert pays(open_bank(BankSettings()))


def test_the_http_adapters_reach_simulators_that_run_as_processes() -> None:
    with running("registry_simulator") as registry, running("bank_simulator") as bank:
        assert matches(open_registry(RegistrySettings(adapter="http", url=f"{registry}/queries")))
        assert pays(open_bank(BankSettings(adapter="http", url=f"{bank}/deposits", token=Private("unasked"))))


def test_an_address_in_the_clear_is_a_fault_of_the_operator_and_loud() -> None:
    with pytest.raises(ValueError, match="neither https"):
        matches(open_registry(RegistrySettings(adapter="http", url="http://registry.example/")))


def test_a_certificate_stands_for_a_credential_but_not_without_its_key() -> None:
    given = {"IDP_REGISTRY__ADAPTER": "http", "IDP_REGISTRY__URL": "https://registry.example/queries"}
    certificate = {"IDP_REGISTRY__CERTIFICATE": "/etc/yufu/ours.pem"}
    with pytest.raises(SettingsError, match=r"registry\.token"):
        load(given)
    with pytest.raises(SettingsError, match="go together"):
        load(given | certificate)
    key = {"IDP_REGISTRY__CERTIFICATE_KEY": "/etc/yufu/ours.key"}
    assert load(given | certificate | key).registry.certificate_key == "/etc/yufu/ours.key"
