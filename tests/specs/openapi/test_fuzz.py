"""schemathesis writes requests from the description: none is a fault of ours, none is answered as is not described.

It draws them from the published document, forms with everything missing and twisted among them. Half of them name a
client that exists and prove it, so that they come past the first check. The draws are the same in every run.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from idp.oidc.grants import GRANT_TYPES
from idp.settings.shape import RegistrationSettings
from idp.web import openapi
from idp.web.answers import JSON
from idp.web.endpoints import ENDPOINTS
from tests import house as building
from tests.house import ISSUER, House
from tests.registering import Registered, invite, register

if TYPE_CHECKING:
    from collections.abc import Iterator

    import keys

GRANTS = [name for name in GRANT_TYPES if name != "implicit"]
OWN = ("GET", "PUT")
"""Methods that leave a registration where it is; a site's own is named to them."""
OPERATIONS = [(endpoint.path, method) for endpoint in ENDPOINTS for method in endpoint.methods]
HELD = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
DRAWS = 12
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, keyring: keys.Keyring) -> Iterator[House]:
    """One provider for all of them."""
    built = building.build(tmp_path_factory.mktemp("fuzz"), keyring, registration=RegistrationSettings(open=True))
    yield built
    built.services.database.close()


@pytest.fixture(scope="module")
def described(house: House) -> Any:
    """The document as it is served, and the application to ask."""
    served = house.browser().get("/openapi.json", base_url=ISSUER)
    schema = schemathesis.openapi.from_dict(json.loads(served.data), config=schemathesis.Config())
    schema.app = house.app
    return schema


@pytest.fixture(scope="module")
def registered(house: House) -> Registered:
    """A site that looks after its own registration."""
    return register(house)


@pytest.fixture(scope="module")
def credentials(house: House, registered: Registered) -> dict[str, str]:
    """What gets past the first check, by the scheme that asks for it."""
    site = house.site("fuzzed", grant_types=GRANTS)
    access = site.token(code=house.person().code_for(site)).get_json()["access_token"]
    return {
        "client": site.basic(),
        "access_token": f"Bearer {access}",
        "initial_access_token": f"Bearer {invite(house)}",
        "registration_access_token": f"Bearer {registered.token}",
    }


def twistable(operation: openapi.Operation) -> bool:
    """Tell whether a request can be wrong in the description's own terms: where all is optional text, none can."""
    bodies = (operation.body or {}).get("content", {}).values()
    needed = any(each["schema"].get("required") for each in bodies) or any(each["required"] for each in operation.query)
    return needed or JSON in (operation.body or {}).get("content", {})


CASES = [
    (mode, path, method)
    for mode in MODES
    for path, method in OPERATIONS
    if mode is MODES[0] or twistable(openapi.operations()[path, method])
]


@pytest.mark.parametrize(("mode", "path", "method"), CASES)
def test_nothing_is_answered_as_is_not_described(
    described: Any,
    credentials: dict[str, str],
    registered: Registered,
    mode: schemathesis.GenerationMode,
    path: str,
    method: str,
) -> None:
    operation = described[path][method]
    schemes = [name for each in openapi.operations()[path, method].security for name in each]
    known = [None, *(credentials[name] for name in schemes if name in credentials)]
    own = {"query": {"client_id": registered.answer["client_id"]}} if path == "/register" and method in OWN else {}

    @seed(20261125)
    @settings(
        max_examples=DRAWS,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode, **own), st.sampled_from(known))
    def ask(case: Any, authorization: str | None) -> None:
        headers = {"Authorization": authorization} if authorization is not None else {}
        case.call_and_validate(base_url=ISSUER, headers=headers, checks=HELD)

    ask()
