"""The body's list of queries, one query with its answer, and asking one."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bids import policy as bid_policy
from bids import service as bid_service
from bids.asking import lifecycle, policy, queries, service
from bids.asking.forms import AskForm
from bids.asking.views.room import AT, blueprint
from bids.opened import is_opened, stage_of
from bids.views.room import Page, refused
from challenges.kinds import CriterionKind, PriceModel
from challenges.queries import own_challenge
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure

_READERS = (Permission.BID_READ_OPENED, Permission.RECORD_AUDIT)


@blueprint.get("/work/challenges/<reference>/queries")
@requires(*_READERS)
def index(reference: str) -> str:
    """List the queries to bidders of a challenge, without what was said."""
    actor, session, now = access.current_actor(), db.session(), access.clock().now()
    challenge = own_challenge(session, reference, actor)
    opened = is_opened(session, challenge.stage.id)
    ensure(bid_policy.can_read_opened(actor, challenge.state, opened=opened))
    return render_template(
        "bid_queries/index.html",
        challenge=challenge,
        rows=[
            (query, policy.standing(query, now), policy.may_read(actor, query.bid.standing, query))
            for query in queries.of_challenge(session, challenge)
        ],
        handles=policy.can_handle(actor, challenge.state).allowed,
    )


@blueprint.get(f"{AT}/<int:number>")
@requires(*_READERS)
def show(reference: str, bid_reference: str, number: int) -> str:
    """Show one query with its answer and decision, after recording that it is read."""
    actor, clock = access.current_actor(), access.clock()
    challenge, query = service.read_query(
        reference, bid_reference, number, actor=actor, clock=clock
    )
    now = clock.now()
    return render_template(
        "bid_queries/show.html",
        challenge=challenge,
        query=query,
        standing=policy.standing(query, now),
        may={
            name: rule.allowed
            for name, rule in {
                "extend": policy.can_extend(actor, query.bid.standing, query, now),
                "withdraw": policy.can_withdraw(actor, query.bid.standing, query, now),
                "decide": policy.can_decide(actor, query.bid.standing, query, now),
                "show": policy.can_show(actor, query.bid.standing, query),
            }.items()
        },
        for_panel=policy.goes_to_panel(query.part),
        form=BaseForm(),
    )


@blueprint.route(f"{AT}/ask", methods=["GET", "POST"])
@requires(Permission.BID_QUERY)
def ask(reference: str, bid_reference: str) -> Page:
    """Ask a bidder to explain or complete something in its bid."""
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    challenge = own_challenge(session, reference, actor)
    stage = stage_of(session, challenge, bid_reference)
    form = AskForm(
        data={
            "answer_by": lifecycle.usual_limit(clock.now()),
            # A page that sends somebody here may know what it is about.
            "concern": request.args.get("about"),
        }
    )
    form.offer(
        [(c.key, c.title) for c in stage.criteria if c.kind is CriterionKind.QUALITY],
        price=stage.price_model is not PriceModel.FIXED_BUDGET,
    )
    status = 200
    if request.method == "GET":
        ensure(policy.can_handle(actor, challenge.state))
        if challenge.bids_elsewhere:
            raise WrongMoment(policy.ASKED_ELSEWHERE)
    elif not form.validate():
        status = 422
    else:
        try:
            number = service.ask(
                reference,
                bid_reference,
                concern=form.about,
                text=form.text.data or "",
                answer_by=form.answer_by.data,
                changes_nothing=form.changes_nothing.data,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = own_challenge(session, reference, actor)
        else:
            flash(_("The query is sent. The supplier’s people are told by e-mail."))
            return redirect(
                url_for(
                    "bid_queries.show",
                    reference=reference,
                    bid_reference=bid_reference,
                    number=number,
                ),
                303,
            )
    reading = bid_service.read_bid(reference, bid_reference, actor=actor, clock=clock)
    page = render_template("bid_queries/ask.html", challenge=challenge, bid=reading.bid, form=form)
    return page, status
