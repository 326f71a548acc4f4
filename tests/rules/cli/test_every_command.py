"""Every command speaks JSON when asked, fails in words with a cure, and none shows a traceback."""

from __future__ import annotations

import json
import re
import shutil
import socket
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from click import Command, Context, Group

from idp.cli import idp
from tests.command_line import Operator, checks_of, failure_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARGUMENTS: dict[str, list[str]] = {
    "client add": ["Corner Shop", "--redirect-uri", "https://shop.example/callback"],
    "client change": ["shop", "-"],
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
    "client change",
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
    for command in ("client", "person", "outbox"):
        error = failure_of(operator.types(command, "list", "--page", "99", "--json"))
        assert "no page 99" in error["what"]
        assert "--page 1" in error["cure"]


def test_a_page_no_database_could_count_to_is_wrong_usage(operator: Operator) -> None:
    assert operator.types("client", "list", "--page", "9" * 30).returncode == 2


@pytest.mark.parametrize("name", sorted(commands()))
def test_an_argument_that_is_no_text_is_wrong_usage(operator: Operator, name: str) -> None:
    failure_of(operator.types(*name.split(), "\udcff", "--json"), code=2)


@pytest.mark.parametrize("words", [["nonsense"], ["client", "nonsense"], ["client", "show"], ["client", "list", "-x"]])
def test_wrong_usage_is_json_too_where_json_is_asked_for(operator: Operator, words: list[str]) -> None:
    assert failure_of(operator.types(*words, "--json"), code=2)["cure"]


def test_json_may_be_asked_for_with_the_file_in_one_word(operator: Operator) -> None:
    assert failure_of(operator.types("client", "add", "--json=absent.json"))["cure"]


@pytest.mark.parametrize("words", [["client", "disable", "shop"], ["client", "secret", "shop"]])
def test_programs_are_not_asked_but_told_to_decide(operator: Operator, words: list[str]) -> None:
    added(operator)
    error = failure_of(operator.types(*words, "--json", given="y\n"), code=2)
    assert "--yes" in error["what"]
    assert json.loads(operator.types("client", "show", "shop", "--json").stdout)["status"] == "active"


def test_an_emergency_rotation_does_not_ask_programs(operator: Operator) -> None:
    before = operator.types("keys", "list", "--json").stdout
    assert operator.types("keys", "rotate", "--emergency", "--json", given="y\n").returncode == 2
    assert operator.types("keys", "list", "--json").stdout == before


def test_a_rotation_that_turns_nothing_is_no_event(operator: Operator) -> None:
    events: list[int] = []
    for words in ([], ["--emergency", "--yes"], []):
        assert operator.types("keys", "rotate", *words).returncode == 0
        with closing(sqlite3.connect(operator.folder / "yufu.db")) as database:
            kept = database.execute("SELECT count(*) FROM audit WHERE kind = 'keys_rotated'")
            events.append(kept.fetchone()[0])
    assert events == [0, 1, 1]


@pytest.mark.parametrize("name", ["list", "rotate"])
def test_keys_that_are_not_there_are_told_with_a_cure(operator: Operator, name: str) -> None:
    shutil.rmtree(operator.folder / "keys")
    assert "idp keys init" in failure_of(operator.types("keys", name, "--json"))["cure"]


def test_a_place_where_no_database_can_be_made_is_told(operator: Operator) -> None:
    (operator.folder / "file").touch()
    operator.environment["IDP_DB__URL"] = f"sqlite:///{operator.folder / 'file' / 'yufu.db'}"
    assert "file" in failure_of(operator.types("db", "upgrade", "--json"))["what"]


def test_a_place_where_no_credentials_can_be_kept_is_told(operator: Operator) -> None:
    (operator.folder / "file").touch()
    assert failure_of(operator.types("demo", "seed", "--folder", "file", "--json"))["cure"]


@pytest.mark.parametrize("bind", ["", "nonsense", "127.0.0.1:0", "127.0.0.1:70000", "no.such.host.example.:9000:1"])
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
    assert "key_checks" in error["cure"]
    checks = checks_of(operator)
    assert not checks["keys fit the database"]["ok"]
    assert "key_checks" in checks["keys fit the database"]["cure"]
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
    for again in ("disable", "secret"):
        assert "disabled" in failure_of(operator.types("client", again, "shop", "--yes", "--json"))["what"]
    assert json.loads(operator.types("client", "show", "shop", "--json").stdout)["status"] == "disabled"
    assert json.loads(operator.types("client", "list", "--json").stdout)[0]["status"] == "disabled"


def test_a_secret_can_be_replaced_and_is_shown_once(operator: Operator) -> None:
    first = added(operator)["client_secret"]
    second = json.loads(operator.types("client", "secret", "shop", "--yes", "--json").stdout)["client_secret"]
    assert first != second
    shown = operator.types("client", "show", "shop").stdout
    assert first not in shown
    assert second not in shown


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
