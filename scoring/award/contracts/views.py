"""Pages of signed contracts: all of a challenge, one of them, what is told later, and changes."""

import uuid
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import queries as challenges
from challenges.law import Law, law_holding
from challenges.models import Challenge
from challenges.notices import rules
from challenges.notices.kinds import NoticeKind
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts.sessions import stale_sign_in
from marketplace.core.database import db
from marketplace.core.dates import PLACE
from marketplace.core.errors import Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.permissions import Answer, Permission, ensure
from marketplace.core.text import N_
from scoring.award.contracts import policy, queries, service
from scoring.award.contracts.changing import KIND_WORDS, ChangeKind, grounds_for, shares
from scoring.award.contracts.forms import AnswerForm, ChangeForm, DetailForm
from scoring.award.contracts.ordered.policy import can_record
from scoring.award.contracts.queries import Kept
from scoring.award.contracts.register import line_of
from scoring.award.notices.pack import award_notice_due
from scoring.panel.aliases.queries import judges_unnamed

blueprint = Blueprint("contracts", __name__, url_prefix="/work/challenges/<reference>/contracts")
blueprint.context_processor(lambda: {"kind_words": KIND_WORDS, "NoticeKind": NoticeKind})


@blueprint.get("")
@requires(*policy.READERS)
def index(reference: str) -> Page:
    """List the contracts of a challenge, and those that are still to be recorded."""
    challenge, law, kept = load(reference)
    return render_template(
        "contracts/index.html",
        challenge=challenge,
        law=law,
        contracts=kept,
        total=sum(each.value_minor for each in kept),
        unsigned=queries.unsigned(db.session(), challenge, [each.contract for each in kept]),
        **_notices(challenge, law),
    )


@blueprint.get("/<uuid:contract_id>")
@requires(*policy.READERS)
def show(reference: str, contract_id: uuid.UUID) -> Page:
    """Show one contract: what it is, its line for the register, its changes, its notice."""
    challenge, law, all_kept = load(reference)
    kept = queries.contract_of(all_kept, contract_id)
    actor = access.current_actor()
    return render_template(
        "contracts/show.html",
        challenge=challenge,
        law=law,
        kept=kept,
        line=line_of(challenge, kept, law),
        grounds=service.grounds_of(challenge, access.clock().now()),
        may_tell=policy.can_tell_more(actor),
        may_describe=_may_describe(challenge, kept),
        may_record_order=can_record(
            actor, waits=kept.order_waiting is not None, ineffective=kept.ineffective
        ),
        kinds=list(ChangeKind),
        **_notices(challenge, law),
    )


