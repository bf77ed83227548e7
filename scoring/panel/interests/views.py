"""Pages of interests that are found after the declarations: saying so, and deciding."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import DomainError, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from scoring.panel import parties
from scoring.panel import queries as panels
from scoring.panel.forms import DecideForm
from scoring.panel.interests import policy, queries, service
from scoring.panel.interests.forms import FoundForm, ReopenForm
from scoring.panel.interests.lifecycle import PHASE_FOUND_WORDS
from scoring.panel.lifecycle import MEASURE_WORDS, Seat
from scoring.panel.queries import Meeting

blueprint = StagedBlueprint("panel_found", __name__, "/panel/interests/found")

Page = str | Response | tuple[str, int]
# From this many people on a person is chosen; nobody is chosen for the one who asks.
MANY = 2
_WHO = (
    Permission.INTEREST_DECLARE,
    Permission.PANEL_CHAIR,
    Permission.AWARD_APPROVE,
    Permission.ELIGIBILITY_DECIDE,
)


@blueprint.route("", methods=["GET", "POST"])
@requires(*_WHO)
def index(at: Place) -> Page:
    """Show what was found, and say that an interest was found."""
    actor, status = access.current_actor(), 200
    found = panels.meeting(db.session(), at, actor)
    ensure(policy.can_see_found(actor, found.member))
    form = FoundForm()
    members = _members(found)
    form.member.choices = members if len(members) < MANY else [("", _("Choose a person")), *members]
    form.party.choices = [
        (key, party.name) for key, party in parties.recorded(db.session(), found.stage.id).items()
    ]
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.find_interest(
                at,
                form.member.data,
                form.party.data,
                statement=form.statement.data or "",
                actor=actor,
                clock=access.clock(),
                link=access.current_settings().public_url
                + url_for("panel_found.index", reference=at.reference),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("It is recorded. Access to that bid has stopped."))
            return redirect(url_for("panel_found.index", reference=at.reference), 303)
    if form.errors:
        status = 409 if isinstance(refused, WrongMoment) else 422
        found = panels.meeting(db.session(), at, actor)
    everybody = policy.sees_all(actor, found.member)
    rows = queries.found_interests(
        db.session(),
        found.stage.id,
        member_id=None if everybody else found.own_seat.id,
    )
    page = render_template(
        "panel/interests/found.html",
        form=form,
        found=found,
        rows=[
            (
                row,
                row.found.member.left_at is None
                and policy.can_decide_found(
                    actor,
                    found.member,
                    row.found.member,
                    found.phase,
                    found.state,
                    decided=row.decision is not None,
                ).allowed,
            )
            for row in rows
        ],
        may_find=bool(members),
        phase_words=PHASE_FOUND_WORDS,
        measure_words=MEASURE_WORDS,
    )
    return page, status


def _members(found: Meeting) -> list[tuple[str, str]]:
    """Give those of whom the actor may say it now, by label."""
    actor = access.current_actor()
    return [
        (
            member.label,
            _("You") if member.user_id == actor.user_id else f"{member.user.name} ({member.label})",
        )
        for member in found.members
        if policy.can_find(actor, found.member, member, found.phase, found.state).allowed
    ]


@blueprint.route("/others", methods=["GET", "POST"])
@requires(Permission.PANEL_CHAIR, Permission.ELIGIBILITY_DECIDE)
def reopen(at: Place) -> Page:
    """Ask whether scoring begins again for people who join, then do it."""
    actor, form = access.current_actor(), ReopenForm()
    found = panels.meeting(db.session(), at, actor)
    if not form.is_submitted():
        needed = service.needs_others(db.session(), found)
        ensure(policy.can_reopen(actor, found.member, needed=needed))
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.reopen_scoring(
                at, reason=form.reason.data or "", actor=actor, clock=access.clock()
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("Scoring has begun again. Add or invite who is missing now."))
            return redirect(url_for("panel.chair", reference=at.reference), 303)
    title = found.challenge.title
    return _form("panel/interests/reopen.html", form, refused, title=title, reference=at.reference)


@blueprint.route("/<label>/<party>", methods=["GET", "POST"])
@requires(Permission.PANEL_CHAIR, Permission.AWARD_APPROVE)
def decide(at: Place, label: str, party: str) -> Page:
    """Decide what follows from an interest that was found later."""
    actor, form = access.current_actor(), DecideForm()
    found = panels.meeting(db.session(), at, actor)
    about = found.labelled(label)
    state = found.state
    ensure(policy.can_decide_found(actor, found.member, about, found.phase, state))
    item = service.open_one(db.session(), found, about, party)
    refused: DomainError | None = None
    facts = {
        "title": found.challenge.title,
        "reference": at.reference,
        "person": about.user.name,
        "chair": about.seat is Seat.CHAIR,
        "bidder": item.declaration.party.name,
        "statement": item.declaration.statement,
        "locked": found.phase == "locked",
        "stand": found.stage.scores_stand,
    }
    if not form.is_submitted():
        ensure(
            policy.can_decide_found(
                actor, found.member, about, found.phase, state, decided=item.decision is not None
            )
        )
    if form.validate_on_submit():
        try:
            service.decide_found(
                at,
                label,
                party,
                measure=form.chosen,
                reason=form.reason.data or "",
                actor=actor,
                clock=access.clock(),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("Your decision is recorded, and what follows from it is done."))
            return redirect(url_for("panel_found.index", reference=at.reference), 303)
    return _form("panel/interests/decide.html", form, refused, **facts)


def _form(template: str, form: BaseForm, refused: DomainError | None, **facts: object) -> Page:
    status = 200
    if form.errors:
        status = 409 if isinstance(refused, WrongMoment) else 422
    return render_template(template, form=form, **facts), status
