"""The chair's pages: interests to decide, the beginning of scoring, moderation."""

from flask import flash, render_template, request
from flask_babel import gettext as _

from challenges.kinds import Combine
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import DomainError
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from scoring.panel import chair_pages, moderation_pages, policy, service
from scoring.panel.forms import DecideForm, consensus_form, score_of, show_score
from scoring.panel.interests import policy as late
from scoring.panel.interests.queries import last_unlock
from scoring.panel.lifecycle import PanelPhase, Seat
from scoring.panel.observing import service as observing
from scoring.panel.views.frame import Answer, answer, blueprint, meet, see


@blueprint.get("/interests/decide")
@requires(Permission.PANEL_CHAIR, Permission.AWARD_APPROVE)
def declared(at: Place) -> Answer:
    """Show the declared interests and what was decided."""
    found = meet(at)
    actor = access.current_actor()
    ensure(policy.can_see_declared(actor, found.member))
    rows = [
        (
            row,
            late.can_decide_found(
                actor,
                found.member,
                row.member,
                found.phase,
                found.state,
                decided=not row.found.open,
            ).allowed
            if row.found.late
            else policy.can_decide_interest(
                actor, found.member, row.member, found.phase, decided=not row.found.open
            ).allowed,
        )
        for row in chair_pages.interest_rows(db.session(), found)
    ]
    return render_template("panel/to_decide.html", found=found, rows=rows)


@blueprint.route("/interests/decide/<label>/<party>", methods=["GET", "POST"])
@requires(Permission.PANEL_CHAIR, Permission.AWARD_APPROVE)
def decide(at: Place, label: str, party: str) -> Answer:
    """Decide about one declared interest."""
    found = meet(at)
    row = chair_pages.interest_row(db.session(), found, label, party)
    ensure(
        policy.can_decide_interest(
            access.current_actor(),
            found.member,
            row.member,
            found.phase,
            decided=not row.found.open,
        )
    )
    form = DecideForm()
    refused: DomainError | None = None
    page = {
        "title": found.challenge.title,
        "reference": at.reference,
        "person": row.member.user.name,
        "seat": row.member.seat,
        "bidder": row.party.name,
        "statement": row.found.declaration.statement,
    }
    if form.validate_on_submit():
        try:
            service.decide_interest(
                at,
                label,
                party,
                measure=form.chosen,
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("Your decision is recorded."))
            return see("panel.declared", at)
    elif not form.is_submitted() and row.found.decision is not None:
        form.measure.data = row.found.decision.measure.value
        form.reason.data = row.found.decision.reason
    return answer("panel/decide.html", form, refused, **page)


@blueprint.route("/begin", methods=["GET", "POST"])
@requires(Permission.PANEL_CHAIR)
def begin(at: Place) -> Answer:
    """Ask the chair whether scoring may begin; begin it."""
    form = BaseForm()
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.begin_scoring(at, actor=access.current_actor(), clock=access.clock())
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("Scoring has begun. The evaluators can read the bids now."))
            return see("panel.chair", at)
    found = meet(at)
    if refused is None:
        ensure(policy.can_begin_scoring(access.current_actor(), found.member, found.phase))
    page = chair_pages.panel_page(db.session(), found)
    return answer("panel/begin.html", form, refused, found=found, page=page)


@blueprint.route("/moderation/begin", methods=["GET", "POST"])
@requires(Permission.PANEL_CHAIR)
def begin_moderation(at: Place) -> Answer:
    """Ask the chair whether moderation may begin; begin it."""
    form = BaseForm()
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.begin_moderation(at, actor=access.current_actor(), clock=access.clock())
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("Moderation has begun. The panel sees all scores from now on."))
            return see("panel.moderation", at)
    found = meet(at)
    if refused is None:
        ensure(policy.can_begin_moderation(access.current_actor(), found.member, found.phase))
    page = chair_pages.panel_page(db.session(), found)
    return answer("panel/begin_moderation.html", form, refused, found=found, page=page)


@blueprint.get("/moderation")
@requires(Permission.SCORE_RECORD)
def moderation(at: Place) -> Answer:
    """Show a member what there is to agree, the widest difference first."""
    found, actor = meet(at), access.current_actor()
    ensure(policy.can_see_all_scores(actor, found.own_seat, found.phase))
    if found.own_seat.seat is Seat.OBSERVER:
        observing.note_moderation(at, actor=actor, clock=access.clock())
    cells = moderation_pages.moderation_list(db.session(), found)
    chairs = found.own_seat.seat is Seat.CHAIR
    return render_template(
        "panel/moderation.html",
        found=found,
        cells=cells,
        left=sum(cell.open for cell in cells),
        chairs=chairs,
        locked=found.phase is PanelPhase.LOCKED,
        unlocked=(
            last_unlock(db.session(), found.stage.id)
            if found.phase is PanelPhase.MODERATING
            else None
        ),
    )


@blueprint.route("/moderation/<key>/<handle>", methods=["GET", "POST"])
@requires(Permission.SCORE_RECORD)
def cell(at: Place, key: str, handle: str) -> Answer:
    """Show a member one bid on one question with all scores; the chair records what was agreed."""
    actor = access.current_actor()
    page = service.read_cell(at, key, handle, actor=actor, clock=access.clock())
    form = consensus_form(
        page.cell.question, [(label, name) for label, name, _seat in page.may_be_present]
    )
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.record_consensus(
                at,
                key,
                handle,
                value=score_of(form.value),
                rationale=form.rationale.data or "",
                present=form.present.data or [],
                actor=actor,
                clock=access.clock(),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(
                _(
                    "Agreed: %(bidder)s on “%(question)s”.",
                    bidder=page.cell.bidder.shown,
                    question=page.cell.question.title,
                )
            )
            if request.form.get("then") == "next" and page.next_cell is not None:
                return see(
                    "panel.cell",
                    at,
                    key=page.next_cell.question.key,
                    handle=page.next_cell.bidder.handle,
                )
            return see("panel.moderation", at)
    elif not form.is_submitted():
        if page.cell.agreed is not None:
            show_score(form.value, page.cell.agreed.value)
            form.rationale.data = page.cell.agreed.rationale
            form.present.data = sorted(page.cell.agreed.present_labels)
        else:
            # The same people usually sit there for the next score too.
            form.present.data = sorted(page.last_present)
    stand = page.cell.combine is not Combine.CONSENSUS
    records = page.chairs and page.phase is PanelPhase.MODERATING and not stand
    return answer("panel/cell.html", form, refused, page=page, records=records, stand=stand)
