"""Pages on which a decision is taken again, and on which earlier ones are read."""

import uuid

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges.models import Stage
from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from challenges.stages.queries import own_stage
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts.sessions import stale_sign_in
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from scoring.award import queries as awards
from scoring.award.again import policy, queries, service
from scoring.award.again.forms import AnswerForm, ProposeForm, RestForm
from scoring.award.complaints import policy as reading
from scoring.award.complaints.queries import brought
from scoring.panel import queries as panels
from scoring.panel.again.lifecycle import POINT_WORDS

blueprint = StagedBlueprint("again", __name__)

Page = str | Response | tuple[str, int]

_AT = "/work/challenges/<reference>/decision/again"


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"point_words": POINT_WORDS}


@blueprint.get(_AT)
@requires(*reading.READERS)
def show(at: Place) -> str:
    """Show decisions that were taken back, and what can be done about the one that stands."""
    stage, standing = _standing(at)
    return render_template(
        "again/show.html",
        stage=stage,
        challenge=stage.challenge,
        standing=standing,
        titles=_titles(stage),
    )


@blueprint.route(f"{_AT}/propose", methods=["GET", "POST"])
@requires(Permission.AWARD_RECOMMEND, Permission.CONTRACT_SIGN)
def propose(at: Place) -> Page:
    """Propose to take the decision again."""
    stage, standing = _standing(at)
    if standing.contracts:
        return _propose_end(at, stage, standing)
    form, status = ProposeForm(), 200
    form.offer(
        policy.points_at(scores_stand=stage.scores_stand),
        panels.questions(stage),
        brought(db.session(), stage).complaints,
        leads_on=standing.leads_on,
    )
    if not form.is_submitted():
        ensure(standing.may_propose)
    elif not form.validate():
        status = 422
    else:
        try:
            service.propose(
                at,
                point=form.chosen,
                named=form.named.data or (),
                complaint=form.number,
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = _refused(form, error)
        else:
            flash(_("Your proposal is recorded. An approver decides now."))
            return _see(at)
    return _page("again/propose.html", form, stage, status, standing=standing)


def _propose_end(at: Place, stage: Stage, standing: queries.Standing) -> Page:
    """Propose that what is not signed ends without award: no more than that can be done once a
    contract is signed."""
    form, status = RestForm(), 200
    if not form.is_submitted():
        ensure(standing.may_end_rest)
    elif not form.validate():
        status = 422
    else:
        try:
            service.propose_end_of_rest(
                at,
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = _refused(form, error)
        else:
            flash(_("Your proposal is recorded. An approver decides now."))
            return _see(at)
    return _page("again/end_rest.html", form, stage, status, standing=standing)


@blueprint.route(f"{_AT}/decide", methods=["GET", "POST"])
@requires(Permission.AWARD_APPROVE)
def decide(at: Place) -> Page:
    """Decide whether the decision is taken again."""
    if request.method == "GET" and (away := stale_sign_in()) is not None:
        return away
    stage, standing = _standing(at)
    form, status = AnswerForm(), 200
    rest = standing.waiting is not None and standing.waiting.ends_rest
    if rest:
        form.about_rest()
    if not form.is_submitted():
        ensure(standing.may_answer)
        form.seen.data = str(standing.waiting.id) if standing.waiting else ""
    elif not form.validate():
        status = 422
    else:
        try:
            confirmed = _chosen(form)
            service.answer(
                at,
                proposal_id=_identifier(form.seen.data),
                confirmed=confirmed,
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = _refused(form, error)
        else:
            flash(
                _("The rest has ended without award. Every bidder is told.")
                if confirmed and rest
                else _("The decision is taken again. Everybody concerned is told.")
                if confirmed
                else _("Returned: the decision stands.")
            )
            return _see(at)
    return _page("again/decide.html", form, stage, status, standing=standing, titles=_titles(stage))


def _standing(at: Place) -> tuple[Stage, queries.Standing]:
    """Give the stage and how it stands, to whoever may read of complaints about it too."""
    session, actor = db.session(), access.current_actor()
    stage = own_stage(session, at, actor)
    found = awards.decision(session, stage)
    ensure(
        reading.can_read(
            actor,
            chair_id=awards.chair_id(found.panel),
            unnamed=awards.judges_unnamed(stage, found.panel, actor),
        )
    )
    return stage, queries.standing(session, stage, found, actor)


def _titles(stage: Stage) -> dict[str, str]:
    return {each.key: each.title for each in panels.questions(stage)}


def _refused(form: BaseForm, error: Invalid | WrongMoment) -> int:
    form.refuse(error)
    return 409 if isinstance(error, WrongMoment) else 422


def _page(template: str, form: BaseForm, stage: Stage, status: int, **more: object) -> Page:
    page = render_template(template, form=form, stage=stage, challenge=stage.challenge, **more)
    return page, status


def _chosen(form: AnswerForm) -> bool:
    """Give what the approver chose.

    Raises:
        Invalid: nothing.
    """
    if form.chosen is None:
        choose = _("Choose whether the decision is taken again")
        raise Invalid(choose, {"answer": choose})
    return form.chosen


def _identifier(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        raise Invalid(_("Load the page again, then decide.")) from None


def _see(at: Place) -> Response:
    return make_response(redirect(url_for("again.show", reference=at.reference), code=303))
