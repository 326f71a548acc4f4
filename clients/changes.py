"""A change that an operator makes to a registration: a JSON Merge Patch (RFC 7396) over what is registered.

The whole is judged anew, as if it had come at once. The sector stays, as it does when a client changes itself
(RFC 7592): it names the people's pseudonyms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from clients.members import Members
from clients.metadata import InvalidClientMetadata, validate
from clients.sector import is_host
from clients.sector_proof import sector_for

if TYPE_CHECKING:
    from clients.client import Client, Registration
    from clients.metadata import MetadataPolicy

UNFELT = ("client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri", "contacts")
"""What people read: no request of a running site depends on it."""
GIFTS = (
    "backchannel_logout_uri",
    "frontchannel_logout_uri",
    "initiate_login_uri",
    "jwks_uri",
    "legal_basis",
    "sector_identifier_uri",
)
"""Members that, where there was none, only add to what a site has."""
DEMANDS = (
    "assurance_max_age_days",
    "default_max_age",
    "profile",
    "request_object_signing_alg",
    "require_assurance_level",
    "token_endpoint_auth_signing_alg",
)
"""Members that only demand something: whoever loses one loses nothing."""
_WORDS = {"scope": " ", "token_endpoint_auth_method": " or "}
"""Texts that are lists, and what is between their items."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A member that is not as it was; None stands for absent. Values are as a registration response tells them."""

    member: str
    old: Any
    new: Any

    @property
    def lost(self) -> list[object]:
        """What a list, or words, no longer hold."""
        return [each for each in _items(self.member, self.old) if each not in _items(self.member, self.new)]

    @property
    def takes(self) -> bool:
        """Whether a site that works now may miss something afterwards, or be asked for more."""
        if self.member.partition("#")[0] in UNFELT:
            return False
        if isinstance(self.old or self.new, list | Mapping) or self.member in _WORDS:
            return bool(self.lost)
        if isinstance(self.new, bool):
            return self.new
        return not (self.new is None and self.member in DEMANDS) and not (self.old is None and self.member in GIFTS)


def changed(
    before: Client, patch: Mapping[str, object], *, policy: MetadataPolicy, sector: str | None = None
) -> Registration:
    """Return the registration that a patch makes; null takes a member back to its default.

    ``sector``: the one that the client has, said by an operator whose new addresses do not show it.
    Raises :class:`InvalidClientMetadata` with every fault found.
    """
    held = _as_sent(before)
    wanted = _merged(held, patch)
    faults = _fixed(before, patch)
    if sector is not None and sector != before.sector:
        faults.append(("sector", "never changes: people would be strangers at the site"))
    if sector is not None or _is_settled(before, held, wanted, policy):
        policy = replace(policy, sector=before.sector)
    try:
        registration = validate(wanted, policy=policy)
    except InvalidClientMetadata as invalid:
        raise InvalidClientMetadata((*faults, *invalid.faults)) from invalid
    if registration.sector != before.sector:
        faults.append(("sector", "would become another by these addresses, and never changes"))
    if faults:
        raise InvalidClientMetadata(tuple(faults))
    return registration


def differences(before: Registration, after: Registration) -> list[Difference]:
    """Return what is told otherwise of two registrations, defaults too."""
    old, new = _as_told(before), _as_told(after)
    both = dict.fromkeys((*old, *new))
    return [Difference(each, old.get(each), new.get(each)) for each in both if old.get(each) != new.get(each)]


def _as_sent(client: Client) -> dict[str, object]:
    """Give what somebody would send to register the same again."""
    members = client.to_metadata() | {"scope": " ".join(client.scopes)}
    if not members.pop("either_secret_method", False):
        members["token_endpoint_auth_method"] = client.token_endpoint_auth_method
    if client.name == client.sector:
        del members["client_name"]
    return members


def _as_told(registration: Registration) -> dict[str, object]:
    return registration.to_response() | {"token_endpoint_auth_method": " or ".join(registration.authentication_methods)}


def _merged(target: object, patch: Mapping[str, object]) -> dict[str, object]:
    """RFC 7396 §2."""
    result: dict[str, object] = dict(target) if isinstance(target, Mapping) else {}
    for member, value in patch.items():
        if value is None:
            result.pop(member, None)
        else:
            result[member] = _merged(result.get(member), value) if isinstance(value, Mapping) else value
    return result


def _fixed(before: Client, patch: Mapping[str, object]) -> list[tuple[str, str]]:
    """What is no metadata would be passed over; where it means a change, its sender has to know that there is none."""
    faults = []
    if patch.get("client_id", before.client_id) != before.client_id:
        faults.append(("client_id", "never changes"))
    if patch.get("sector", before.sector) != before.sector:
        faults.append(("sector", "never changes: people would be strangers at the site"))
    if "client_secret" in patch:
        faults.append(("client_secret", "is made here: have a new one issued"))
    return faults


def _is_settled(
    before: Client, held: Mapping[str, object], wanted: Mapping[str, object], policy: MetadataPolicy
) -> bool:
    """Tell whether the sector need not be shown anew.

    Either an operator named it, and the addresses never showed it; or no address is new: what is withdrawn shows
    nothing, and a site must not be able to hinder its operator by taking its sector document away.
    """
    if not is_host(before.sector):
        return False  # a loopback host with its port, which is no name that could be said
    if sector_for(Members(held), before.redirect_uris, policy) != before.sector:
        return True
    showing: tuple[str, ...] = ("redirect_uris", "sector_identifier_uri")
    if not wanted.get("redirect_uris"):
        showing += ("resources", "client_uri")
    return not any(each not in _listed(held.get(member)) for member in showing for each in _listed(wanted.get(member)))


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def _items(member: str, value: Any) -> list[object]:
    if member in _WORDS:
        return list(str(value).split(_WORDS[member]))
    if isinstance(value, Mapping):  # a key set
        return list(value["keys"])
    return _listed(value)
