"""An operator who types commands and reads what they answer, within this process."""

from __future__ import annotations

import json
import os
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from idp.cli import main
from tests.live import environment_for, free_port

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


class Operator:
    """Types commands in a folder."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.environment = environment_for(folder, port=free_port(), **settings)

    def types(self, *arguments: str, given: str = "") -> Done:
        """Run a command in this process: starting Python anew for each would take longer than all they do."""
        out, err = TextIOWrapper(BytesIO(), "utf-8"), TextIOWrapper(BytesIO(), "utf-8")
        with (
            patch.dict(os.environ, self.environment, clear=True),
            patch.object(sys, "argv", ["idp", *arguments]),
            patch.object(sys, "stdin", TextIOWrapper(BytesIO(given.encode()), "utf-8")),
            chdir(self.folder),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                main()
                code = 0
            except SystemExit as ended:
                code = int(ended.code or 0)
        for stream in (out, err):
            stream.flush()
            stream.seek(0)
        return Done(code, out.read(), err.read())


def failure_of(done: Done, *, code: int = 1) -> dict[str, str]:
    assert done.returncode == code, done.stderr
    error: dict[str, str] = json.loads(done.stderr)["error"]
    assert error["what"]
    return error


def checks_of(operator: Operator) -> dict[str, dict[str, Any]]:
    return {each["check"]: each for each in json.loads(operator.types("doctor", "--json").stdout)["checks"]}
