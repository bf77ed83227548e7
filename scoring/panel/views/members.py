"""Pages for all of the body: the panel and its members, naming, briefing, declaration."""

import uuid

from flask import flash, render_template
from flask_babel import gettext as _

from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import DomainError
from marketplace.core.permissions import Permission, ensure
from scoring.panel import chair_pages, evaluator_pages, parties, policy, queries, service
from scoring.panel.assigning.lifecycle import missing_expertise
from scoring.panel.assigning.policy import can_assign
from scoring.panel.briefing import CURRENT, with_digest
from scoring.panel.forms import (
    AddMemberForm,
    BriefingForm,
    ChangeMemberForm,
    NamePanelForm,
    interests_form,
)
from scoring.panel.interests import policy as late
from scoring.panel.interests.lifecycle import must_reopen
from scoring.panel.interests.queries import has_seen_others
from scoring.panel.interviews import queries as interviews
from scoring.panel.inviting import queries as inviting
from scoring.panel.inviting.lifecycle import STANDING_WORDS
from scoring.panel.lifecycle import BEFORE_SCORING, EXPERTISE_WORDS, Interest, PanelPhase, Seat
from scoring.panel.masking.policy import can_mask
from scoring.panel.observing.policy import can_read_record
from scoring.panel.queries import Candidate, Meeting
from scoring.panel.reminding import queries as reminding
from scoring.panel.reminding.lifecycle import STEP_WORDS
from scoring.panel.reminding.policy import can_remind
from scoring.panel.service import Declaration
from scoring.panel.trial import queries as trials
from scoring.panel.trial.policy import can_set_example
from scoring.panel.views.frame import Answer, answer, blueprint, meet, own_link, see


@blueprint.get("")
@requires(Permission.CHALLENGE_READ_OWN, Permission.SCORE_RECORD)
def home(at: Place) -> Answer:
    """Show an evaluator what is left to do; everybody else the panel."""
    found = meet(at)
    if found.member is None or found.member.seat is not Seat.EVALUATOR:
        return _panel(found)
    work = evaluator_pages.own_work(db.session(), found)
    due = reminding.due_days(db.session(), found.stage.id)
    # Whoever submitted before a moderation that was ended has seen the others' scores.
    fixed = found.phase is PanelPhase.SCORING and has_seen_others(db.session(), work.member)
    return render_template(
        "panel/home.html",
        fixed=fixed,
        found=found,
        work=work,
        due=due,
        tries=_tries(found),
        interviews=interviews.seen(
            db.session(), found, access.current_actor(), access.clock().now(), work.bidders
        ),
    )


@blueprint.get("/progress")
@requires(Permission.CHALLENGE_READ_OWN, Permission.SCORE_RECORD)
def chair(at: Place) -> Answer:
    """Show who has what to do."""
    return _panel(meet(at))


def _tries(found: Meeting) -> bool:
    """Tell whether there is an example to try the scoring on, which is so before scoring only."""
    before = found.phase in BEFORE_SCORING
    return before and trials.has_example(db.session(), found.stage.id)


