"""What the files say: citations in one form, docstrings that bind, and nothing of where they were made."""

from __future__ import annotations

import ast
import re
from typing import Final

import pytest

from tests.architecture.repository import ROOT, code, texts

SPECIFICATION: Final = re.compile(
    r"(?:RFC \d{3,5}(?:bis)?|BCP \d+|PEP \d+|FIPS \d+(?:-\d)?|GB \d+(?:-\d+)?|NIST SP 800-\d+[A-Z]?(?:-\d)?"
    r"|OIDC (?:Core|Discovery|Registration)|OIDC4IDA|(?:RP-Initiated|Back-Channel|Front-Channel) Logout(?: 1\.0)?"
    r"|Response Types"
    r"|JARM|Fetch(?: Standard)?|FAPI 2\.0(?: Security Profile| Message Signing)?|OIDC4IDA ASC"
    r"|(?:WebAuthn )?Level 3|CTAP 2\.\d|CSP3|EAP ACR Values(?: 1\.0)?"
    r"|OWASP ASVS(?: 5\.0)?|WCAG 2\.\d|UTS #\d+|architecture)"
)
SECTION: Final = re.compile(r"[A-Z0-9][\w.-]*")
BARE: Final = re.compile(r"(?:^|[(\"'`*,|]|and|to|–)\s*$")
"""A section with no name before it is one of the specification that the file is about."""
MALFORMED: Final = re.compile(
    r"\bRFC-?\d+\b|\brfc \d|\bRFC \d+,? (?:[Ss]ect|[Ss]ec\.|para)|\b(?:[Ss]ection|[Ss]ec\.) \d"
)
OURSELVES: Final = "tests/architecture/test_words.py"
PARTS: Final = sorted(
    path.parent.relative_to(ROOT).as_posix()
    for top in ("idp", "keys", "clients", "templates")
    for path in (ROOT / top).rglob("__init__.py")
    if path.parent.parent in {ROOT, ROOT / "idp"}
)
WHERE_IT_WAS_MADE: Final = re.compile(
    "|".join(
        re.escape("".join(halves))
        for halves in (
            ("/wo", "rk/main"),
            ("/wo", "rk/shared"),
            ("/ro", "ot/."),
            ("issues ", "show"),
            ("py", "pi.org"),
            ("pythonhos", "ted.org"),
            ("registry.", "npmjs"),
            ("registry.", "yarnpkg"),
            ("Cla", "ude"),
            ("Anth", "ropic"),
            ("Chat", "GPT"),
            ("language ", "model"),
            ("Co-Auth", "ored-By"),
        )
    ),
    re.IGNORECASE,
)
UNFINISHED: Final = re.compile(
    "|".join(rf"\b{first}{second}\b" for first, second in (("TO", "DO"), ("FIX", "ME"), ("XX", "X")))
)
WITHOUT_REASON: Final = re.compile(r"#\s*(?:noqa(?::[A-Z0-9, ]+)?|type: ignore(?:\[[\w, -]+\])?|pragma: no cover)\s*$")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_says_what_it_owns_what_it_never_imports_and_what_it_guards(part: str) -> None:
    docstring = ast.get_docstring(ast.parse((ROOT / part / "__init__.py").read_text(encoding="utf-8"))) or ""
    words = " ".join(docstring.split())
    assert "Owns" in words
    assert re.search(r"[Nn]ever |anything but|nothing else", words)
    assert re.search(r"[Ii]nvariant", words)


def test_every_module_says_what_it_is_for() -> None:
    assert [path for path, source in code() if not ast.get_docstring(ast.parse(source))] == []


def test_citations_have_one_form_so_that_they_can_be_searched_for() -> None:
    wrong = []
    for path, text in texts(".py", ".md", ".html", ".cfg"):
        for line in text.splitlines() if path != OURSELVES else ():
            malformed = bool(MALFORMED.search(line))
            for before, after in re.findall(r"([^§]*)§+ ?([^§]*)", line):
                named = re.search(SPECIFICATION.pattern + r"[\s`*]*$", before)
                same = BARE.search(before) and SPECIFICATION.search(text)
                malformed = malformed or not (named or same) or not SECTION.match(after)
            if malformed:
                wrong.append(f"{path}: {line.strip()}")
    assert wrong == []


def test_nothing_tells_where_or_by_what_it_was_made() -> None:
    assert [f"{path}: {found.group()}" for path, text in texts() if (found := WHERE_IT_WAS_MADE.search(text))] == []


def test_nothing_is_marked_as_unfinished() -> None:
    assert [
        f"{path}: {found.group()}" for path, text in texts(".py", ".js") if (found := UNFINISHED.search(text))
    ] == []


def test_every_exception_from_a_check_gives_its_reason() -> None:
    lines = ((path, line.strip()) for path, text in code() for line in text.splitlines())
    assert [(path, line) for path, line in lines if WITHOUT_REASON.search(line)] == []


def test_a_file_is_short_enough_to_be_read_at_once() -> None:
    lengths = {path: text.count("\n") for path, text in code() if "/migrations/" not in path}
    assert {path: length for path, length in lengths.items() if length > 350} == {}
