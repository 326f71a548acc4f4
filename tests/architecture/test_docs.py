"""What the documentation tells people to type works: commands, options, settings, files, links."""

from __future__ import annotations

import re
import shlex
import tomllib
from typing import TYPE_CHECKING, Final

import pytest
from click import Command, Context, Group

from idp.cli import idp
from idp.settings.loading import READ_ELSEWHERE, known, variable
from tests.architecture.repository import ROOT, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES: Final = dict(texts(".md"))
FENCE: Final = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK: Final = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
DOORS: Final = re.findall(r"^\./dev (\w+)", (ROOT / "dev").read_text(encoding="utf-8"), re.MULTILINE)


def blocks(language: str) -> Iterator[tuple[str, str]]:
    for path, text in PAGES.items():
        yield from ((path, body) for kind, body in FENCE.findall(text) if kind == language)


def typed() -> Iterator[tuple[str, list[str]]]:
    """Every command line in the documentation, without its comment, cut into words."""
    for path, body in blocks("sh"):
        for line in body.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            while words and "=" in words[0]:
                words = words[1:]
            if words:
                yield path, words


def provider_commands() -> list[tuple[str, list[str]]]:
    """Those that begin with `idp`, or `./dev run idp`."""
    found = [(path, words[2:] if words[:2] == ["./dev", "run"] else words) for path, words in typed()]
    inline = [
        (path, shlex.split(code)) for path, text in PAGES.items() for code in re.findall(r"`(idp [^`\n]+)`", text)
    ]
    return [(path, words) for path, words in found + inline if words and words[0] == "idp"]


def test_there_is_something_to_type() -> None:
    assert DOORS
    assert any(words[0] == "./dev" for _path, words in typed())


def test_every_dev_command_exists() -> None:
    unknown = [(path, words) for path, words in typed() if words[0] == "./dev" and words[1] not in DOORS]
    assert unknown == []


@pytest.mark.parametrize(("path", "words"), provider_commands())
def test_every_idp_command_exists_with_its_options(path: str, words: list[str]) -> None:
    command: Command = idp
    for word in words[1:]:
        if word.startswith("-"):
            option = word.partition("=")[0]
            names = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
            assert option in names | {"--help", "-h"}, f"{path}: {' '.join(words)}: there is no {option}"
        elif isinstance(command, Group) and word[0].isalpha():
            found = command.get_command(Context(command), word)
            assert found is not None, f"{path}: {' '.join(words)}: there is no {word}"
            command = found


def test_every_variable_of_ours_that_is_named_is_a_setting() -> None:
    allowed = {variable(name) for name in known()} | {f"{variable(name)}_FILE" for name in known()}
    named = [(path, name) for path, text in PAGES.items() for name in re.findall(r"\bIDP_[A-Z_]+\b", text)]
    assert [(path, name) for path, name in named if name not in allowed and not name.startswith(READ_ELSEWHERE)] == []


def test_every_settings_file_shown_is_understood() -> None:
    for path, body in blocks("toml"):
        for section, value in tomllib.loads(body).items():
            names = [f"{section}.{key}" for key in value] if isinstance(value, dict) else [section]
            assert set(names) <= set(known()), path


def test_every_link_to_a_file_leads_to_one() -> None:
    links = [(path, link) for path, text in PAGES.items() for link in LINK.findall(text)]
    assert [(path, link) for path, link in links if not (ROOT / path).parent.joinpath(link).exists()] == []


def test_every_test_that_the_docs_name_exists() -> None:
    named = [(path, test) for path, text in PAGES.items() for test in re.findall(r"`(tests/[\w/.]+)`", text)]
    assert [(path, test) for path, test in named if not (ROOT / test).exists()] == []
