"""Pages of flagged prices: the list for whoever reads results, and the decision."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bids.asking import policy as asking
from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from challenges.stages.queries import own_stage
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Permission, ensure
from scoring.award import policy as awards
from scoring.award import queries as decisions
from scoring.award.low_prices import policy, queries, service
from scoring.award.low_prices.forms import LowPriceForm

blueprint = StagedBlueprint("low_prices", __name__)
blueprint.context_processor(lambda: {"price_finding_words": policy.FINDING_WORDS})

_AT = "/work/challenges/<reference>/decision/low-prices"


@blueprint.get(_AT)
@requires(*awards.READERS)
def index(at: Place) -> str:
    """List the flagged prices with what the bidders were asked and what was found."""
    actor, session, now = access.current_actor(), db.session(), access.clock().now()
    stage = own_stage(session, at, actor)
    found = decisions.decision(session, stage)
    locked_at = found.panel.quality_locked_at if found.panel else None
    chair_id = decisions.chair_id(found.panel)
    unnamed = decisions.judges_unnamed(stage, found.panel, actor)
    ensure(awards.can_read_result(actor, locked_at, chair_id=chair_id, unnamed=unnamed))
    return render_template(
        "low_prices/index.html",
        challenge=stage.challenge,
        prices=queries.prices(session, stage, found.computed),
        standing=lambda query: asking.standing(query, now),
        decides=service.may_decide(actor, stage, found, now),
    )


@blueprint.route(f"{_AT}/<bid_reference>", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE)
def decide(at: Place, bid_reference: str) -> str | Response | tuple[str, int]:
    """Decide about one flagged price, with the reason."""
    actor, session, clock = access.current_actor(), db.session(), access.clock()
    form, status = LowPriceForm(), 200
    if request.method == "POST" and form.validate():
        try:
            service.decide(
                at,
                bid_reference,
                finding=form.found,
                reason=form.reason.data or "",
                actor=actor,
                clock=clock,
            )
        except Invalid as error:
            form.refuse(error)
            status = 422
        else:
            flash(_("Your decision about the price of bid %(bid)s is recorded.", bid=bid_reference))
            return redirect(url_for("low_prices.index", reference=at.reference), 303)
    elif request.method == "POST":
        status = 422
    stage = own_stage(session, at, actor)
    found = decisions.decision(session, stage)
    # The page shows the price, so also one that was refused is for those alone who may decide.
    ensure(service.may_decide(actor, stage, found, clock.now()))
    price = queries.price_of(session, stage, found.computed, bid_reference)
    now = clock.now()
    page = render_template(
        "low_prices/decide.html",
        challenge=stage.challenge,
        price=price,
        form=form,
        standing=lambda query: asking.standing(query, now),
    )
    return page, status
