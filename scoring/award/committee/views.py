"""Pages of awards that a committee decides."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from bids.attachments.serving import file_response
from challenges.models import Stage
from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from challenges.stages.queries import own_stage
from marketplace.core import access, docx
from marketplace.core.access import requires
from marketplace.core.accounts.sessions import stale_sign_in
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Permission, ensure
from marketplace.core.regimes.exemptions import Exemptions
from marketplace.core.text import N_
from scoring.award import queries as awards
from scoring.award.answering import may_answer
from scoring.award.committee import forms, kinds, policy, queries, service
from scoring.award.committee.kinds import Part
from scoring.award.evidence.views import REQUEST_MOST, file_sent

blueprint = StagedBlueprint("committee", __name__, "/decision/committee")

Page = str | Response | tuple[str, int]


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one page that takes files take them, before its form is read for the first time."""
    if endpoint == f"{blueprint.name}.record":
        request.max_content_length = REQUEST_MOST


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"committee_outcomes": kinds.OUTCOME_WORDS, "paper_parts": kinds.PART_WORDS}


@blueprint.get("")
@requires(*policy.READERS)
def index(at: Place) -> str:
    """Show who decides, the parts of the paper, and what the committee decided so far."""
    session, actor = db.session(), access.current_actor()
    stage = own_stage(session, at, actor)
    found = awards.decision(session, stage)
    unnamed = awards.judges_unnamed(stage, found.panel, actor)
    ensure(policy.can_see(actor, unnamed=unnamed))
    route = queries.route_of(session, stage.id)
    recommended = found.recommendation is not None and not found.overtaken and not found.withdrawal
    takes = policy.can_take_paper(
        actor, by_committee=route is not None, recommended=recommended, unnamed=unnamed
    )
    records = policy.can_record(may_answer(stage, found, actor), by_committee=route is not None)
    return render_template(
        "committee/index.html",
        challenge=stage.challenge,
        stage=stage,
        route=route,
        ground=_grounds(stage).find(route.exemption) if route else None,
        decisions=queries.decisions_of(session, stage.id),
        takes=takes,
        records=records,
        chooses=service.may_choose(stage, found, actor),
        parts=list(Part),
    )


@blueprint.route("/choose", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def choose(at: Place) -> Page:
    """Say who decides the award."""
    session, actor, form, status = db.session(), access.current_actor(), forms.RouteForm(), 200
    stage = own_stage(session, at, actor)
    # Before that moment there may be no plan, whose rules have the grounds.
    ensure(service.may_choose(stage, awards.decision(session, stage), actor))
    form.offer(_grounds(stage))
    if request.method == "GET":
        route = queries.route_of(session, stage.id)
        form.who.data = forms.COMMITTEE if route else forms.PERSON
        form.committee.data = route.committee if route else ""
        form.exemption.data = route.exemption if route else ""
    elif not form.validate():
        status = 422
    elif form.chosen is None or (form.who.data == forms.COMMITTEE and not form.chosen):
        wanted = form.who if form.chosen is None else form.committee
        wanted.errors = [
            _("Choose who decides") if form.chosen is None else _("Enter the committee’s name")
        ]
        status = 422
    else:
        try:
            service.choose(
                at,
                committee=form.chosen,
                exemption=form.exemption.data or "",
                actor=actor,
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            form.refuse(error)
            status = 409 if isinstance(error, WrongMoment) else 422
        else:
            flash(_("Recorded."))
            return redirect(url_for("committee.index", reference=at.reference), 303)
    return render_template("committee/choose.html", form=form, challenge=stage.challenge), status


@blueprint.get("/<part>.docx")
@requires(*policy.READERS)
def paper(at: Place, part: str) -> Response:
    """Give a part of the paper as a file, after recording that."""
    wanted = next((each for each in Part if each.value == part), None)
    if wanted is None:
        raise NotFound(N_("There is no such paper."))
    name, content = service.take_paper(
        at, wanted, actor=access.current_actor(), clock=access.clock()
    )
    answer = Response(content, mimetype=docx.MEDIA_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@blueprint.route("/decision", methods=["GET", "POST"])
@requires(Permission.AWARD_APPROVE)
def record(at: Place) -> Page:
    """Record what the committee decided."""
    if request.method == "GET" and (away := stale_sign_in()) is not None:
        return away
    session, actor, form, status = db.session(), access.current_actor(), forms.MinuteForm(), 200
    stage = own_stage(session, at, actor)
    found = awards.decision(session, stage)
    route = queries.route_of(session, stage.id)
    if request.method == "GET":
        ensure(policy.can_record(may_answer(stage, found, actor), by_committee=route is not None))
        assert found.recommendation is not None  # the policy has said so
        form.recommendation.data = str(found.recommendation.id)
    elif not form.validate():
        status = 422
    else:
        try:
            service.record(
                at,
                recommendation_id=_identifier(form.recommendation.data),
                outcome=form.found,
                met_on=form.met_on.data,
                minute=form.minute.data or "",
                words=form.words.data or "",
                file=file_sent(form),
                actor=actor,
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            form.refuse(error)
            status = 409 if isinstance(error, WrongMoment) else 422
        else:
            flash(_("The committee’s decision is recorded."))
            return redirect(url_for("committee.index", reference=at.reference), 303)
    return _record_page(at, form), status


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Page:
    """Say by the field that a file is too large to be taken in at all."""
    form = forms.MinuteForm(formdata=None)
    form.file.errors = [_("The file is larger than 20 MB, so it was not taken.")]
    return _record_page((request.view_args or {})["at"], form), 413


@blueprint.get("/minutes/<uuid:decision_id>")
@requires(*policy.READERS)
def minute(at: Place, decision_id: uuid.UUID) -> Response:
    """Give the file of a minute to be saved, after recording that."""
    found = service.read_minute(at, decision_id, actor=access.current_actor(), clock=access.clock())
    return file_response(*found)


def _record_page(at: Place, form: forms.MinuteForm) -> str:
    session, actor = db.session(), access.current_actor()
    stage = own_stage(session, at, actor)
    return render_template(
        "committee/record.html",
        form=form,
        challenge=stage.challenge,
        route=queries.route_of(session, stage.id),
        recommendation=awards.decision(session, stage).recommendation,
    )


def _grounds(stage: Stage) -> Exemptions:
    return queries.exemptions_of(db.session(), stage, access.clock().now())


def _identifier(text: str | None) -> uuid.UUID:
    """Read the identifier of a recommendation; one that nobody has where it is none."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return uuid.UUID(int=0)
