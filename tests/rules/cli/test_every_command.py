"""Every command speaks JSON when asked, fails in words with a cure, and none shows a traceback."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import sqlite3
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from click import Command, Context, Group

from idp.cli import idp, main
from tests.live import environment_for, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARGUMENTS: dict[str, list[str]] = {
    "client add": ["Corner Shop", "--redirect-uri", "https://shop.example/callback"],
    "client show": ["shop"],
    "client disable": ["shop", "--yes"],
    "client secret": ["shop", "--yes"],
    "client invite": ["--label", "Spring"],
    "client refresh-logo": ["shop"],
    "client uninvite": ["Spring"],
    "keys rotate": ["--yes"],
    "outbox retry": ["x" * 22],
    "worker": ["--once"],
}
"""What a command needs beside --json to do its work."""
FAIL_HERE = {
    "keys init",
    "outbox retry",
    "client refresh-logo",
    "client uninvite",
    "client secret",
    "client show",
    "client disable",
}
"""Commands that are refused in a house that is set up and empty; every other one succeeds there."""
FOREVER = {"serve"}


def commands(group: Group = idp, before: tuple[str, ...] = ()) -> Iterator[str]:
    """Name every command there is."""
    context = Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, Group):
            yield from commands(command, (*before, name))
        else:
            yield " ".join((*before, name))


def command_of(name: str) -> Command:
    command: Command = idp
    for word in name.split():
        assert isinstance(command, Group)
        found = command.get_command(Context(command), word)
        assert found is not None
        command = found
    return command


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


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A provider that is set up, to be copied."""
    somebody = Operator(tmp_path_factory.mktemp("prepared"))
    for words in (["keys", "init"], ["db", "upgrade"]):
        assert somebody.types(*words).returncode == 0
    return somebody.folder


@pytest.fixture
def operator(prepared: Path, tmp_path: Path) -> Operator:
    """An operator of a provider that is set up."""
    shutil.copytree(prepared, tmp_path / "house")
    return Operator(tmp_path / "house")


def failure_of(done: Done, *, code: int = 1) -> dict[str, str]:
    assert done.returncode == code, done.stderr
    error: dict[str, str] = json.loads(done.stderr)["error"]
    assert error["what"]
    return error


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_takes_json(name: str) -> None:
    assert any("--json" in parameter.opts for parameter in command_of(name).params)


@pytest.mark.parametrize("name", sorted(set(commands()) - FOREVER))
def test_every_command_answers_in_json(operator: Operator, name: str) -> None:
    done = operator.types(*name.split(), *ARGUMENTS.get(name, []), "--json")
    if name in FAIL_HERE:
        failure_of(done)
    else:
        assert done.returncode == 0, done.stderr
        json.loads(done.stdout)


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_fails_in_words_where_the_settings_cannot_be_used(tmp_path: Path, name: str) -> None:
    nowhere = Operator(tmp_path, IDP_ISSUER="not an address")
    arguments = [*name.split(), *ARGUMENTS.get(name, [])]
    if name == "doctor":
        done = nowhere.types(*arguments, "--json")
        assert done.returncode == 1
        assert json.loads(done.stdout)["healthy"] is False
        return
    assert "issuer" in failure_of(nowhere.types(*arguments, "--json"))["what"]
    told = nowhere.types(*arguments)
    assert told.returncode == 1
    assert told.stderr.startswith("idp: ")


def test_wrong_usage_is_told_apart_from_failure(operator: Operator) -> None:
    assert failure_of(operator.types("client", "list", "--page", "0", "--json"), code=2)["what"]
    assert operator.types("client", "list", "--page", "-1").returncode == 2
    assert operator.types("client", "list", "--page", "x").returncode == 2


def test_a_page_beyond_the_end_says_so(operator: Operator) -> None:
    operator.types("client", "add", "Shop", "--redirect-uri", "https://shop.example/cb")
    assert json.loads(operator.types("client", "list", "--page", "99", "--json").stdout) == []
    assert "no page 99" in operator.types("client", "list", "--page", "99").stdout


@pytest.mark.parametrize("bind", ["nonsense", "127.0.0.1:0", "127.0.0.1:70000", "no.such.host.example.:9000:1"])
def test_a_place_nobody_can_listen_on_is_refused(operator: Operator, bind: str) -> None:
    done = operator.types("serve", "--bind", bind)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2


