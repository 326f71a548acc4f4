"""What `docs/integrate.md` tells sites to write is what the sites here are made of."""

from __future__ import annotations

import re
import textwrap

import pytest

from tests.interop.tools import HERE

LIBRARIES = re.findall(
    r"^### (?P<name>[^\n]+) — `tests/interop/(?P<file>\S+)`$(?P<words>.*?)(?=^##|\Z)",
    (HERE.parents[1] / "docs" / "integrate.md").read_text(encoding="utf-8"),
    flags=re.MULTILINE | re.DOTALL,
)
BLOCKS = [
    pytest.param(file, block, id=f"{name}-{place}")
    for name, file, words in LIBRARIES
    for place, block in enumerate(re.findall(r"^```\w+\n(.*?)^```$", words, flags=re.MULTILINE | re.DOTALL), start=1)
]


@pytest.mark.parametrize(("file", "block"), BLOCKS)
def test_the_documented_lines_are_those_of_a_site_that_signs_people_in(file: str, block: str) -> None:
    tested = (HERE / file).read_text(encoding="utf-8")
    first = next(line for line in tested.splitlines() if line.strip() == block.splitlines()[0])
    indent = first[: len(first) - len(first.lstrip())]
    assert textwrap.indent(block, indent) in tested


def test_every_site_here_is_documented() -> None:
    documented = {file for _, file, _ in LIBRARIES}
    assert documented >= {
        path.name for path in (*HERE.glob("*.mjs"), *HERE.glob("*_site.py")) if path.name != "oidc_client_ts.mjs"
    }
