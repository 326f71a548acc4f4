"""A wheel and a source archive hold everything a running provider reads, and run from any folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

import pytest

from tests.architecture.repository import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES: Final = ("idp", "keys", "clients", "templates")
BUILD: Final = "from setuptools import build_meta as b; print(b.build_{}({!r}))"
SERVE: Final = """
import idp
from idp.cli import idp as command
for arguments in (["keys", "init"], ["db", "upgrade"]):
    command(arguments, standalone_mode=False)
import idp.wsgi
from idp.web.assets import static_url
browser = idp.wsgi.public.test_client()
for path in ("/", static_url("yufu.css"), "/.well-known/openid-configuration"):
    response = browser.get(path, base_url="http://localhost:9000", follow_redirects=True)
    assert response.status_code == 200, (path, response.status)
unknown = browser.get("/authorize?client_id=nobody", base_url="http://localhost:9000")
assert unknown.status_code == 400, "the database was not asked"
print(idp.__file__)
"""


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
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
    done = subprocess.run(
        [sys.executable, "-c", SERVE],
        cwd=elsewhere,
        env=environment | {"PYTHONPATH": str(installed)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.stdout.splitlines()[-1].startswith(str(installed))
