"""The door: needs nothing but Python, does nothing when all is in place, and says what is missing with the cure."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from typing import TYPE_CHECKING, Any

import pytest

from tests.architecture.repository import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = (ROOT / "dev").read_text(encoding="utf-8")


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The file as a module, so that its parts can be tried."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("door", str(ROOT / "dev"))
    spec = spec_from_loader("door", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def opened(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "dev", *arguments], capture_output=True, text=True, check=False)


def test_it_can_be_executed_and_imports_the_standard_library_only() -> None:
    assert os.access(ROOT / "dev", os.X_OK)
    imports = [node for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {
        name.partition(".")[0]
        for node in imports
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert names <= sys.stdlib_module_names


def test_a_python_that_is_too_old_can_still_read_it_and_say_so() -> None:
    ast.parse(SOURCE, feature_version=(3, 8))


def test_an_old_python_looks_for_a_newer_one_and_otherwise_names_the_cure(
    door: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def instead(path: str, _arguments: list[str]) -> None:
        raise SystemExit(path)

    monkeypatch.setattr(door.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(door.os, "execv", instead)
    monkeypatch.setattr(door.shutil, "which", lambda name: "/usr/bin/python3.12" if name == "python3.12" else None)
    with pytest.raises(SystemExit, match=r"^/usr/bin/python3\.12$"):
        door.use_a_newer_python()
    monkeypatch.setattr(door.shutil, "which", lambda _name: None)
    with pytest.raises(door.Cannot, match=r"This is Python 3\.9; 3\.11 or newer is needed\.\n +As root: apt-get"):
        door.use_a_newer_python()


def test_without_a_command_it_lists_those_there_are(door: Any) -> None:
    done = opened()
    assert done.returncode == 2
    assert [line.split()[1] for line in done.stdout.splitlines() if line.startswith("./dev ")] == list(door.COMMANDS)


def test_help_is_no_mistake() -> None:
    assert opened("--help").returncode == 0
    assert opened("help").stdout == opened("-h").stdout


def test_a_command_that_is_not_there_is_two_lines(door: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "set_up", lambda: None)
    with pytest.raises(door.Cannot, match=r"^There is no command nonsense\.\n     "):
        door.run(["nonsense"])


def test_a_port_that_is_taken_is_told_before_anything_is_started(door: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "set_up", lambda: None)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert door.is_taken(port)
        monkeypatch.setattr(door, "SERVERS", (("provider", port, "idp serve", "/"),))
        with pytest.raises(door.Cannot, match=f"Port {port} is taken, which the provider needs"):
            door.up([])
    assert not door.is_taken(port)


def test_nothing_is_done_when_nothing_has_changed(door: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed: list[str] = []

    def install() -> bool:
        installed.append("all")
        return True

    monkeypatch.setattr(door, "VENV", tmp_path)
    monkeypatch.setattr(door, "LOCK", tmp_path / "requirements.lock")
    monkeypatch.setattr(door, "starts", lambda _program: False)
    monkeypatch.setattr(door, "install_with_pip", install)
    door.LOCK.write_text("flask==3.1.3")
    door.set_up()
    door.set_up()
    assert len(installed) == 1
    door.LOCK.write_text("flask==3.1.4")
    door.set_up()
    assert len(installed) == 2


def test_a_set_up_that_failed_is_begun_again(door: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(door, "VENV", tmp_path)
    monkeypatch.setattr(door, "starts", lambda _program: False)
    monkeypatch.setattr(door, "install_with_pip", lambda: False)
    for _again in range(2):
        with pytest.raises(door.Cannot, match="could not be installed"):
            door.set_up()


def test_the_demos_settings_keep_their_place_however_it_is_called(
    door: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from idp.settings import load

    monkeypatch.setattr(door, "DEMO", tmp_path / "a folder with 鱼 in it")
    (tmp_path / "idp.toml").write_text(door.demo_settings(), encoding="utf-8")
    settings = load({}, tmp_path / "idp.toml")
    assert settings.demo.people
    assert settings.demo.sites == ("http://localhost:9001", "http://localhost:9002")
    assert settings.db.url == f"sqlite:///{tmp_path}/a folder with 鱼 in it/yufu.db"


def test_only_a_whole_test_run_is_spread_over_processors(door: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def call(command: list[str]) -> int:
        ran.append(command)
        return 0

    for name in ("set_up", "set_up_interop"):
        monkeypatch.setattr(door, name, lambda: None)
    monkeypatch.setattr(door, "chromium", lambda: "/usr/bin/true")
    monkeypatch.setattr(door, "call", call)
    monkeypatch.setenv("IDP_CHROMIUM", "")
    monkeypatch.chdir(ROOT)
    for arguments in ([], ["-k", "token"], ["tests/rules"], ["tests/rules/test_log.py::test_x"], ["--pdb"]):
        door.test(arguments)
    assert ["-n" in command for command in ran] == [True, True, False, False, False]
