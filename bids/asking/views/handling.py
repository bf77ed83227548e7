"""What officers do with a query: give more time, take it back, decide, show it to the panel."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bids.asking import policy, queries, service
from bids.asking.forms import SHOW, DecideForm, ExtendForm, WithdrawForm
from bids.asking.models import BidQuery
from bids.asking.views.room import AT, blueprint
from bids.views.room import Page, refused
from challenges.lifecycle import State
from challenges.queries import own_challenge
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Actor, Answer, Permission, ensure


@blueprint.route(f"{AT}/<int:number>/limit", methods=["GET", "POST"])
@requires(Permission.BID_QUERY)
def extend(reference: str, bid_reference: str, number: int) -> Page:
    """Give the supplier more time to answer."""
    form = ExtendForm()

    def do(actor: Actor) -> str:
        service.extend(
            reference,
            bid_reference,
            number,
            answer_by=form.answer_by.data,
            because=form.because.data or "",
            actor=actor,
            clock=access.clock(),
        )
        return str(_("The supplier has more time, and is told by e-mail."))

    def allowed(actor: Actor, state: State, query: BidQuery) -> Answer:
        return policy.can_extend(actor, state, query, access.clock().now())

    return _handle("extend", (reference, bid_reference, number), form, allowed, do)


@blueprint.route(f"{AT}/<int:number>/take-back", methods=["GET", "POST"])
@requires(Permission.BID_QUERY)
def withdraw(reference: str, bid_reference: str, number: int) -> Page:
    """Take a query back that is not answered."""
    form = WithdrawForm()

    def do(actor: Actor) -> str:
        service.withdraw(
            reference,
            bid_reference,
            number,
            because=form.because.data or "",
            actor=actor,
            clock=access.clock(),
        )
        return str(_("The query is taken back. The supplier is told by e-mail."))

    def allowed(actor: Actor, state: State, query: BidQuery) -> Answer:
        return policy.can_withdraw(actor, state, query, access.clock().now())

    return _handle("withdraw", (reference, bid_reference, number), form, allowed, do)


@blueprint.route(f"{AT}/<int:number>/decision", methods=["GET", "POST"])
@requires(Permission.BID_QUERY)
def decide(reference: str, bid_reference: str, number: int) -> Page:
    """Decide about the answer, or that none came, and whether the panel sees it."""
    form = DecideForm()

    def do(actor: Actor) -> str:
        service.decide(
            reference,
            bid_reference,
            number,
            decision=form.decided,
            because=form.because.data or "",
            shown=form.panel.data == SHOW,
            kept_because=form.kept_because.data or "",
            actor=actor,
            clock=access.clock(),
        )
        return str(_("Your decision is recorded."))

    def allowed(actor: Actor, state: State, query: BidQuery) -> Answer:
        return policy.can_decide(actor, state, query, access.clock().now())

    return _handle("decide", (reference, bid_reference, number), form, allowed, do)


@blueprint.post(f"{AT}/<int:number>/panel")
@requires(Permission.BID_QUERY)
def show_panel(reference: str, bid_reference: str, number: int) -> Page:
    """Let the panel see what was kept from it so far."""
    service.show_panel(
        reference, bid_reference, number, actor=access.current_actor(), clock=access.clock()
    )
    flash(_("The panel can see this query now."))
    return _to(reference, bid_reference, number)


def _handle(
    page: str,
    at: tuple[str, str, int],
    form: BaseForm,
    allowed: Callable[[Actor, State, BidQuery], Answer],
    do: Callable[[Actor], str],
) -> Page:
    """Show a form about a query, which is reading it, or do what it asks for."""
    actor, clock = access.current_actor(), access.clock()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                said = do(actor)
            except (Invalid, WrongMoment) as error:
                status = refused(form, error)
            else:
                flash(said)
                return _to(*at)
    else:
        # Whoever is refused has read nothing, so this is asked before the reading is recorded.
        challenge = own_challenge(db.session(), at[0], actor)
        asked = queries.query_of(db.session(), challenge, *at[1:])
        ensure(allowed(actor, asked.bid.standing, asked))
    challenge, query = service.read_query(*at, actor=actor, clock=clock)
    if isinstance(form, DecideForm):
        form.offer(answered=query.answered_at is not None)
    shown = render_template(
        f"bid_queries/{page}.html",
        challenge=challenge,
        query=query,
        standing=policy.standing(query, clock.now()),
        for_panel=policy.goes_to_panel(query.part),
        form=form,
    )
    return shown, status


def _to(reference: str, bid_reference: str, number: int) -> Page:
    target = url_for(
        "bid_queries.show", reference=reference, bid_reference=bid_reference, number=number
    )
    return redirect(target, 303)
