"""oidcc-server-rotate-keys: an operator turns the keys under a running provider, and sites lose nothing by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.jwk import KeySet

import keys
from idp.keyholder import LOOK_EVERY, Keyholder
from keys.rotation import LEAD
from tests import house as building
from tests.house import ISSUER, House

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

URL = "memory:turned-under-a-provider"


def published(house: House) -> dict[str, dict[str, Any]]:
    found = house.browser().get("/jwks", base_url=ISSUER).get_json()["keys"]
    return {key["kid"]: key for key in found}


def kid_of(house: House, token: str) -> str:
    """Verify an ID token with what is published now, and return which key signed it."""
    known = KeySet.import_key_set({"keys": list(published(house).values())})
    return str(jwt.decode(token, known, algorithms=["ES256"]).header["kid"])


def test_a_new_key_signs_and_the_old_one_is_still_published(tmp_path: Path, now: datetime) -> None:
    seconds = [0.0]
    ring = keys.create_keyring(URL, now=now, algorithms=["ES256"])
    house = building.build(tmp_path, Keyholder(ring, url=URL, clock=lambda: seconds[0]))
    site, person = house.site(), house.person()
    before, old = published(house), site.token(code=person.code_for(site)).get_json()["id_token"]
    signed_before = kid_of(house, old)
    keys.rotate_keyring(URL, now=now + LEAD)
    seconds[0] += LOOK_EVERY
    after = published(house)
    (added,) = after.keys() - before.keys()
    assert after[added]["x"] not in {key["x"] for key in before.values()}
    assert before.keys() <= after.keys()
    new = site.token(code=person.code_for(site)).get_json()["id_token"]
    assert kid_of(house, new) != signed_before
    assert kid_of(house, old) == signed_before
    house.services.database.close()