def _panel(found: Meeting) -> Answer:
    actor = access.current_actor()
    if found.panel is None:
        may_name = policy.can_name_panel(
            actor, found.state_at(access.clock().now()), found.phase
        ).allowed
        return render_template("panel/unnamed.html", found=found, may_name=may_name)
    page = chair_pages.panel_page(db.session(), found)
    chairs = found.member is not None and found.member.seat is Seat.CHAIR
    may_set_example = can_set_example(actor, found.member, found.phase, scored=0).allowed
    return render_template(
        "panel/chair.html",
        found=found,
        page=page,
        may_change=policy.can_change_members(actor, found.phase).allowed,
        may_begin=policy.can_begin_scoring(actor, found.member, found.phase).allowed,
        may_moderate=policy.can_begin_moderation(actor, found.member, found.phase).allowed,
        may_see=policy.can_see_all_scores(actor, found.member, found.phase).allowed,
        may_reopen=late.can_reopen(
            actor,
            found.member,
            # An interest that waits for a decision is decided first.
            needed=must_reopen(
                found.phase, too_few=bool(page.cells and page.obstacles) and not page.undecided
            ),
        ).allowed,
        may_find=(
            found.phase is not None
            and found.phase is not PanelPhase.NAMED
            and late.can_see_found(actor, found.member).allowed
        ),
        chairs=chairs,
        approves=actor.may(Permission.AWARD_APPROVE),
        # Addresses are for those who invite, and for the chair, who waits for an answer.
        invitations=inviting.of_panel(db.session(), found.stage.id)
        if actor.may(Permission.PANEL_NAME) or chairs
        else (),
        standing_words=STANDING_WORDS,
        outstanding=reminding.outstanding(db.session(), found, access.clock().now()),
        may_remind=can_remind(actor, found.member, found.phase).allowed,
        step_words=STEP_WORDS,
        # Who may set the example comes to it whether there is one or not.
        tries=not may_set_example and _tries(found),
        may_set_example=may_set_example,
        may_read_record=can_read_record(actor, found.member, found.phase).allowed,
        may_mask=can_mask(
            actor,
            judges=found.member is not None,
            names_withheld=found.stage.names_withheld,
            state=found.state,
        ).allowed,
        may_assign=can_assign(actor, found.member, found.phase).allowed,
        interviews=interviews.seen(db.session(), found, actor, access.clock().now(), page.bidders),
        may_offer_times=interviews.may_offer(found, actor).allowed,
        expertise_words=EXPERTISE_WORDS,
        advised=missing_expertise([member.expertise for member in found.evaluators]),
    )


@blueprint.route("/name", methods=["GET", "POST"])
@requires(Permission.PANEL_NAME)
def name(at: Place) -> Answer:
    """Name the panel."""
    found = meet(at)
    actor = access.current_actor()
    ensure(policy.can_name_panel(actor, found.state_at(access.clock().now()), found.phase))
    people = queries.candidates(db.session(), found.challenge.buyer_id)
    form = NamePanelForm()
    form.chair.choices = [
        ("", _("Choose a person")),
        *((str(p.user_id), _shown(p, people)) for p in people if p.may_chair),
    ]
    form.evaluators.choices = [(str(p.user_id), _shown(p, people)) for p in people]
    form.observers.choices = form.evaluators.choices
    refused: DomainError | None = None
    minimum = found.stage.minimum_panel
    title, reference_shown = found.challenge.title, found.challenge.reference
    if form.validate_on_submit():
        if not form.chair.data:
            form.chair.errors = [_("Choose who chairs the panel")]
        else:
            try:
                service.name_panel(
                    at,
                    chair=uuid.UUID(form.chair.data),
                    evaluators=[uuid.UUID(text) for text in form.evaluators.data or []],
                    observers=[uuid.UUID(text) for text in form.observers.data or []],
                    more_follow=bool(form.more_follow.data),
                    actor=actor,
                    clock=access.clock(),
                    link=own_link(at),
                )
            except DomainError as error:
                refused = error
                form.refuse(error)
            else:
                flash(_("The panel is named, and everybody on it has been sent a message."))
                return see("panel.home", at)
    return answer(
        "panel/name.html",
        form,
        refused,
        title=title,
        reference=reference_shown,
        minimum=minimum,
        anybody=bool(people),
    )


def _shown(person: Candidate, people: list[Candidate]) -> str:
    """Show a name, with the address where two people share it."""
    alike = sum(other.name == person.name for other in people) > 1
    return f"{person.name} ({person.email})" if alike else person.name


@blueprint.route("/members/add", methods=["GET", "POST"])
@requires(Permission.PANEL_NAME)
def add(at: Place) -> Answer:
    """Add a member before moderation begins."""
    found = meet(at)
    actor = access.current_actor()
    ensure(policy.can_change_members(actor, found.phase))
    form = AddMemberForm()
    form.person.choices = _others(found)
    refused: DomainError | None = None
    page = {"title": found.challenge.title, "reference": at.reference, "leaving": None}
    if form.validate_on_submit():
        try:
            service.add_member(
                at,
                user_id=uuid.UUID(form.person.data),
                seat=Seat(form.seat.data),
                reason=form.reason.data or "",
                actor=actor,
                clock=access.clock(),
                link=own_link(at),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("The new member has been sent a message."))
            return see("panel.home", at)
    return answer("panel/member.html", form, refused, **page)


