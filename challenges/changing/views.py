"""Pages on which a change to a published challenge is prepared, read and published."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import queries
from challenges.changing import policy, service, showing
from challenges.changing import queries as changes
from challenges.changing.contents import CHANGEABLE, text_of
from challenges.changing.forms import HandOverForm
from challenges.forms.criteria import QuestionForm, WeightsForm
from challenges.forms.sections import FORMS
from challenges.forms.steps import StepForm
from challenges.method.document import steps_of
from challenges.method.rules import BY_CRITERION
from challenges.models import Challenge
from challenges.plan import WEIGHTS_TOTAL, plain
from challenges.readiness import weights_sum
from challenges.sections import SECTION_WORDS, Section, edition
from challenges.service import read
from challenges.service.criteria import find_question, read_question, read_weights
from challenges.views.differing import Difference, differences, take_both
from challenges.views.room import Page, law_now, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.keeping import BOTH
from marketplace.core.permissions import Permission, ensure
from marketplace.core.presence.views import shown_at
from marketplace.core.text import N_

blueprint = Blueprint("changes", __name__)

_AT = "/work/challenges/<reference>/change"


@blueprint.get(_AT)
@requires(Permission.CHALLENGE_WRITE)
def show(reference: str) -> str:
    """Show the change in hand: its sections, what differs, and what is left to do."""
    actor, now = access.current_actor(), access.clock().now()
    challenge = _load(reference)
    draft = changes.in_hand(db.session(), challenge)
    copy = service.changed(db.session(), challenge)
    found = showing.changes_between(text_of(challenge), text_of(copy))
    new_plan = service.makes_new_plan(challenge, copy)
    handed_over = draft is not None and draft.handed_over_at is not None
    return render_template(
        "changes/show.html",
        challenge=challenge,
        draft=draft,
        sections=[(each, SECTION_WORDS[each]) for each in CHANGEABLE],
        touched={each.section for each in found},
        found=found,
        lacking=service.lacks(challenge, copy, now),
        new_plan=new_plan,
        steps_gone=showing.steps_gone(challenge, copy),
        confirm=new_plan or (draft is not None and draft.confirm),
        time_to_confirm=policy.time_to_confirm(challenge, now),
        may_change=policy.can_change(actor, challenge, now),
        may_publish=policy.can_publish(
            actor,
            challenge,
            now,
            writers=draft.writers if draft else (),
            handed_over=handed_over,
            confirm=new_plan or (draft is not None and draft.confirm),
        ),
        published=changes.published(db.session(), challenge),
        form=StepForm(),
    )


@blueprint.route(f"{_AT}/section/<section>", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def section(reference: str, section: str) -> Page:
    """Write what a section will say, by the very form in which a draft is written."""
    if section not in set(Section) or (part := Section(section)) not in CHANGEABLE:
        raise NotFound(N_("There is no such section."))
    if part not in FORMS:
        return redirect(url_for("changes.criteria", reference=reference))
    actor, clock = access.current_actor(), access.clock()
    challenge = _load(reference)
    present = read(service.changed(db.session(), challenge), part)
    kind = FORMS[part]
    form = showing.ready(kind(data={**kind.data_of(present), "seen": edition(present)}), present)
    status, differing = 200, None
    merged = request.form.get("then") == BOTH
    if merged:
        take_both(showing.form_of(present), form)
        form.seen.data = edition(present)
    if request.method == "GET" or merged:
        ensure(policy.can_change(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.save_section(
                reference, form.content(), seen=form.seen.data or None, actor=actor, clock=clock
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            if isinstance(error, StaleEdit):
                # The writer is shown what is saved now; saving again overwrites with open eyes.
                challenge = _load(reference)
                present = read(service.changed(db.session(), challenge), part)
                form.seen.data = edition(present)
                differing = differences(showing.form_of(present), form)
        else:
            flash(_("Saved in the change: %(section)s.", section=_(SECTION_WORDS[part])))
            return _to_change(reference)
    page = render_template(
        f"challenges/write_{part}.html",
        challenge=challenge,
        form=form,
        heading=SECTION_WORDS[part],
        differences=differing,
        merged=merged,
        presence=shown_at(f"change:{reference}/{part}", actor),
        law=law_now(challenge),
        back=url_for("changes.show", reference=reference),
    )
    return page, status


@blueprint.route(f"{_AT}/criteria", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def criteria(reference: str) -> Page:
    """List the criteria as they will be; save all weights at once."""
    actor, clock = access.current_actor(), access.clock()
    challenge = _load(reference)
    copy = service.changed(db.session(), challenge)
    form = WeightsForm.over(copy.stage.criteria, seen=edition(read_weights(copy.stage)))
    status = 200
    if request.method == "GET":
        ensure(policy.can_change(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.arrange(
                reference, form.weights(), seen=form.seen.data or None, actor=actor, clock=clock
            )
        except (Invalid, WrongMoment) as error:
            if isinstance(error, Invalid):
                error.fields = {WeightsForm.field_name(k): v for k, v in error.fields.items()}
            status = refused(form, error)
            copy = service.changed(db.session(), _load(reference))
            if isinstance(error, StaleEdit):
                form.seen.data = edition(read_weights(copy.stage))
        else:
            flash(_("The weights are saved in the change."))
            return redirect(url_for("changes.criteria", reference=reference), 303)
    page = render_template(
        "changes/criteria.html",
        challenge=challenge,
        form=form,
        rows=[
            (each, form._fields.get(WeightsForm.field_name(each.key)))
            for each in sorted(copy.stage.criteria, key=lambda each: each.ordinal)
        ],
        total=plain(weights_sum(copy.stage)),
        wanted=plain(WEIGHTS_TOTAL),
    )
    return page, status


@blueprint.route(f"{_AT}/criteria/new", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def add_criterion(reference: str) -> Page:
    """Add a criterion to what will be asked."""
    actor, clock = access.current_actor(), access.clock()
    challenge, form, status = _load(reference), QuestionForm(), 200
    if request.method == "GET":
        ensure(policy.can_change(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.add_criterion(reference, form.content(), actor=actor, clock=clock)
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("The criterion is added to the change."))
            return redirect(url_for("changes.criteria", reference=reference), 303)
    return _criterion_page(challenge, form), status


@blueprint.route(f"{_AT}/criteria/<key>", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def change_criterion(reference: str, key: str) -> Page:
    """Say what a criterion will be."""
    actor, clock = access.current_actor(), access.clock()
    challenge = _load(reference)
    present = read_question(find_question(service.changed(db.session(), challenge).stage, key))
    form = QuestionForm(data={**vars(present), "seen": edition(present)})
    status, differing = 200, None
    if request.method == "GET":
        ensure(policy.can_change(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.change_criterion(
                reference,
                key,
                form.content(),
                seen=form.seen.data or None,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            if isinstance(error, StaleEdit):
                copy = service.changed(db.session(), _load(reference))
                present = read_question(find_question(copy.stage, key))
                form.seen.data = edition(present)
                saved = QuestionForm(formdata=None, prefix="saved-", data=dict(vars(present)))
                differing = differences(saved, form)
        else:
            flash(_("The criterion is saved in the change."))
            return redirect(url_for("changes.criteria", reference=reference), 303)
    return _criterion_page(challenge, form, key, differing), status


@blueprint.route(f"{_AT}/criteria/<key>/delete", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def delete_criterion(reference: str, key: str) -> Page:
    """Ask whether a criterion is to go, then take it out of what will be asked."""
    actor, clock = access.current_actor(), access.clock()
    challenge, form, status = _load(reference), StepForm(), 200
    stage = service.changed(db.session(), challenge).stage
    criterion = find_question(stage, key)
    if request.method == "GET":
        ensure(policy.can_change(actor, challenge, clock.now()))
    elif form.validate():
        try:
            service.delete_criterion(reference, key, actor=actor, clock=clock)
        except WrongMoment as error:
            status = refused(form, error)
        else:
            flash(_("The criterion is taken out in the change."))
            return redirect(url_for("changes.criteria", reference=reference), 303)
    page = render_template(
        "changes/delete_criterion.html",
        challenge=challenge,
        criterion=criterion,
        parts_ties=BY_CRITERION + key in steps_of(stage),
        form=form,
    )
    return page, status


@blueprint.route(f"{_AT}/finish", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def finish(reference: str) -> Page:
    """Say why, and what it asks of bids, then hand the change to another officer."""
    actor, clock = access.current_actor(), access.clock()
    challenge = _load(reference)
    draft = changes.in_hand(db.session(), challenge)
    if draft is None:
        return _to_change(reference)
    form = HandOverForm(data={"reason": draft.reason, "confirm": "yes" if draft.confirm else "no"})
    status = 200
    if request.method == "GET":
        ensure(policy.can_change(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.hand_over(
                reference,
                reason=form.reason.data or "",
                confirm=form.confirm.data == "yes",
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("Handed over. An officer who wrote nothing of it reads it and publishes it."))
            return _to_change(reference)
    challenge = _load(reference)
    copy = service.changed(db.session(), challenge)
    page = render_template(
        "changes/finish.html",
        challenge=challenge,
        form=form,
        new_plan=service.makes_new_plan(challenge, copy),
        time_to_confirm=policy.time_to_confirm(challenge, clock.now()),
    )
    return page, status


@blueprint.route(f"{_AT}/publish", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_PUBLISH)
def publish(reference: str) -> Page:
    """Show what the change does, whom it concerns, and that it is final; then publish it."""
    actor, clock = access.current_actor(), access.clock()
    challenge = _load(reference)
    draft = changes.in_hand(db.session(), challenge)
    if draft is None:
        return _to_change(reference)
    copy = service.changed(db.session(), challenge)
    new_plan = service.makes_new_plan(challenge, copy)
    confirm = draft.confirm or new_plan
    form, status = StepForm(data={"seen": str(draft.row_version)}), 200
    if request.method == "GET":
        ensure(
            policy.can_publish(
                actor,
                challenge,
                clock.now(),
                writers=draft.writers,
                handed_over=draft.handed_over_at is not None,
                confirm=confirm,
            )
        )
    elif not form.validate():
        status = 422
    else:
        try:
            made = service.publish(reference, seen=form.version, actor=actor, clock=clock)
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = _load(reference)
            draft = changes.in_hand(db.session(), challenge)
            if draft is None:
                return _to_change(reference)
            copy = service.changed(db.session(), challenge)
            form.seen.data = str(draft.row_version)
        else:
            flash(_("Change %(number)s is published, and people are told.", number=made.number))
            return redirect(
                url_for("public_changes.show", reference=reference, number=made.number), 303
            )
    page = render_template(
        "changes/publish.html",
        challenge=challenge,
        draft=draft,
        form=form,
        found=showing.changes_between(text_of(challenge), text_of(copy)),
        number=changes.count(db.session(), challenge) + 1,
        new_plan=new_plan,
        steps_gone=showing.steps_gone(challenge, copy),
        confirm=confirm,
    )
    return page, status


@blueprint.route(f"{_AT}/discard", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def discard(reference: str) -> Page:
    """Ask whether the change in hand is to be given up, then do it."""
    actor, clock = access.current_actor(), access.clock()
    challenge, form, status = _load(reference), StepForm(), 200
    if changes.in_hand(db.session(), challenge) is None:
        return _to_change(reference)
    if request.method == "GET":
        ensure(policy.can_change(actor, challenge, clock.now()))
    elif form.validate():
        try:
            service.discard(reference, actor=actor, clock=clock)
        except WrongMoment as error:
            status = refused(form, error)
        else:
            flash(_("The change is given up. The challenge stays as it is published."))
            return _to_change(reference)
    return render_template("changes/discard.html", challenge=challenge, form=form), status


def _load(reference: str) -> Challenge:
    return queries.own_challenge(db.session(), reference, access.current_actor(), whole=True)


def _to_change(reference: str) -> Page:
    return redirect(url_for("changes.show", reference=reference), 303)


def _criterion_page(
    challenge: Challenge,
    form: QuestionForm,
    key: str | None = None,
    differing: Sequence[Difference] | None = None,
) -> str:
    return render_template(
        "challenges/criterion.html",
        challenge=challenge,
        at={},
        form=form,
        key=key,
        differences=differing,
        back=url_for("changes.criteria", reference=challenge.reference),
    )