def test_a_taken_port_is_told(operator: Operator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        error = failure_of(operator.types("serve", "--bind", f"127.0.0.1:{port}", "--json"))
    assert "listen" in error["what"]
    assert "--bind" in error["cure"]


def database_of(operator: Operator) -> sqlite3.Connection:
    return sqlite3.connect(operator.folder / "yufu.db")


@pytest.mark.parametrize("command", [["db", "upgrade"], ["db", "check"], ["person", "list"], ["serve"]])
def test_a_database_of_a_later_release_is_left_alone(operator: Operator, command: list[str]) -> None:
    with database_of(operator) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    error = failure_of(operator.types(*command, "--json"))
    assert "9999" in error["what"]
    assert "release" in error["cure"]


def test_looking_makes_no_database(tmp_path: Path) -> None:
    nothing = Operator(tmp_path)
    for command in (["doctor"], ["person", "list"], ["db", "check"]):
        assert nothing.types(*command).returncode == 1
    assert not (tmp_path / "yufu.db").exists()


def test_a_database_that_holds_people_and_forgot_its_keys_is_bound_to_none(operator: Operator) -> None:
    assert operator.types("demo", "seed", "--folder", str(operator.folder)).returncode == 0
    with database_of(operator) as database:
        database.execute("DELETE FROM key_checks")
    error = failure_of(operator.types("serve", "--json"))
    assert "people" in error["what"]
    with database_of(operator) as database:
        assert database.execute("SELECT count(*) FROM key_checks").fetchone() == (0,)


def test_options_beside_a_file_are_refused_instead_of_ignored(operator: Operator) -> None:
    metadata = json.dumps({"client_name": "Shop", "redirect_uris": ["https://shop.example/cb"]})
    beside = operator.types("client", "add", "--scope", "openid", "--json", "-", given=metadata)
    assert beside.returncode == 2
    assert "--scope" in beside.stderr
    fine = operator.types("client", "add", "--client-id", "shop", "--json", "-", given=metadata)
    assert json.loads(fine.stdout)["client_id"] == "shop"


@pytest.mark.parametrize("client_id", ["", "two words", "商店", "x" * 129, "a\nb"])
def test_an_id_that_no_request_could_carry_is_refused(operator: Operator, client_id: str) -> None:
    done = operator.types("client", "add", "Shop", "--redirect-uri", "https://a.example/", "--client-id", client_id)
    assert done.returncode == 2


def added(operator: Operator) -> dict[str, Any]:
    options = ["--redirect-uri", "https://shop.example/cb", "--client-id", "shop"]
    site: dict[str, Any] = json.loads(operator.types("client", "add", "Shop", *options, "--json").stdout)
    return site


def test_a_site_can_be_turned_away_and_is_still_found(operator: Operator) -> None:
    added(operator)
    stopped = operator.types("client", "disable", "shop", given="n\n")
    assert stopped.returncode == 1
    assert json.loads(operator.types("client", "list", "--json").stdout)[0]["status"] == "active"
    assert operator.types("client", "disable", "shop", "--yes").returncode == 0
    assert json.loads(operator.types("client", "show", "shop", "--json").stdout)["status"] == "disabled"
    assert json.loads(operator.types("client", "list", "--json").stdout)[0]["status"] == "disabled"


def test_a_secret_can_be_replaced_and_is_shown_once(operator: Operator) -> None:
    first = added(operator)["client_secret"]
    second = json.loads(operator.types("client", "secret", "shop", "--yes", "--json").stdout)["client_secret"]
    assert first != second
    shown = operator.types("client", "show", "shop").stdout
    assert first not in shown
    assert second not in shown


def test_doctor_finds_what_was_left_behind_and_what_is_overdue(operator: Operator) -> None:
    checks = {each["check"]: each for each in json.loads(operator.types("doctor", "--json").stdout)["checks"]}
    assert all(each["ok"] for each in checks.values())
    assert "offline" in checks["offline keys"]["finding"]
    assert set(checks) >= {"settings", "keys", "database", "gateways", "offline keys", "rotation", "key set"}


def test_seeding_again_puts_both_sites_registrations_right_and_keeps_their_credentials(operator: Operator) -> None:
    seed = ["demo", "seed", "--folder", str(operator.folder)]
    assert operator.types(*seed).returncode == 0
    secret = (operator.folder / "shop.secret").read_text(encoding="utf-8")
    with database_of(operator) as database:
        before = dict(database.execute("SELECT client_id, document FROM clients").fetchall())
        hashes = dict(database.execute("SELECT client_id, secret_hash FROM clients").fetchall())
        database.execute("""UPDATE clients SET document = replace(document, 'localhost', 'elsewhere.example')""")
    assert operator.types(*seed).returncode == 0
    with database_of(operator) as database:
        assert dict(database.execute("SELECT client_id, document FROM clients").fetchall()) == before
        assert dict(database.execute("SELECT client_id, secret_hash FROM clients").fetchall()) == hashes
    assert (operator.folder / "shop.secret").read_text(encoding="utf-8") == secret


def test_purge_says_what_went(operator: Operator) -> None:
    gone = json.loads(operator.types("purge", "--json").stdout)["gone"]
    assert gone["grants"] == 0
    assert re.match(r"0 rows went", operator.types("purge").stdout)
