"""The report: a preface and sections, each written by the command that measures it and kept by the others."""

from __future__ import annotations

import os
import platform
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

REPORT = Path(__file__).with_name("report.md")
SPEED, SHARES, BESIDE = "Speed and memory of one worker", "Where one login's time goes", "Beside node-oidc-provider"
ORDER = (SPEED, SHARES, BESIDE)


def put(sections: dict[str, str]) -> None:
    """Put these sections in the place of those of the same heading, each under the date of today."""
    kept = dict(re.findall(r"^## (.+?)\n\n(.*?)(?=^## |\Z)", _read(), flags=re.DOTALL | re.MULTILINE))
    stamped = {heading: f"{_when()}\n\n{text.strip()}\n\n" for heading, text in sections.items()}
    whole = kept | stamped
    parts = [f"## {heading}\n\n{whole[heading].strip()}\n" for heading in ORDER if heading in whole]
    REPORT.write_text(f"{PREFACE}\n" + "\n".join(parts), encoding="utf-8")
    print(f"written to {REPORT}", file=sys.stderr)


def _read() -> str:
    return REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""


def _when() -> str:
    return f"Measured on {datetime.now(UTC):%Y-%m-%d}: Python {platform.python_version()}, {os.cpu_count()} cores."


PREFACE = """# Speed and memory

Written by `./dev bench --write` and `./dev bench compare --write`, on a shared machine that did other things too: the
figures are medians of rounds, and still to be read as ratios. The server runs on one core, the load on the other; real
HTTP on loopback, eight connections, every commit synced to disk.
"""
