"""Pages on which a body says what the work achieved, some months after its end."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges.queries import own_challenge
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Permission, ensure
from marketplace.core.text import N_
from scoring.award.delivery.benefits import policy, queries, service
from scoring.award.delivery.benefits.lifecycle import ROUNDS, Measured, due_on, measures_of
from scoring.award.delivery.benefits.models import BenefitReview
from scoring.award.delivery.forms import BenefitForm, rows_sent
from scoring.award.delivery.queries import day_of, finish_of

blueprint = Blueprint("benefits", __name__)

AT = "/work/challenges/<reference>/delivery/benefits"


@blueprint.get(AT)
@requires(Permission.CHALLENGE_READ_OWN)
def index(reference: str) -> str:
    """List what was measured of a challenge, and what is to be measured when."""
    session, actor = db.session(), access.current_actor()
    challenge = own_challenge(session, reference, actor)
    finished = finish_of(session, challenge)
    found = {each.months: each for each in queries.holding(queries.reviews(session, challenge))}
    return render_template(
        "delivery/benefits.html",
        challenge=challenge,
        finished=finished,
        rounds=[
            (months, due_on(finished.finished_on, months), found.get(months))
            for months in ROUNDS
            if finished is not None
        ],
        today=day_of(access.clock().now()),
    )


@blueprint.route(f"{AT}/<int:months>", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def measure(reference: str, months: int) -> Page:
    """Record what was measured so many months after the work's end."""
    session, actor, clock = db.session(), access.current_actor(), access.clock()
    challenge = own_challenge(session, reference, actor)
    if months not in ROUNDS:
        raise NotFound(N_("There is no such measurement."))
    finished = finish_of(session, challenge)
    all_of = queries.reviews(session, challenge)
    before = next((e for e in queries.holding(all_of) if e.months == months), None)
    rows = _rows(before, [e for e in queries.holding(all_of) if e.months < months])
    rows = rows or [Measured(each, "", "") for each in measures_of(challenge.measures)]
    count = len(rows) + 1
    if request.method == "POST":
        count = rows_sent(request.form, "measure", BenefitForm.most)
        count = min(count + ("more" in request.form), BenefitForm.most)
    form = BenefitForm.of(
        rows,
        seen=before.edition if before else 0,
        count=count,
        words=before.words if before else "",
        lessons=before.lessons if before else "",
        publish=before.published if before else True,
    )
    status = 200
    if request.method == "GET":
        ensure(
            policy.can_measure(
                actor,
                buyer_id=challenge.buyer_id,
                state=challenge.state,
                finished_on=finished.finished_on if finished else None,
                months=months,
                today=day_of(clock.now()),
            )
        )
    elif "more" in request.form:
        pass
    elif not form.validate():
        status = 422
    else:
        try:
            service.measure(
                reference,
                months,
                form.rows(),
                words=form.words.data or "",
                lessons=form.lessons.data or "",
                publish=bool(form.publish.data),
                seen=form.version,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("The measurement is recorded."))
            address = url_for("benefits.index", reference=reference)
            return redirect(address, 303)
    page = render_template(
        "delivery/measure.html", challenge=challenge, months=months, form=form, before=before
    )
    return page, status


def _rows(before: BenefitReview | None, earlier: list[BenefitReview]) -> list[Measured]:
    """Give what the form begins with: what was recorded, or an earlier round's measures."""
    if before is not None:
        return [Measured(each.measure, each.before, each.now) for each in before.values]
    if earlier:
        return [Measured(each.measure, each.before, "") for each in earlier[-1].values]
    return []
