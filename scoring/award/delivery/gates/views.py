"""Pages of the gate at the end of a stage of work: what was found, and what follows."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts.sessions import stale_sign_in
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure
from scoring.award.delivery import agreements, queries, running
from scoring.award.delivery.forms import ConfirmForm, GateForm, rows_sent
from scoring.award.delivery.gates import policy, service
from scoring.award.delivery.gates.lifecycle import Found
from scoring.award.delivery.queries import Work
from scoring.award.delivery.usual import usual
from scoring.award.delivery.views import ONE, words

blueprint = Blueprint("gates", __name__)
blueprint.context_processor(words)


@blueprint.route(f"{ONE}/gate", methods=["GET", "POST"])
@requires(Permission.DELIVERY_ACCEPT)
def propose(reference: str, contract_id: uuid.UUID) -> Page:
    """Say what was found at the gate, and propose what follows."""
    actor, clock = access.current_actor(), access.clock()
    work = _work(reference, contract_id)
    challenge = work.agreement.challenge
    rows = _rows(work)
    count = len(rows) + 1
    if request.method == "POST":
        count = rows_sent(request.form, "criterion", GateForm.most)
        count = min(count + ("more" in request.form), GateForm.most)
    form, status = GateForm.of(rows, count=count), 200
    if request.method == "GET":
        ensure(
            policy.can_propose(
                actor,
                buyer_id=challenge.buyer_id,
                state=challenge.state,
                gated=work.agreement.gated,
                ended=work.ended or work.ineffective,
                awaits=work.gate_awaits,
                waiting_reports=len(work.waiting),
            )
        )
    elif "more" in request.form:
        pass
    elif not form.validate():
        status = 422
    else:
        try:
            service.propose(
                reference,
                contract_id,
                form.found(),
                decision=form.chosen,
                reason=form.reason.data or "",
                lessons=form.lessons.data or "",
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("Your proposal is recorded. An approver confirms it now."))
            return _see(work)
    return render_template("delivery/gate.html", challenge=challenge, work=work, form=form), status


@blueprint.route(f"{ONE}/gate/confirm", methods=["GET", "POST"])
@requires(Permission.AWARD_APPROVE)
def confirm(reference: str, contract_id: uuid.UUID) -> Page:
    """Show an approver what was found; confirm what follows, or return it."""
    if request.method == "GET" and (away := stale_sign_in()) is not None:
        return away
    actor, clock = access.current_actor(), access.clock()
    work = _work(reference, contract_id)
    gate = work.gate
    form = ConfirmForm(data={"gate": str(gate.id) if gate else ""})
    status = 200
    if request.method == "GET":
        challenge = work.agreement.challenge
        ensure(
            policy.can_answer(
                actor,
                buyer_id=challenge.buyer_id,
                state=challenge.state,
                ended=work.ended or work.ineffective,
                proposed_by_id=gate.proposed_by_id if gate else None,
                answered=gate is not None and gate.answer is not None,
            )
        )
    elif not form.validate():
        status = 422
    else:
        confirmed = form.answer.data == "confirm"
        try:
            service.answer(
                reference,
                contract_id,
                gate_id=_identifier(form.gate.data),
                confirmed=confirmed,
                reason=form.reason.data or "",
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(
                _("Confirmed. The supplier is told.")
                if confirmed
                else _("Returned to the challenge lead with your reason.")
            )
            return _see(work)
    page = render_template(
        "delivery/confirm.html",
        challenge=work.agreement.challenge,
        work=work,
        gate=gate,
        form=form,
        ends_all=running.would_end(db.session(), work.agreement),
    )
    return page, status


def _rows(work: Work) -> list[Found]:
    """Give the criteria that a proposal begins with: those of the last one, or the usual ones."""
    if work.gate is not None:
        return [Found(each.criterion, each.finding, each.words) for each in work.gate.findings]
    kind = work.agreement.kind
    found = usual().get(kind) if kind else None
    return [Found(each, None, "") for each in (found.criteria if found else ())]


def _work(reference: str, contract_id: uuid.UUID) -> Work:
    session = db.session()
    agreement = agreements.own(session, reference, contract_id, access.current_actor())
    return queries.work_of(session, agreement)


def _identifier(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        raise Invalid(_("Load the page again, then decide.")) from None


def _see(work: Work) -> Page:
    address = url_for(
        "delivery.show",
        reference=work.agreement.challenge.reference,
        contract_id=work.agreement.id,
    )
    return redirect(address, 303)
