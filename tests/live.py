"""A provider as it ships: `idp` in processes of its own, in a folder of its own, on a port of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[1]
PATIENCE = 40.0


def free_port() -> int:
    """Return a port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Provider:
    """A running provider. ``environment`` is what its commands run under."""

    port: int
    folder: Path
    environment: dict[str, str] = field(repr=False)

    @property
    def issuer(self) -> str:
        """Its address."""
        return f"http://localhost:{self.port}"

    def idp(self, *arguments: str, given: str = "") -> str:
        """Run the operators' command and return what it printed; fails the test if it failed."""
        return run([*IDP, *arguments], self.environment, cwd=self.folder, given=given)

    def add_client(self, **metadata: Any) -> dict[str, Any]:
        """Register a relying site by its metadata."""
        client_id = metadata.pop("client_id", None)
        naming = ["--client-id", client_id] if client_id else []
        answer: dict[str, Any] = json.loads(
            self.idp("client", "add", *naming, "--json", "-", given=json.dumps(metadata))
        )
        return answer


IDP = [sys.executable, "-m", "idp"]


def run(command: list[str], environment: Mapping[str, str], *, cwd: Path, given: str = "") -> str:
    """Run a command to its end and return its output; an exit code other than 0 fails with all it said."""
    done = subprocess.run(
        command, env=dict(environment), cwd=cwd, input=given, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def environment_for(folder: Path, *, port: int, **settings: str) -> dict[str, str]:
    """Return the environment of a provider that keeps everything in ``folder``."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
    return inherited | {
        "PYTHONPATH": str(ROOT),
        "IDP_ISSUER": f"http://localhost:{port}",
        "IDP_WEB__BIND": f"127.0.0.1:{port}",
        "IDP_DB__URL": f"sqlite:///{folder / 'yufu.db'}",
        "IDP_KEYS__URL": f"file:{folder / 'keys'}",
        "IDP_KEYS__OFFLINE": str(folder / "offline"),
        "IDP_DEMO__PEOPLE": "true",
        **settings,
    }


@contextmanager
def provider(folder: Path, **settings: str) -> Iterator[Provider]:
    """Set up a provider with demo people and run it until the block ends."""
    port = free_port()
    running = Provider(port, folder, environment_for(folder, port=port, **settings))
    running.idp("keys", "init")
    running.idp("db", "upgrade")
    running.idp("demo", "seed", "--folder", str(folder))
    with serving([*IDP, "serve"], running.environment, cwd=folder, address=f"{running.issuer}/healthz/live"):
        yield running


@dataclass
class Demo:
    """The provider and the two demo sites."""

    provider: Provider
    shop: str
    forum: str


@contextmanager
def demo(folder: Path) -> Iterator[Demo]:
    """Run the provider and both demo sites, all as they ship, until the block ends."""
    ports = {"SHOP": free_port(), "FORUM": free_port()}
    shop, forum = (f"http://localhost:{port}" for port in ports.values())
    with provider(folder, IDP_DEMO__SITES=f"{shop},{forum}") as running, ExitStack() as servers:
        for name, own, other in (("SHOP", shop, forum), ("FORUM", forum, shop)):
            environment = running.environment | {
                f"{name}_ISSUER": running.issuer,
                f"{name}_BASE": own,
                f"{name}_PARTNER": other,
                f"{name}_FOLDER": str(folder),
                "SHOP_CLIENT_SECRET_FILE": str(folder / "shop.secret"),
            }
            command = [sys.executable, "-m", f"clients.demo.{name.lower()}", "--port", str(ports[name])]
            servers.enter_context(serving(command, environment, cwd=folder, address=own))
        yield Demo(running, shop, forum)


@contextmanager
def serving(command: list[str], environment: Mapping[str, str], *, cwd: Path, address: str) -> Iterator[None]:
    """Run a server until the block ends; the block starts once ``address`` answers."""
    log = cwd / f"{Path(command[-1]).name}-{free_port()}.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, env=dict(environment), cwd=cwd, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            wait_for(address, server, log)
            yield
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(timeout=15)
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)  # a worker that outlived it, or all of a server that hangs
            server.wait()


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return once ``address`` answers."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert server.poll() is None, f"the server ended:\n{log.read_text()}"
        try:
            requests.get(address, timeout=2)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{address} does not answer:\n{log.read_text()}")