@blueprint.route("/members/<label>/replace", methods=["GET", "POST"])
@requires(Permission.PANEL_NAME)
def replace(at: Place, label: str) -> Answer:
    """Put another person in a member's seat before moderation begins."""
    found = meet(at)
    actor = access.current_actor()
    leaving = found.labelled(label)
    ensure(policy.can_change_members(actor, found.phase))
    form = ChangeMemberForm()
    form.person.choices = _others(found, chairs_only=leaving.seat is Seat.CHAIR)
    refused: DomainError | None = None
    page = {
        "title": found.challenge.title,
        "reference": at.reference,
        "leaving": leaving.user.name,
        "scored": leaving.scores_submitted_at is not None,
    }
    if form.validate_on_submit():
        try:
            service.replace_member(
                at,
                label,
                user_id=uuid.UUID(form.person.data),
                reason=form.reason.data or "",
                actor=actor,
                clock=access.clock(),
                link=own_link(at),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("The member is replaced. The new one has been sent a message."))
            return see("panel.home", at)
    return answer("panel/member.html", form, refused, **page)


def _others(found: Meeting, *, chairs_only: bool = False) -> list[tuple[str, str]]:
    people = queries.candidates(db.session(), found.challenge.buyer_id)
    sitting = {member.user_id for member in found.members}
    return [
        ("", _("Choose a person")),
        *(
            (str(person.user_id), _shown(person, people))
            for person in people
            if person.user_id not in sitting and (person.may_chair or not chairs_only)
        ),
    ]


@blueprint.route("/briefing", methods=["GET", "POST"])
@requires(Permission.INTEREST_DECLARE)
def briefing(at: Place) -> Answer:
    """Show the briefing; accept it."""
    found = meet(at)
    member = found.own_seat
    form = BriefingForm()
    refused: DomainError | None = None
    page = {
        "title": found.challenge.title,
        "reference": at.reference,
        "seat": member.seat,
        "briefed_at": member.briefed_at,
        # Whoever has accepted reads again what they accepted.
        "text": with_digest(member.briefing_sha256) or CURRENT,
        "open": policy.can_accept_briefing(access.current_actor(), member, found.phase).allowed,
    }
    if form.validate_on_submit():
        try:
            service.accept_briefing(
                at,
                read=form.read.data or CURRENT.sha256,
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("You have accepted the briefing."))
            return see("panel.home", at)
    return answer("panel/briefing.html", form, refused, **page)


@blueprint.route("/interests", methods=["GET", "POST"])
@requires(Permission.INTEREST_DECLARE)
def interests(at: Place) -> Answer:
    """Declare interests in the parties, once; afterwards show what was declared."""
    found = meet(at)
    member = found.own_seat
    if member.interests_declared_at is not None:
        own = [
            row
            for row in chair_pages.interest_rows(db.session(), found)
            if row.member.id == member.id
        ]
        return render_template("panel/declared.html", found=found, member=member, rows=own)
    ensure(policy.can_declare_interests(access.current_actor(), member, found.phase))
    known = parties.parties(db.session(), found.stage.id)
    form = interests_form(known)
    refused: DomainError | None = None
    title = found.challenge.title
    if form.validate_on_submit():
        given = {}
        for party in known:
            chosen = form[f"interest-{party.key}"].data
            given[party.name] = Declaration(
                Interest(chosen) if chosen else None,
                form[f"statement-{party.key}"].data or "",
            )
        try:
            service.declare_interests(at, given, actor=access.current_actor(), clock=access.clock())
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("Your declaration is recorded."))
            return see("panel.home", at)
    return answer(
        "panel/interests.html", form, refused, title=title, reference=at.reference, parties=known
    )
