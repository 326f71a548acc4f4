"""A web worker imports nothing it does not need: memory and start-up are paid once per process."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.live import ROOT, environment_for, run

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {
    "alembic": "migrations are the command line's",
    "authlib": "registrations are judged by the command line",
    "granian": "the server loads the application, not the reverse",
    "idp.web.openapi": "loaded by the first who asks for the description",
    "jose": "it verifies nothing of ours",
    "PIL": "loaded by the first logo",
    "webauthn": "loaded by the first passkey ceremony",
}
LIST = """
import sys, os, keys
from idp import settings
from idp.app import create_app
from idp.keyholder import Keyholder
chosen = settings.load(os.environ)
create_app(chosen, Keyholder(keys.open_keyring(chosen.keys.url), url=chosen.keys.url))
print(*sorted({name.partition(".")[0] for name in sys.modules} | {"idp.web.openapi"} & sys.modules.keys()))
"""


def test_a_worker_is_light(tmp_path: Path) -> None:
    environment = environment_for(tmp_path, port=9000)
    run([sys.executable, "-m", "idp", "keys", "init"], environment, cwd=tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", LIST], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "flask" in loaded
    assert not loaded & set(HEAVY), {name: HEAVY[name] for name in loaded & set(HEAVY)}
