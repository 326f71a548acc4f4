"""The pages on which a person is verified. Each returns to the overview, and that to whoever waits for the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request

from idp.authentication.refusals import PasskeyRefused
from idp.authentication.sessions import SignedIn
from idp.domain.evidence import Method
from idp.proofing.decision import BoundTo, DuplicateOf
from idp.proofing.method import Reason, Refused, Unanswered
from idp.web import ceremonies, current, demo
from idp.web import proofing_view as shown
from idp.web.errors import error_page
from idp.web.journey import journey, journey_of
from idp.web.proofing_forms import AccountForm, AmountsForm, RegistryQueryForm

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from idp.proofing.decision import Decision
    from idp.proofing.standing import Standing
    from idp.web.journey import Journey

blueprint = Blueprint("proofing", __name__, url_prefix="/verify")

AMOUNTS = "amounts"
"""The act that a passkey has to confirm before amounts may be entered."""
DEPOSIT_PATH = "/verify/micro-deposit"
PAYER = "operator"


@blueprint.get("")
def verify() -> AnyResponse | str:
    """Show where verification stands and what comes next; whoever has come for a site and is done goes on to it."""
    way, standing = journey(), _standing()
    visitor = current.visitor()
    verified = visitor is not None and visitor.verified
    adult = visitor is not None and visitor.is_adult(on=current.now().date())
    adults_only = way.wish is not None and way.wish.client.require_age_over_18
    if way.wish is not None and verified and (adult or not adults_only):
        return redirect(way.onward, 303)
    return way.page(
        "proofing/verify.html",
        level=standing.person.level,
        verified=verified,
        registry=shown.registry_step(standing),
        deposit=shown.deposit_step(standing),
        refusal="minor" if verified and adults_only else None,
        **_price(),
    )


# ── registry query ───────────────────────────────────────────────────────────────────────────────────────────────────


@blueprint.route("/registry-query", methods=["GET", "POST"])
def registry_query() -> AnyResponse | str:
    """Take name and number, and ask."""
    way, standing = journey(), _standing()
    form, problem, warnings = RegistryQueryForm(), None, []
    if form.validate_on_submit():
        answers = form.answers
        person_id = standing.person.person_id
        decision = current.services().proofing.open(person_id, Method.REGISTRY_QUERY, answers, now=current.now())
        if not isinstance(decision, Refused | Unanswered):
            return redirect(way.path("/verify"), 303)
        if isinstance(decision, Refused) and decision.reason is Reason.TOO_OFTEN:
            return error_page("too_many", retry_after=decision.retry_after)
        problem = shown.PROBLEMS.get(decision.reason) if isinstance(decision, Refused) else shown.UNANSWERED_REGISTRY
        warnings = [shown.WARNINGS[warning] for warning in answers.number.warnings]
    return way.page("proofing/registry_query.html", form=form, problem=problem, warnings=warnings, **_price())


# ── micro-deposit ────────────────────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/micro-deposit")
def micro_deposit() -> AnyResponse | str:
    """Show the part of the second step that is due."""
    way, standing = journey(), _standing()
    latest = standing.latest(Method.MICRO_DEPOSIT)
    if latest is not None and latest.reason == Reason.DUPLICATE and _claims_an_account(standing):
        return redirect(way.path("/recovery"), 303)
    step = shown.deposit_step(standing)
    if standing.claim is None or step.state == "done":
        return redirect(way.path("/verify"), 303)
    if step.state == "sent":
        return _amounts_page(way, AmountsForm(), standing, confirmed=request.args.get("confirmed", ""))
    if step.state == "todo":
        return way.page("proofing/micro_deposit.html", state="card", form=AccountForm(), problem=None)
    return way.page("proofing/micro_deposit.html", state=step.state, problem=step.problem)


@blueprint.post("/micro-deposit")
def answer_micro_deposit() -> AnyResponse | str:
    """Take an account, or, where deposits are on their way, the amounts."""
    way, standing = journey(), _standing()
    state = shown.deposit_step(standing).state
    if state == "sent":
        return _take_amounts(way, standing)
    if state == "todo":
        return _take_account(way, standing)
    return redirect(way.path(DEPOSIT_PATH), 303)


@blueprint.post("/micro-deposit/again")
def start_deposits_over() -> AnyResponse:
    """Put away deposits that failed, or give up those on their way."""
    way, session = journey(), current.require_session()
    current.services().proofing.start_over(session.person_id, Method.MICRO_DEPOSIT)
    return redirect(way.path(DEPOSIT_PATH), 303)


@blueprint.post("/micro-deposit/confirm/options")
def confirm_options() -> Response:
    """Ask for a passkey before amounts may be entered."""
    return ceremonies.ask_to_confirm(AMOUNTS)


@blueprint.post("/micro-deposit/confirm/verify")
def confirm_verify() -> Response:
    """Go on to the amounts with a ticket that stands for the confirmation."""
    confirmed = ceremonies.confirm(AMOUNTS)
    return ceremonies.onward(journey_of(ceremonies.posted().ticket).path(DEPOSIT_PATH, confirmed=confirmed))


def _take_account(way: Journey, standing: Standing) -> AnyResponse | str:
    form, problem = AccountForm(), None
    if form.validate_on_submit():
        decision = current.services().proofing.open(
            standing.person.person_id, Method.MICRO_DEPOSIT, form.answers, now=current.now()
        )
        if not isinstance(decision, Refused | Unanswered):
            return redirect(way.path(DEPOSIT_PATH), 303)
        if isinstance(decision, Refused) and decision.reason is Reason.TOO_OFTEN:
            return error_page("too_many", retry_after=decision.retry_after)
        if isinstance(decision, Unanswered):
            problem = shown.UNANSWERED_BANK
        elif decision.reason is Reason.HOLDER_DIFFERS:
            form.refuse(form.holder, shown.PROBLEMS[decision.reason])
        elif decision.reason is Reason.CARD_TAKEN:
            form.refuse(form.card_number, shown.PROBLEMS[decision.reason])
        else:
            return redirect(way.path(DEPOSIT_PATH), 303)
    return way.page("proofing/micro_deposit.html", state="card", form=form, problem=problem)


def _take_amounts(way: Journey, standing: Standing) -> AnyResponse | str:
    form, confirmed = AmountsForm(), request.form.get("confirmed", "")
    if not _is_confirmed(confirmed) or not form.validate_on_submit():
        return _amounts_page(way, form, standing, confirmed=confirmed)
    decision = current.services().proofing.submit(
        standing.person.person_id, Method.MICRO_DEPOSIT, form.answers, now=current.now()
    )
    if isinstance(decision, Refused) and decision.reason is Reason.WRONG_AMOUNTS:
        problem = shown.PROBLEMS[decision.reason]
        return _amounts_page(way, form, _standing(), confirmed=confirmed, problem=problem)
    return _onward(way, decision)


def _onward(way: Journey, decision: Decision) -> AnyResponse:
    if isinstance(decision, DuplicateOf):
        return redirect(way.path("/recovery"), 303)
    if not isinstance(decision, BoundTo):
        return redirect(way.path(DEPOSIT_PATH), 303)
    session = current.require_session()
    if decision.person != session.person_id:  # the same sign-in now means another account
        signed_in = SignedIn(decision.person, session.auth_time, session.acr, session.amr)
        current.browser().sign_in(signed_in)
    return redirect(way.onward, 303)


def _amounts_page(
    way: Journey, form: AmountsForm, standing: Standing, *, confirmed: str, problem: str | None = None
) -> str:
    """Show the form for the amounts, or ask for the passkey that has to come first."""
    step = shown.deposit_step(standing)
    variables = {"form": form, "until": step.until, "tries_left": step.tries_left, "problem": problem}
    if _is_confirmed(confirmed):
        return way.page("proofing/micro_deposit.html", state="amounts", confirmed=confirmed, **variables)
    urls = {"options_url": f"{DEPOSIT_PATH}/confirm/options", "verify_url": f"{DEPOSIT_PATH}/confirm/verify"}
    return way.page("proofing/micro_deposit.html", state="confirm", **urls, **variables)


def _is_confirmed(ticket: str) -> bool:
    """Tell whether a passkey was shown for this within five minutes. The demo's people hold none that could be."""
    if current.services().settings.demo.people and current.require_session().acr == demo.ACR:
        return True
    try:
        ceremonies.require_confirmed(AMOUNTS, ticket)
    except PasskeyRefused:
        return False
    return True


def _standing() -> Standing:
    """Return how the person at this browser stands. Raises SignedOut."""
    session = current.require_session()
    current.visitor()  # computes a level anew whose day of review has come
    standing = current.services().proofing.standing(session.person_id, now=current.now())
    if standing is None:
        raise current.SignedOut
    return standing


def _claims_an_account(standing: Standing) -> bool:
    return current.services().recovery.claim_of(standing.person.person_id) is not None


def _price() -> dict[str, object]:
    return {"price_fen": current.services().settings.registry.fee_fen, "payer": PAYER}
