"""What the tests share: tools that may be absent, and a site of somebody else's making that is up and registered."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import playwright
import pytest

from tests.live import free_port, serving
from tests.walker import Walker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live import Provider
    from tests.walker import Page

HERE = Path(__file__).parent
NODE = Path(playwright.__file__).parent / "driver" / "node"
"""The Node that Playwright brings: the same on every machine, where a distribution's may be too old for the library."""
PACKAGES = HERE / "node_modules"
PYTHON = HERE / ".venv" / "bin" / "python"
"""An environment of the relying parties' own: what they need is not what the provider needs."""
NAME = "Quiet Heron"
SCOPE = "openid profile verified age"


def needs(*tools: str | Path) -> pytest.MarkDecorator:
    """Skip, saying which tool is missing; in CI a missing tool is a failure, for `./dev test` installs them all."""
    missing = [str(tool) for tool in tools if not (tool.exists() if isinstance(tool, Path) else shutil.which(tool))]
    absent = bool(missing) and not os.environ.get("CI")
    names = ", ".join(Path(tool).name for tool in missing)
    return pytest.mark.skipif(absent, reason=f"{names} is not installed; `./dev test` as root installs it")


@dataclass(frozen=True, slots=True)
class Site:
    """A relying site that is up. ``client`` is what registering it answered."""

    provider: Provider
    base: str
    client: dict[str, Any]

    def somebody(self) -> Walker:
        """A verified person in a browser of their own, signed in at the provider."""
        person = Walker(self.provider.issuer)
        person.sign_in_as("verified")
        return person

    def opened(self, person: Walker, path: str) -> Page:
        """The site's page that opening ``path`` ends at, after all the provider asked on the way."""
        return person.arrive(person.get(self.base + path), code_name=NAME)

    def is_signed_out(self, person: Walker) -> bool:
        """Whether the provider knows the person's browser no more."""
        page = person.get("/account")
        return not isinstance(page, str) and page.name == "sign-in"


def signed_in_by(provider: Provider, script: str, given: list[str], *, callback: str) -> dict[str, Any]:
    """Run a site that prints where a sign-in begins and, once told where the person came back, what it received."""
    command = [str(NODE), str(HERE / script), provider.issuer, *given]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE) as running:
        assert running.stdout is not None
        start = running.stdout.readline().strip()
        person = Walker(provider.issuer, stops=(callback,))
        person.sign_in_as("verified")
        back = person.settle(person.get(start), code_name=NAME)
        told, _ = running.communicate(back + "\n", timeout=30)
    received: dict[str, Any] = json.loads(told)
    return received


@contextmanager
def site(
    provider: Provider, folder: Path, script: str, *, callback: str, python: str | Path = PYTHON, **metadata: Any
) -> Iterator[Site]:
    """Register a site whose callback is at that path, and run ``script`` as that site until the block ends.

    It is given the issuer, the client's id and secret, its own address, and a secret of its own.
    """
    port = free_port()
    base = f"http://localhost:{port}"
    asked = {"client_name": script, "redirect_uris": [base + callback], "scope": SCOPE} | metadata
    if "post_logout_redirect_uris" in asked:
        asked["post_logout_redirect_uris"] = [base + path for path in asked["post_logout_redirect_uris"]]
    client = provider.add_client(**asked)
    program = NODE if script.endswith(".mjs") else python
    given = [provider.issuer, client["client_id"], client.get("client_secret", ""), base, secrets.token_hex(32)]
    command = [str(program), str(HERE / script), *given]
    with serving(command, provider.environment, cwd=folder, address=base):
        yield Site(provider, base, client)
