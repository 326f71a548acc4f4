"""The import contracts of setup.cfg hold, and leave no part of the provider out."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
from pathlib import Path

from tests.architecture.repository import ROOT


def test_the_import_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_part_of_the_provider_has_its_layer() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    layers = re.findall(r"idp\.\w+", config["importlinter:contract:layers"]["layers"])
    inside = [path for path in (ROOT / "idp").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()]
    assert {f"idp.{path.stem}" for path in inside} - {"idp.__init__"} <= set(layers)