@blueprint.route("/<uuid:contract_id>/details", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def details(reference: str, contract_id: uuid.UUID) -> Page:
    """Add the purchase order, or who manages the contract."""
    challenge, _law, all_kept = load(reference)
    kept = queries.contract_of(all_kept, contract_id)
    form = DetailForm(data={"purchase_order": kept.purchase_order, "manager": kept.manager})
    status = 200
    if request.method == "POST" and not form.validate():
        status = 422
    elif request.method == "POST":
        try:
            service.tell_more(
                reference,
                contract_id,
                purchase_order=form.purchase_order.data or "",
                manager=form.manager.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("Recorded."))
            return _see(reference, contract_id)
    page = render_template("contracts/details.html", challenge=challenge, kept=kept, form=form)
    return page, status


@blueprint.route("/<uuid:contract_id>/change/<kind>", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def change(reference: str, contract_id: uuid.UUID, kind: str) -> Page:
    """Describe a change of one kind."""
    if kind not in list(ChangeKind):
        raise NotFound(N_("There is no such kind of change."))
    wanted = ChangeKind(kind)
    challenge, law, all_kept = load(reference)
    kept = queries.contract_of(all_kept, contract_id)
    actor, clock = access.current_actor(), access.clock()
    grounds = grounds_for(wanted, service.grounds_of(challenge, clock.now()))
    form, status = ChangeForm(data={"value_after": kept.value_minor}), 200
    form.ask(wanted, grounds)
    may = _may_describe(challenge, kept)
    if request.method == "GET":
        ensure(may)
    elif not form.validate():
        ensure(may)
        status = 422
    else:
        try:
            number = service.describe_change(
                reference, contract_id, form.content(wanted), actor=actor, clock=clock
            )
        except (Invalid, WrongMoment, StaleEdit) as error:
            status = refused(form, error)
        else:
            held = queries.change_of(queries.contracts_of(db.session(), challenge), number)[1].holds
            flash(
                _("The change is recorded and holds.")
                if held
                else _("The change is recorded. An approver, another person, confirms it now.")
            )
            return _see(reference, contract_id)
    page = render_template(
        "contracts/change.html",
        challenge=challenge,
        law=law,
        kept=kept,
        kind=wanted,
        form=form,
        standing=service.standing_of(challenge, kept, all_kept, clock.now()),
    )
    return page, status


@blueprint.route("/changes/<int:number>/answer", methods=["GET", "POST"])
@requires(Permission.AWARD_APPROVE)
def answer(reference: str, number: int) -> Page:
    """Show an approver a change of money or supplier; take the decision."""
    if request.method == "GET" and (away := stale_sign_in()) is not None:
        return away
    challenge, law, all_kept = load(reference)
    kept, found = queries.change_of(all_kept, number)
    grounds = service.grounds_of(challenge, access.clock().now())
    form, status = AnswerForm(), 200
    may = policy.can_answer(
        access.current_actor(), described_by_id=found.described_by_id, waits=found.open
    )
    if request.method == "POST" and not form.validate():
        ensure(may)
        status = 422
    elif request.method == "POST":
        confirmed = form.answer.data == "confirm"
        try:
            service.answer_change(
                reference,
                number,
                confirmed=confirmed,
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(
                _("Confirmed. The contract is changed.")
                if confirmed
                else _("Not confirmed. The contract stays as it is.")
            )
            return _see(reference, kept.contract.id)
    page = render_template(
        "contracts/answer.html",
        challenge=challenge,
        law=law,
        kept=kept,
        change=found,
        form=form,
        may=may,
        grounds=grounds,
        shares=shares(
            found.value_after_minor - found.value_before_minor,
            grounds.get(found.ground or ""),
            service.standing_of(challenge, kept, all_kept, access.clock().now()),
        ),
    )
    return page, status


def load(reference: str) -> tuple[Challenge, Law, list[Kept]]:
    """Give a challenge of the actor's body with its contracts.

    Raises:
        NotFound: it is another body's.
        Forbidden: the actor judges bids of it without names.
    """
    actor = access.current_actor()
    challenge = challenges.own_challenge(db.session(), reference, actor)
    unnamed = judges_unnamed(db.session(), reference, actor.user_id)
    ensure(policy.can_read(actor, unnamed=unnamed))
    law = law_holding(challenge, access.clock().now())
    return challenge, law, queries.contracts_of(db.session(), challenge)


def _may_describe(challenge: Challenge, kept: Kept) -> Answer:
    return policy.can_describe(
        access.current_actor(),
        challenge.state,
        waits=kept.waiting is not None,
        over=kept.over(access.clock().now()),
    )


def _notices(challenge: Challenge, law: Law) -> dict[str, object]:
    """Give what pages say of notices: the records, and until when an award's is due."""
    today: date = access.clock().now().astimezone(PLACE).date()
    return {
        "records": rules.holding(challenge.notices),
        "today": today,
        "due_of": lambda kept: award_notice_due(law, kept.contract.signed_at),
    }


def _see(reference: str, contract_id: uuid.UUID) -> Page:
    return redirect(url_for("contracts.show", reference=reference, contract_id=contract_id), 303)
