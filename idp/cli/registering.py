"""What registering a site and changing it have in common: the file, the operator's rules, the secret and the logo."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any, TypeVar

import click

from clients.client import SECRET_METHODS
from clients.metadata import InvalidClientMetadata, MetadataPolicy, validate
from clients.secret import generate_secret
from idp.cli import environment
from idp.cli.output import Failure
from idp.oidc import sector_document
from idp.oidc.claims import SCOPES
from keys.jws import STRICT_JSON

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clients.client import Client, Registration
    from idp.settings import Settings

F = TypeVar("F", bound="Callable[..., Any]")


def json_with_file(words: str) -> Callable[[F], F]:
    """Give a command ``--json [FILE]``: None without it, an empty text where no FILE is named."""
    return click.option("--json", "document", is_flag=False, flag_value="", metavar="[FILE]", help=words)


def from_file(name: str) -> dict[str, Any]:
    """Read client metadata, from standard input for ``-``. A member that is there twice is a fault, not a riddle."""
    try:
        with click.open_file(name, "rb") as file:
            members = json.loads(file.read(), **STRICT_JSON)
    except OSError as unreadable:
        cure = "Name a file that we may read. --json takes the word after it for one: for JSON alone, put it last."
        raise Failure(f"{name} cannot be read: {unreadable.strerror}", cure) from unreadable
    except (ValueError, RecursionError) as malformed:
        raise _no_metadata(name, f": {malformed}") from malformed
    if not isinstance(members, dict):
        raise _no_metadata(name)
    return members


def policy(chosen: Settings, *, sector: str | None = None) -> MetadataPolicy:
    """Return what an operator may register here."""
    from idp import services

    return MetadataPolicy(
        scopes=tuple(SCOPES),
        signing_algorithms=environment.keyring(chosen).algorithms,
        certificate_methods=services.certificates_of(chosen).methods,
        loopback=not chosen.production,
        sector=sector,
        without_pkce=True,
        implicit=chosen.oidc.certification_profile,
        by_operator=True,
        sector_document=sector_document.reader(services.build_outbound(chosen)),
    )


def issue(
    metadata: Mapping[str, object], chosen: Settings, *, client_id: str | None = None, sector: str | None = None
) -> tuple[Client, str | None]:
    """Validate metadata and issue an id and, where the method needs one, a secret."""
    try:
        registration = validate(metadata, policy=policy(chosen, sector=sector))
    except InvalidClientMetadata as invalid:
        raise refused(invalid) from invalid
    return with_secret(registration, client_id=client_id or secrets.token_urlsafe(12))


def with_secret(registration: Registration, *, client_id: str, held: bytes | None = None) -> tuple[Client, str | None]:
    """Return the client, and a new secret if its method needs one and it holds none (``held`` is its hash)."""
    if registration.token_endpoint_auth_method not in SECRET_METHODS:
        return registration.issued(client_id=client_id), None
    if held is not None:
        return registration.issued(client_id=client_id, secret_hash=held), None
    secret = generate_secret()
    return registration.issued(client_id=client_id, secret_hash=secret.digest), secret.reveal()


def refused(invalid: InvalidClientMetadata) -> Failure:
    """Put every fault of metadata into words."""
    faults = "\n     ".join(f"{field}: {words}" for field, words in invalid.faults)
    return Failure(f"this metadata cannot be registered ({invalid.error}):\n     {faults}", "Mend each and try again.")


def resource_taken() -> Failure:
    """Say that a resource is another client's."""
    return Failure("another client answers to one of these resources already", "Name other resources.")


def unknown(client_id: str) -> Failure:
    """Say that there is no such client."""
    return Failure(f"there is no client {client_id}", "`idp client list` shows those there are.")


def fetch_logo(registered: Client, chosen: Settings) -> None:
    """Fetch a site's logo, or forget the one it no longer has."""
    from idp import services
    from idp.oidc.logos import Logos

    with environment.database(chosen) as database:
        Logos(database, services.build_outbound(chosen)).refresh(registered, now=environment.now())


def describe(registered: Client) -> dict[str, object]:
    """Return a client as its registration response would (RFC 7591 §3.2.1), without credentials."""
    return {"client_id": registered.client_id, "sector": registered.sector, **registered.to_metadata()}


def warn_of_secret() -> None:
    """Say on standard error that the secret above will not be seen again."""
    click.echo("Keep the secret now: it is shown this once.", err=True)


def _no_metadata(name: str, why: str = "") -> Failure:
    return Failure(f"{name} is not a JSON object{why}", "Mend it: OpenID client metadata.")
