"""An operator changes what a site is registered with, and is told of everything that is wrong, or lost, beforehand."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from contextlib import closing
from io import BytesIO
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from PIL import Image

import keys
from clients.secret import generate_secret
from idp import settings
from idp.app import create_app
from idp.keyholder import Keyholder
from tests.command_line import Done, Operator, failure_of

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.laboratory import Laboratory

CALLBACK, OTHER = "https://shop.example/cb", "https://shop.example/other"
API = "https://api.example/orders"
SITE: dict[str, Any] = {"client_name": "Shop", "redirect_uris": [CALLBACK, OTHER]}
APP = {"redirect_uris": ["example.notes:/cb"], "application_type": "native", "token_endpoint_auth_method": "none"}
ITS_OWN: dict[str, Any] = {"grant_types": ["client_credentials"], "response_types": []}


def add(operator: Operator, client_id: str = "shop", *options: str, **metadata: Any) -> dict[str, Any]:
    words = ["client", "add", "--client-id", client_id, *options, "--json", "-"]
    done = operator.types(*words, given=json.dumps(metadata or SITE))
    assert done.returncode == 0, done.stderr
    added: dict[str, Any] = json.loads(done.stdout)
    return added


def change(operator: Operator, members: object, *options: str, client_id: str = "shop") -> Done:
    given = members if isinstance(members, str) else json.dumps(members)
    return operator.types("client", "change", client_id, *options, "--json", "-", given=given)


def changed(operator: Operator, members: object, *options: str, client_id: str = "shop") -> dict[str, Any]:
    done = change(operator, members, "--yes", *options, client_id=client_id)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def in_words(operator: Operator, members: object, *options: str, answers: str = "") -> Done:
    file = operator.folder / "change.json"
    file.write_text(json.dumps(members), encoding="utf-8")
    return operator.types("client", "change", "shop", str(file), *options, given=answers)


def shown(operator: Operator, client_id: str = "shop") -> dict[str, Any]:
    site: dict[str, Any] = json.loads(operator.types("client", "show", client_id, "--json").stdout)
    return site


def kept(operator: Operator, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(operator.folder / "yufu.db")) as database:
        found: list[tuple[Any, ...]] = database.execute(query).fetchall()
        return found


def row(operator: Operator) -> tuple[Any, ...]:
    return kept(operator, "SELECT * FROM clients")[0]


def browser(operator: Operator) -> FlaskClient:
    """Somebody who calls the provider that the operator looks after."""
    with patch.dict(os.environ, operator.environment, clear=True):
        chosen = settings.load(os.environ)
    app = create_app(chosen, Keyholder(keys.open_keyring(chosen.keys.url), url=chosen.keys.url))
    return app.test_client()


def test_members_are_merged_over_what_is_registered_and_null_is_the_default(operator: Operator) -> None:
    """RFC 7396 §2."""
    add(operator, **SITE, policy_uri="https://shop.example/privacy", require_pkce=False, scope="openid verified")
    answer = changed(operator, {"legal_basis": "Act 7", "require_pkce": None, "scope": None})
    assert answer == shown(operator)
    assert (answer["legal_basis"], answer["policy_uri"]) == ("Act 7", "https://shop.example/privacy")
    assert "require_pkce" not in answer
    assert answer["scope"] == "openid profile"
    assert (answer["client_name"], answer["redirect_uris"]) == ("Shop", [CALLBACK, OTHER])


def test_words_tell_what_changed_and_when_it_is_in_effect(operator: Operator) -> None:
    add(operator)
    done = in_words(operator, {"allowed_resources": [API], "require_pkce": False})
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.splitlines()) == {
        "require_pkce: true → false",
        f'allowed_resources: none → ["{API}"]',
        "In effect within 5 seconds.",
    }


def test_what_is_shown_handed_back_changes_nothing_and_is_no_event(operator: Operator) -> None:
    add(operator)
    before = row(operator)
    assert changed(operator, shown(operator)) == shown(operator)
    assert "already" in in_words(operator, {}).stdout
    assert row(operator) == before
    assert kept(operator, "SELECT kind FROM audit WHERE kind = 'client_changed'") == []


def test_a_change_is_in_the_trail_by_the_clients_id_alone(operator: Operator) -> None:
    add(operator)
    changed(operator, {"legal_basis": "Act 7"})
    (event,) = kept(operator, "SELECT * FROM audit WHERE kind = 'client_changed'")
    assert "shop" in str(event)
    assert "Act 7" not in str(event)


def test_every_fault_is_told_at_once_and_nothing_changes(operator: Operator) -> None:
    add(operator)
    before = row(operator)
    wrong = {"redirect_uris": ["http://shop.example/"], "require_pkce": 1, "client_id": "x", "legal_basis": "Act 7"}
    told = failure_of(change(operator, wrong | {"sector": "x.example", "client_secret": "x"}, "--yes"))["what"]
    for member in ("redirect_uris", "require_pkce", "client_id", "sector", "client_secret"):
        assert f"{member}: " in told
    assert row(operator) == before


def test_what_is_right_alone_is_judged_beside_what_is_registered(operator: Operator) -> None:
    add(operator, **SITE, require_pkce=False)
    told = failure_of(change(operator, {"token_endpoint_auth_method": "none"}, "--yes"))["what"]
    assert "require_pkce: " in told


def test_what_cannot_be_read_is_told(operator: Operator) -> None:
    add(operator)
    before = row(operator)
    for given in ("", "[]", "null", "{", '{"default_max_age": NaN}', '{"a":' * 5000 + "1" + "}" * 5000):
        assert "not a JSON object" in failure_of(change(operator, given, "--yes"))["what"]
    assert "twice" in failure_of(change(operator, '{"scope": "openid", "scope": "openid profile"}'))["what"]
    assert "jwks: " in failure_of(change(operator, '{"jwks":' * 200 + "1" + "}" * 200))["what"]
    assert row(operator) == before


def test_a_member_that_is_there_twice_is_refused_when_a_site_is_added(operator: Operator) -> None:
    twice = '{"redirect_uris": [], "redirect_uris": ["https://shop.example/cb"]}'
    assert "twice" in failure_of(operator.types("client", "add", "--json", "-", given=twice))["what"]


def test_a_client_or_a_file_that_is_not_there_is_told(operator: Operator) -> None:
    assert "no client nobody" in failure_of(change(operator, {}, client_id="nobody"))["what"]
    assert "absent" in failure_of(operator.types("client", "change", "shop", "--json", "absent"))["what"]
    for words in ([], ["a.json", "--json=b.json"]):
        assert operator.types("client", "change", "shop", *words).returncode == 2


def test_what_a_running_site_may_miss_is_asked_first(operator: Operator) -> None:
    add(operator)
    before = row(operator)
    members = {"redirect_uris": [CALLBACK], "scope": "openid", "require_verified": True, "legal_basis": "Act 7"}
    asked = in_words(operator, members, answers="n\n")
    assert asked.returncode == 1
    for missed in (OTHER, "profile", "require_verified"):
        assert missed in asked.stderr
    assert "legal_basis" not in asked.stderr
    assert "--yes" in failure_of(change(operator, members), code=2)["what"]
    assert row(operator) == before
    assert in_words(operator, members, answers="y\n").returncode == 0
    assert shown(operator)["redirect_uris"] == [CALLBACK]


def test_what_nobody_misses_is_not_asked(operator: Operator) -> None:
    add(operator)
    assert change(operator, {"client_name": "Corner Shop", "legal_basis": "Act 7"}).returncode == 0
    assert shown(operator)["client_name"] == "Corner Shop"


def test_the_sector_never_changes(operator: Operator) -> None:
    add(operator)
    moved = {"redirect_uris": ["https://elsewhere.example/cb"]}
    assert "sector: " in failure_of(change(operator, moved, "--yes"))["what"]
    assert "sector: " in failure_of(change(operator, moved, "--yes", "--sector", "elsewhere.example"))["what"]
    assert shown(operator)["redirect_uris"] == [CALLBACK, OTHER]
    assert changed(operator, moved, "--sector", "shop.example")["sector"] == "shop.example"
    assert changed(operator, {"redirect_uris": ["https://third.example/"]})["sector"] == "shop.example"


def test_a_sector_that_the_operator_named_stays(operator: Operator) -> None:
    add(operator, "shop", "--sector", "notes.example", **APP)
    answer = changed(operator, {"redirect_uris": ["example.notes:/new", "https://app.example/cb"]})
    assert (answer["sector"], answer["redirect_uris"][0]) == ("notes.example", "example.notes:/new")


def test_a_secret_is_issued_kept_and_ended_as_the_method_wants(operator: Operator) -> None:
    first = add(operator)["client_secret"]
    assert "client_secret" not in changed(operator, {"token_endpoint_auth_method": "client_secret_post"})
    assert secret_hash(operator) == hashlib.sha256(first.encode()).digest()
    assert "client_secret" not in changed(operator, {"token_endpoint_auth_method": "none"})
    assert secret_hash(operator) is None
    done = in_words(operator, {"token_endpoint_auth_method": "client_secret_basic"}, "--yes")
    (second,) = [line for line in done.stdout.splitlines() if line.startswith("client_secret: ")]
    assert "once" in done.stderr
    assert secret_hash(operator) == hashlib.sha256(second.partition(": ")[2].encode()).digest()
    assert second.partition(": ")[2] not in operator.types("client", "show", "shop").stdout


def secret_hash(operator: Operator) -> bytes | None:
    ((found,),) = kept(operator, "SELECT secret_hash FROM clients")
    digest: bytes | None = found
    return digest


def test_a_site_that_registered_itself_keeps_its_token_and_what_the_operator_gave_it(operator: Operator) -> None:
    invited = json.loads(operator.types("client", "invite", "--label", "Spring", "--json").stdout)
    visitor = browser(operator)
    base = operator.environment["IDP_ISSUER"]
    bearer = {"Authorization": f"Bearer {invited['initial_access_token']}"}
    made = visitor.post("/register", base_url=base, json=SITE, headers=bearer).get_json()
    client_id = made["client_id"]
    changed(operator, {"allowed_resources": [API], "require_pkce": False}, client_id=client_id)
    own = {"headers": {"Authorization": f"Bearer {made['registration_access_token']}"}, "base_url": base}
    told = visitor.get(f"/register?client_id={client_id}", **own).get_json()
    assert (told["allowed_resources"], told["require_pkce"]) == ([API], False)
    ours = ("registration_access_token", "registration_client_uri")
    sent = {name: value for name, value in told.items() if name not in ours}
    again = visitor.put(f"/register?client_id={client_id}", json=sent, **own)
    assert again.status_code == 200, again.text
    assert shown(operator, client_id)["require_pkce"] is False


def test_a_site_that_is_turned_away_can_be_changed_and_stays_so(operator: Operator) -> None:
    add(operator)
    operator.types("client", "disable", "shop", "--yes")
    answer = changed(operator, {"legal_basis": "Act 7"})
    assert (answer["status"], answer["legal_basis"]) == ("disabled", "Act 7")
    assert "stays disabled" in in_words(operator, {"legal_basis": None}, "--yes").stdout
    assert shown(operator)["status"] == "disabled"


def test_a_resource_that_is_anothers_is_refused_and_one_given_up_is_free(operator: Operator) -> None:
    """What named the sector may go: nothing has to be shown for what is withdrawn."""
    add(operator, "shop", "--sector", "shop.example", **ITS_OWN)
    add(operator, "api", **ITS_OWN, resources=[API])
    assert "another client" in failure_of(change(operator, {"resources": [API]}))["what"]
    assert "resources" not in shown(operator)
    assert changed(operator, {"resources": None}, client_id="api")["sector"] == "api.example"
    assert changed(operator, {"resources": [API]})["resources"] == [API]


def test_a_logo_is_fetched_when_another_is_registered_and_goes_with_it(
    operator: Operator, laboratory: Laboratory
) -> None:
    operator.environment["IDP_OUTBOUND__ALLOWED_HOSTS"] = "127.0.0.1"
    written = BytesIO()
    Image.new("RGB", (64, 64), "red").save(written, "PNG")
    add(operator)
    for number in (1, 2):
        address = laboratory.publish(f"/logo-{number}", written.getvalue(), "image/png")
        changed(operator, {"logo_uri": address})
        changed(operator, {"client_uri": f"https://shop.example/{number}"})
        assert laboratory.asked.count(f"/logo-{number}") == 1
    assert len(kept(operator, "SELECT client_id FROM client_logos")) == 1
    changed(operator, {"logo_uri": None})
    assert kept(operator, "SELECT client_id FROM client_logos") == []


def test_an_api_is_given_and_withdrawn_at_the_token_endpoint(operator: Operator) -> None:
    """RFC 8707 §2: `invalid_target` where an operator has not named the API."""
    operator.environment["IDP_OIDC__CLIENT_CACHE_SECONDS"] = "0"
    add(operator, "api", "--sector", "api.example", **ITS_OWN, resources=[API])
    secret = add(operator, "shop", "--sector", "batch.example", **ITS_OWN)["client_secret"]
    visitor = browser(operator)

    def answer() -> dict[str, Any]:
        form = {"grant_type": "client_credentials", "resource": API, "client_id": "shop", "client_secret": secret}
        got: dict[str, Any] = visitor.post("/token", base_url=operator.environment["IDP_ISSUER"], data=form).get_json()
        return got

    assert answer()["error"] == "invalid_target"
    changed(operator, {"allowed_resources": [API]})
    assert answer()["access_token"].count(".") == 2
    changed(operator, {"allowed_resources": None})
    assert answer()["error"] == "invalid_target"


def test_a_change_of_what_was_changed_meanwhile_is_refused(operator: Operator) -> None:
    """The question may wait for hours; here somebody gives the site a new secret before it is answered."""
    add(operator)

    def somebody_else(*_: object, **__: object) -> None:
        with closing(sqlite3.connect(operator.folder / "yufu.db")) as database, database:
            database.execute("UPDATE clients SET secret_hash = ?", (generate_secret().digest,))

    with patch("idp.cli.client_change.confirm", somebody_else):
        done = change(operator, {"redirect_uris": [CALLBACK]})
    assert "meanwhile" in failure_of(done)["what"]
    assert shown(operator)["redirect_uris"] == [CALLBACK, OTHER]
