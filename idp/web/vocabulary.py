"""The pages behind the words of our own in ``verified_claims``: whoever receives such an address can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, render_template

from idp.domain.assurance import POLICIES, Level
from idp.domain.evidence import EvidenceKind
from idp.domain.words import mark as _
from idp.oidc.verified_claims import vocabulary
from idp.web.i18n import gettext

if TYPE_CHECKING:
    from idp.domain.assurance import Requirement

blueprint = Blueprint("vocabulary", __name__)

KINDS = {
    EvidenceKind.STATED_NUMBER: _("a well-formed resident number"),
    EvidenceKind.REGISTRY_MATCH: _("a match of name and number in the population register"),
    EvidenceKind.BANK_CONTROL: _("control of a bank account in that name"),
    EvidenceKind.IDCARD: _("an identity card"),
    EvidenceKind.DRIVING_PERMIT: _("a driving licence"),
    EvidenceKind.PASSPORT: _("a passport"),
    EvidenceKind.MILITARY_ID: _("a military identity card"),
    EvidenceKind.VOUCH: _("a verified friend who vouches"),
    EvidenceKind.SCHOOL_RECORD: _("a plausible school record"),
    EvidenceKind.SECOND_PASSKEY: _("a second passkey"),
    EvidenceKind.SECOND_REVIEW: _("a second, independent review"),
}


@blueprint.get(f"/{vocabulary.REAL_NAME}")
def trust_framework() -> str:
    """Say what the trust framework promises."""
    return render_template("oidc/vocabulary.html", word="framework")


@blueprint.get("/al/<name>")
def level(name: str) -> str:
    """Say what a level stands for."""
    if name not in vocabulary.LEVELS:
        abort(404)
    return render_template("oidc/vocabulary.html", word="level", level=name)


@blueprint.get("/policy/<version>")
def policy(version: str) -> str:
    """Say what each level takes under one version of the rules."""
    if version not in POLICIES:
        abort(404)
    rules = [
        {"level": rule.level.value, "needs": [_need(each) for each in rule.needs]}
        for rule in POLICIES[version].rules
        if rule.level is not Level.MATCHED
    ]
    return render_template("oidc/vocabulary.html", word="policy", version=version, rules=rules)


@blueprint.get("/check/micro_deposit")
def micro_deposit() -> str:
    """Say what the check of that name does."""
    return render_template("oidc/vocabulary.html", word="micro_deposit")


def _need(need: Requirement) -> dict[str, object]:
    kinds = [gettext(label) for kind, label in KINDS.items() if kind in need.any_of]
    return {"any_of": kinds, "count": need.count, "days": need.max_age.days if need.max_age else None}
