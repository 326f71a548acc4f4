"""A site's own configuration, from its environment: ``SHOP_ISSUER``, ``FORUM_CLIENT_ID`` and so on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Misconfigured(Exception):
    """The site cannot start; the text names the variable and the cure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """Where the site and the others are, and who it is to the provider."""

    issuer: str
    """``*_ISSUER``: the provider, as it calls itself. Default ``http://localhost:9000``."""
    client_id: str
    """``*_CLIENT_ID``: given at registration."""
    client_secret: str = field(default="", repr=False)
    """``*_CLIENT_SECRET``, or the file named by ``*_CLIENT_SECRET_FILE``."""
    base: str
    """``*_BASE``: the site's own address. Default ``http://localhost:`` and the port."""
    partner: str
    """``*_PARTNER``: the other site, to compare notes with. Only where all three are on this machine."""
    folder: Path
    """``*_FOLDER``: where the site keeps its things. Default: the current directory."""

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends people back to."""
        return f"{self.base}/callback"

    @property
    def compares_notes(self) -> bool:
        """Whether this is the demonstration, in which the sites show each other what they have."""
        return all(urlsplit(url).hostname in LOOPBACK for url in (self.issuer, self.base, self.partner))


def read(prefix: str, environ: Mapping[str, str], *, client_id: str, port: int, partner_port: int) -> SiteSettings:
    """Read the variables that begin with ``prefix``. Raises :class:`Misconfigured`."""
    return SiteSettings(
        issuer=environ.get(f"{prefix}_ISSUER", "http://localhost:9000").rstrip("/"),
        client_id=environ.get(f"{prefix}_CLIENT_ID", client_id),
        client_secret=_secret(f"{prefix}_CLIENT_SECRET", environ),
        base=environ.get(f"{prefix}_BASE", f"http://localhost:{port}").rstrip("/"),
        partner=environ.get(f"{prefix}_PARTNER", f"http://localhost:{partner_port}").rstrip("/"),
        folder=Path(environ.get(f"{prefix}_FOLDER", ".")),
    )


def _secret(name: str, environ: Mapping[str, str]) -> str:
    file = environ.get(f"{name}_FILE")
    if file is None:
        return environ.get(name, "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Misconfigured(f"{name}_FILE names {file}, which cannot be read: {error.strerror}") from error
