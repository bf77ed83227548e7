"""Pages of the body: its contracts at work, each contract's milestones, its gate and its end."""

import io
import uuid
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from challenges.stages.standing import next_judged
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Answer, Permission, ensure
from marketplace.core.text import N_
from scoring.award.delivery import agreements, policy, queries, reading, running
from scoring.award.delivery.agreements import Agreement
from scoring.award.delivery.forms import (
    AnswerForm,
    FinishForm,
    PaymentForm,
    PlanForm,
    ReportForm,
    rows_sent,
)
from scoring.award.delivery.gates.lifecycle import DECISION_WORDS, FINDING_WORDS
from scoring.award.delivery.lifecycle import OUTCOME_WORDS
from scoring.award.delivery.milestones import service
from scoring.award.delivery.milestones.attached import checked
from scoring.award.delivery.milestones.lifecycle import STANDING_WORDS
from scoring.award.delivery.milestones.models import MilestoneFile
from scoring.award.delivery.milestones.suggesting import suggested, written_of
from scoring.award.delivery.queries import Reached, Work

blueprint = Blueprint("delivery", __name__)

AT = "/work/challenges/<reference>/delivery"
ONE = f"{AT}/<uuid:contract_id>"
MILESTONE = f"{ONE}/milestones/<int:number>"
# Some files and the fields beside them.
REQUEST_MOST = 22 * 1024 * 1024


def words() -> dict[str, Any]:
    """Give the words that these pages share."""
    return {
        "standing_words": STANDING_WORDS,
        "outcome_words": OUTCOME_WORDS,
        "finding_words": FINDING_WORDS,
        "decision_words": DECISION_WORDS,
    }


