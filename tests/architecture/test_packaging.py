"""A wheel and a source archive hold everything a running provider reads, and run from any folder."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

import pytest
import requests
from packaging.requirements import Requirement

from tests import live
from tests.architecture.repository import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES: Final = ("idp", "keys", "clients", "templates")
WHERE: Final = "import idp; print(idp.__file__)"
BUILD: Final = "from setuptools import build_meta as b; print(b.build_{}({!r}))"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy to build in: setuptools leaves things behind, and would pick up what an earlier build left."""
    copy = tmp_path_factory.mktemp("tree")
    unwanted = shutil.ignore_patterns("__pycache__", "node_modules", "*.egg-info")
    for name in (*PACKAGES, "tests", "docs", "deploy"):
        shutil.copytree(ROOT / name, copy / name, ignore=unwanted)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, copy)
    return copy


def built(tree: Path, kind: str) -> Path:
    folder = tree.parent / f"{kind}-{tree.name}"
    folder.mkdir()
    command = [sys.executable, "-c", BUILD.format(kind, str(folder))]
    subprocess.run(command, cwd=tree, check=True, capture_output=True)
    [archive] = folder.iterdir()
    return archive


@pytest.fixture(scope="module")
def wheel(tree: Path) -> Path:
    """What `pip install` would unpack."""
    return built(tree, "wheel")


def shipped() -> set[str]:
    """Every file of the packages, code or not."""
    files = (path for name in PACKAGES for path in (ROOT / name).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts}


def test_the_wheel_holds_every_file_of_the_packages_and_no_other_package(wheel: Path) -> None:
    inside = set(ZipFile(wheel).namelist())
    assert shipped() - inside == set()
    assert {name.split("/")[0] for name in inside if ".dist-info/" not in name} == set(PACKAGES)


def test_the_wheel_carries_the_licence_and_the_command(wheel: Path) -> None:
    inside = {name.partition(".dist-info/")[2]: name for name in ZipFile(wheel).namelist()}
    assert b"Apache License" in ZipFile(wheel).read(inside["licenses/LICENSE"])
    assert b"idp = idp.cli:main" in ZipFile(wheel).read(inside["entry_points.txt"])


def test_the_source_archive_holds_what_building_and_testing_take(tree: Path) -> None:
    with tarfile.open(built(tree, "sdist")) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert (
        shipped() | {"dev", "setup.cfg", "pyproject.toml", "requirements.lock", "tests/conftest.py"}
    ) - inside == set()


def test_what_was_installed_runs_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    subprocess.run([sys.executable, "-m", "zipfile", "-e", wheel, installed], check=True)
    elsewhere.mkdir()
    port = live.free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
    issuer = f"http://localhost:{port}"
    settings = {"PYTHONPATH": str(installed), "IDP_ISSUER": issuer, "IDP_WEB__BIND": f"127.0.0.1:{port}"}
    assert live.run([sys.executable, "-c", WHERE], clean | settings, cwd=elsewhere).strip().startswith(str(installed))
    for command in (["keys", "init"], ["db", "upgrade"]):
        live.run([*live.IDP, *command], clean | settings, cwd=elsewhere)
    with live.serving([*live.IDP, "serve"], clean | settings, cwd=elsewhere, address=f"{issuer}/healthz/live"):
        page = requests.get(issuer, timeout=10)
        [style] = re.findall(r'href="(/static/[^"]*\.css[^"]*)"', page.text)
        for path in (style, "/.well-known/openid-configuration", "/healthz/ready"):
            assert requests.get(issuer + path, timeout=10).status_code == 200, path
    assert (elsewhere / "var" / "yufu.db").is_file()


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", None), ("deploy/requirements.lock", {"demo", "postgres"})]
)
def test_a_lock_holds_what_is_asked_for_and_every_file_by_its_hash(lock: str, extras: set[str] | None) -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    wanted = config["options"]["install_requires"].split("\n")
    for extra, lines in config["options.extras_require"].items():
        wanted += lines.split("\n") if extras is None or extra in extras else []
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = {name.lower(): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)}
    for requirement in map(Requirement, filter(None, wanted)):
        assert requirement.specifier.contains(pins[requirement.name.lower()]), f"{requirement}: run ./dev lock"
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []
    assert "http" not in text
