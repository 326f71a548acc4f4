"""Relying-party tools that may be absent: a test that needs one says so by name when it is skipped."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import playwright
import pytest

NODE = Path(playwright.__file__).parent / "driver" / "node"
"""The Node that Playwright brings: the same on every machine, where a distribution's may be too old for the library."""


def needs(*tools: str | Path) -> pytest.MarkDecorator:
    """Skip, saying which tool is missing; in CI a missing tool is a failure, for `./dev test` installs them all."""
    missing = [str(tool) for tool in tools if not (tool.exists() if isinstance(tool, Path) else shutil.which(tool))]
    absent = bool(missing) and not os.environ.get("CI")
    names = ", ".join(Path(tool).name for tool in missing)
    return pytest.mark.skipif(absent, reason=f"{names} is not installed; `./dev test` as root installs it")