blueprint.context_processor(words)


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one page that takes files take them, before its form is read for the first time."""
    if endpoint == f"{blueprint.name}.report":
        request.max_content_length = REQUEST_MOST


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Page:
    """Say by the field that the files are too large to be taken in at all."""
    return too_large_page((request.view_args or {}).get("reference"))


def too_large_page(reference: str | None) -> Page:
    """Show the form of a report again, without what could not be read."""
    form = ReportForm(formdata=None)
    form.file.errors = [_("These files are larger than 20 MB. Make them smaller, or link to them.")]
    return render_template("delivery/too_large.html", form=form, reference=reference), 413


@blueprint.get(AT)
@requires(*policy.READERS)
def index(reference: str) -> str:
    """List the contracts of a challenge and how far the work under each has come."""
    session, actor, now = db.session(), access.current_actor(), access.clock().now()
    challenge, signed = agreements.own_all(session, reference, actor)
    works = queries.works(session, signed)
    may_close = policy.can_close(
        actor,
        buyer_id=challenge.buyer_id,
        state=challenge.state,
        running=sum(each.running(now) for each in works),
        contracts=len(works),
    )
    written = render_template(
        "delivery/index.html",
        challenge=challenge,
        works=works,
        now=now,
        finish=queries.finish_of(session, challenge),
        may_close=may_close,
    )
    reading.note(reference, actor=actor, clock=access.clock())
    return written


@blueprint.get(ONE)
@requires(*policy.READERS)
def show(reference: str, contract_id: uuid.UUID) -> str:
    """Show the milestones of one contract, its gate and its end."""
    actor, now = access.current_actor(), access.clock().now()
    work = _work(reference, contract_id)
    challenge = work.agreement.challenge
    stage = next(
        (each for each in challenge.stages if each.id == work.agreement.contract.stage_id), None
    )
    written = render_template(
        "delivery/show.html",
        challenge=challenge,
        work=work,
        now=now,
        may_plan=_may_plan(work),
        next_stage=next_judged(challenge, stage) if stage else None,
    )
    reading.note(reference, actor=actor, clock=access.clock())
    return written


@blueprint.route(f"{ONE}/plan", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def plan(reference: str, contract_id: uuid.UUID) -> Page:
    """Write the milestones of a contract, or change them."""
    actor, clock = access.current_actor(), access.clock()
    work = _work(reference, contract_id)
    rows = written_of(work) or suggested(db.session(), work.agreement)
    count = len(rows) + 1
    if request.method == "POST":
        count = rows_sent(request.form, "title", PlanForm.most)
        count = min(count + ("more" in request.form), PlanForm.most)
    form = PlanForm.of(rows, seen=work.plan.version if work.plan else 0, count=count)
    if work.plan is None:
        del form.reason
    status = 200
    if request.method == "GET":
        ensure(_may_plan(work))
    elif "more" in request.form:
        pass
    elif not form.validate():
        status = 422
    else:
        try:
            service.plan(
                reference,
                contract_id,
                form.rows(),
                reason=form.reason.data or "" if form.reason else "",
                seen=form.version,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            work = _work(reference, contract_id)
        else:
            flash(_("The milestones are written. The supplier is told."))
            return _see(work.agreement)
    return render_template(
        "delivery/plan.html", challenge=work.agreement.challenge, work=work, form=form
    ), status


@blueprint.route(f"{MILESTONE}/report", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def report(reference: str, contract_id: uuid.UUID, number: int) -> Page:
    """Record what a supplier reported by other means."""
    work, reached = _reached(reference, contract_id, number)
    party = service.Party(contract_id, reference)
    form, status, done = report_form(work, reached, party)
    if done:
        return _see(work.agreement)
    page = render_template(
        "delivery/report.html",
        challenge=work.agreement.challenge,
        work=work,
        reached=reached,
        form=form,
        for_supplier=True,
    )
    return page, status


def report_form(work: Work, reached: Reached, party: service.Party) -> tuple[ReportForm, int, bool]:
    """Show the form of a report or take it; tell the status and whether it was taken."""
    actor, clock = access.current_actor(), access.clock()
    form, status = ReportForm(), 200
    if request.method == "GET":
        ensure(
            policy.can_report(
                actor,
                buyer_id=work.agreement.challenge.buyer_id,
                supplier_id=work.agreement.supplier.id,
                state=work.agreement.challenge.state,
                ended=work.closed(clock.now()),
                standing=reached.standing,
            )
        )
    elif not form.validate():
        status = 422
    else:
        try:
            service.report(
                party,
                reached.number,
                words=form.words.data or "",
                attached=checked(form.sent()),
                actor=actor,
                clock=clock,
                store=access.current_files(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("The milestone is reported as delivered."))
            return form, 303, True
    return form, status, False


@blueprint.route(f"{MILESTONE}/answer", methods=["GET", "POST"])
@requires(Permission.DELIVERY_ACCEPT)
def answer(reference: str, contract_id: uuid.UUID, number: int) -> Page:
    """Accept what was reported, or send it back."""
    actor, clock = access.current_actor(), access.clock()
    work, reached = _reached(reference, contract_id, number)
    newest, challenge = reached.newest, work.agreement.challenge
    form = AnswerForm(data={"report": str(newest.number) if newest else ""})
    status = 200
    if request.method == "GET":
        ensure(
            policy.can_accept(
                actor,
                buyer_id=challenge.buyer_id,
                state=challenge.state,
                ended=work.unanswerable,
                standing=reached.standing,
                reported_by_id=newest.reported_by_id if newest else None,
            )
        )
    elif not form.validate():
        status = 422
    else:
        accepted = form.answer.data == "accept"
        try:
            service.answer(
                reference,
                contract_id,
                number,
                report_number=form.number,
                accepted=accepted,
                words=form.words.data or "",
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(
                _("Accepted. The supplier is told, and an officer records the payment.")
                if accepted
                else _("Sent back. The supplier is told what is missing.")
            )
            return _see(work.agreement)
    return render_template(
        "delivery/answer.html",
        challenge=work.agreement.challenge,
        work=work,
        reached=reached,
        form=form,
    ), status


@blueprint.route(f"{MILESTONE}/payment", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def payment(reference: str, contract_id: uuid.UUID, number: int) -> Page:
    """Record that an accepted milestone was paid."""
    actor, clock = access.current_actor(), access.clock()
    work, reached = _reached(reference, contract_id, number)
    accepted = reached.answer if reached.done else None
    accepted_minor = (accepted.payment_minor or 0) if accepted else 0
    form, status = PaymentForm(data={"amount": accepted_minor or None}), 200
    if request.method == "GET":
        ensure(
            policy.can_pay(
                actor,
                buyer_id=work.agreement.challenge.buyer_id,
                standing=reached.standing,
                accepted_by_id=accepted.decided_by_id if accepted else None,
                accepted_minor=accepted_minor,
                ineffective=work.ineffective,
            )
        )
        ensure(policy.in_step(out_of_step=work.out_of_step(clock.now())))
    elif not form.validate():
        status = 422
    else:
        try:
            service.pay(
                reference,
                contract_id,
                number,
                amount_minor=form.amount.data,
                paid_on=form.paid_on.data,
                payment_reference=form.reference.data or "",
                note=form.note.data or "",
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("The payment is recorded."))
            return _see(work.agreement)
    page = render_template(
        "delivery/payment.html",
        challenge=work.agreement.challenge,
        work=work,
        reached=reached,
        form=form,
        accepted=accepted_minor,
    )
    return page, status


@blueprint.route(f"{ONE}/finish", methods=["GET", "POST"])
@requires(Permission.DELIVERY_ACCEPT)
def finish(reference: str, contract_id: uuid.UUID) -> Page:
    """Say that the work under a contract without a gate is done."""
    actor, clock = access.current_actor(), access.clock()
    work, form, status = _work(reference, contract_id), FinishForm(), 200
    if request.method == "GET":
        challenge = work.agreement.challenge
        ensure(
            policy.can_finish(
                actor,
                buyer_id=challenge.buyer_id,
                state=challenge.state,
                ended=work.ended or work.ineffective,
                gated=work.agreement.gated,
                open_count=work.left_count(clock.now()),
            )
        )
    elif not form.validate():
        status = 422
    else:
        try:
            running.finish_one(
                reference, contract_id, words=form.words.data or "", actor=actor, clock=clock
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("The work under this contract is finished. The supplier is told."))
            return _see(work.agreement)
    return render_template(
        "delivery/finish.html", challenge=work.agreement.challenge, work=work, form=form
    ), status


@blueprint.route(f"{AT}/close", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def close(reference: str) -> Page:
    """Say that all work of a challenge is finished."""
    session, actor, clock = db.session(), access.current_actor(), access.clock()
    challenge, signed = agreements.own_all(session, reference, actor)
    works = queries.works(session, signed)
    form, status = FinishForm(), 200
    form.words.label.text = _("Why is no further work bought?")
    if request.method == "GET":
        ensure(
            policy.can_close(
                actor,
                buyer_id=challenge.buyer_id,
                state=challenge.state,
                running=sum(each.running(clock.now()) for each in works),
                contracts=len(works),
            )
        )
    elif not form.validate():
        status = 422
    else:
        try:
            running.close(reference, words=form.words.data or "", actor=actor, clock=clock)
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("The work is finished. You are reminded when its benefits are to be measured."))
            return redirect(url_for("delivery.index", reference=reference), 303)
    page = render_template("delivery/close.html", challenge=challenge, works=works, form=form)
    return page, status


@blueprint.get(f"{ONE}/files/<uuid:report_id>/<int:place>")
@requires(*policy.READERS)
def file(reference: str, contract_id: uuid.UUID, report_id: uuid.UUID, place: int) -> Response:
    """Give a file of a report to be saved."""
    return give(_work(reference, contract_id), report_id, place)


def give(work: Work, report_id: uuid.UUID, place: int) -> Response:
    """Give a file of a report to be saved, never to be shown in the place of a page.

    Raises:
        NotFound: there is none.
    """
    for reached in work.milestones:
        for each in reached.reports:
            for attached in each.files if each.id == report_id else ():
                if attached.place == place:
                    return _sent(attached)
    raise NotFound(N_("There is no such file."))


def _sent(attached: MilestoneFile) -> Response:
    response = send_file(
        io.BytesIO(access.current_files().read(attached.sha256)),
        mimetype=attached.file.media_type,
        as_attachment=True,
        download_name=attached.name,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _may_plan(work: Work) -> Answer:
    of, now = work.agreement.challenge, access.clock().now()
    return policy.can_plan(
        access.current_actor(), buyer_id=of.buyer_id, state=of.state, ended=work.closed(now)
    )


def _work(reference: str, contract_id: uuid.UUID) -> Work:
    session = db.session()
    agreement = agreements.own(session, reference, contract_id, access.current_actor())
    return queries.work_of(session, agreement)


def _reached(reference: str, contract_id: uuid.UUID, number: int) -> tuple[Work, Reached]:
    work = _work(reference, contract_id)
    return work, reached_in(work, number)


def reached_in(work: Work, number: int) -> Reached:
    """Give a milestone of a contract.

    Raises:
        NotFound: it has none of this number.
    """
    found = work.milestone(number)
    if found is None:
        raise NotFound(N_("There is no such milestone."))
    return found


def _see(agreement: Agreement) -> Page:
    address = url_for(
        "delivery.show", reference=agreement.challenge.reference, contract_id=agreement.id
    )
    return redirect(address, 303)
