"""What the pages of verification show of a person's standing: two steps, and words instead of reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.domain.evidence import EvidenceKind, Method
from idp.domain.resident_id import ResidentIdWarning
from idp.proofing.method import Reason
from idp.web.i18n import gettext_noop as _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from idp.proofing.standing import Standing
    from idp.store.cases import Case

UNANSWERED_REGISTRY = _("The registry does not answer right now. Nothing is lost: please try again in a few minutes.")
UNANSWERED_BANK = _("The bank does not answer right now. Nothing is lost: please try again in a few minutes.")

PROBLEMS = {
    Reason.SANDBOX: _("Test numbers and real ones do not mix: this one is of the other kind."),
    Reason.TOO_YOUNG: _("Below the age of 14 a guardian has to agree, and we cannot ask one yet."),
    Reason.OTHER_IDENTITY: _("This account belongs to another resident number. One person has one number here."),
    # One text whether the name differs or the number is unknown, or the form would tell which numbers exist.
    Reason.NO_MATCH: _("The registry did not confirm this name with this number. Please check both."),
    Reason.ASK_REGISTRAR: _(
        "The registry cannot answer for this entry. If it is yours, the household registration office can put it "
        "right; take your identity card there."
    ),
    Reason.SUPERSEDED: _("This number has been replaced. Please use the one on your current identity card."),
    Reason.LOST_CARD: _("The identity card of this number counts as lost. Please come back with the new card."),
    Reason.HOLDER_DIFFERS: _("This is not the name that the registry confirmed. The account has to be in that name."),
    Reason.ACCOUNT_REFUSED: _(
        "The bank does not pay into this account in your name. It has to be open, and yours alone."
    ),
    Reason.CARD_TAKEN: _("This card cannot be used here. Please use another one of yours."),
    Reason.WRONG_AMOUNTS: _("These are not the two amounts. Please look at the statement again."),
}
WARNINGS = {
    ResidentIdWarning.UNKNOWN_REGION: _("We do not know the region this number begins with. Please compare it again."),
    ResidentIdWarning.HISTORIC_FORM: _("A number of 15 digits is from an old card; we have completed it to 18."),
}


@dataclass(frozen=True, slots=True)
class RegistryStep:
    """The first step: ``todo``, ``done``, ``failed``, ``lost`` to whoever proved control, or ``unavailable``."""

    state: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class DepositStep:
    """The second step: ``todo``, ``sent``, ``done``, ``failed`` because of a ``problem``, ``locked`` or ``expired``."""

    state: str
    problem: str | None = None
    until: date | None = None
    tries_left: int | None = None


TO_DO = DepositStep("todo")
ENDED: Mapping[str, DepositStep] = {
    Reason.NO_TRIES_LEFT: DepositStep("locked"),
    Reason.EXPIRED: DepositStep("expired"),
    Reason.ACCOUNT_REFUSED: DepositStep("failed", PROBLEMS[Reason.ACCOUNT_REFUSED]),
    Reason.CARD_TAKEN: DepositStep("failed", PROBLEMS[Reason.CARD_TAKEN]),
}


def registry_step(standing: Standing) -> RegistryStep:
    """Return where the registry query stands."""
    if standing.claim is not None:
        return RegistryStep("done", standing.claim.opened_on)
    latest = standing.latest(Method.REGISTRY_QUERY)
    if latest is None or latest.state == "asking":
        return RegistryStep("todo")
    if latest.state == "open":
        return RegistryStep("unavailable")
    return RegistryStep("lost" if latest.reason == Reason.CLAIM_LOST else "failed")


def deposit_step(standing: Standing) -> DepositStep:
    """Return where the deposits stand."""
    latest = standing.latest(Method.MICRO_DEPOSIT)
    if latest is not None and latest.state == "waiting":
        return _waiting(latest, on=standing.on)
    if standing.holds(EvidenceKind.BANK_CONTROL):
        return DepositStep("done")
    return ENDED.get(latest.reason or "", TO_DO) if latest is not None and latest.state == "refused" else TO_DO


def _waiting(case: Case, *, on: date) -> DepositStep:
    if case.deadline_on is None or on > case.deadline_on:
        return DepositStep("expired")
    return DepositStep("sent", until=case.deadline_on, tries_left=case.tries_left)
