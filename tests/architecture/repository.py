"""The files of this repository, for tests that read them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
LEFT_BY_RUNS: Final = frozenset({".git", ".venv", "var", "build", "dist", "node_modules", "htmlcov", ".hypothesis"})
BINARY: Final = frozenset({".png", ".jpg", ".webp", ".ico", ".woff2", ".mo", ".pyc", ".db", ".pdf", ".gz", ".whl"})


def texts(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Yield path (from the root) and content of every text file of ours; with suffixes, only of those that have one."""
    for folder, below, names in os.walk(ROOT):
        below[:] = [
            name for name in below if name not in LEFT_BY_RUNS and not name.endswith((".egg-info", "cache", "__"))
        ]
        for name in names:
            path = Path(folder, name)
            wanted = path.suffix in suffixes if suffixes else path.suffix not in BINARY
            if wanted and not name.startswith(".coverage"):
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def code() -> Iterator[tuple[str, str]]:
    """Yield what is shipped: the modules of the provider, the keys, the clients and the templates."""
    for path, text in texts(".py"):
        if path.startswith(("idp/", "keys/", "clients/", "templates/")):
            yield path, text
