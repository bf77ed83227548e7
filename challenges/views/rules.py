"""The page that says which rules follow for a challenge, and why."""

from flask import render_template

from challenges import law, policy, queries, words
from challenges.views.room import blueprint, law_now
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts.forms import BODY_TYPE_WORDS
from marketplace.core.database import db
from marketplace.core.permissions import Permission, ensure


@blueprint.get("/work/challenges/<reference>/rules")
@requires(Permission.CHALLENGE_READ_OWN)
def rules(reference: str) -> str:
    """Show the band with the sum behind it, and what follows from it, step by step."""
    actor = access.current_actor()
    challenge = queries.own_challenge(db.session(), reference, actor)
    ensure(policy.can_read_own(actor, challenge))
    holding, body, value = law_now(challenge), challenge.buyer.body_type, challenge.value_minor
    route = challenge.legal_route
    return render_template(
        "challenges/rules.html",
        challenge=challenge,
        law=holding,
        reckonings=law.reckonings(holding.regime, body, value)
        if holding and body and value is not None
        else [],
        follows=holding.band.rules_at(value) if holding and value is not None else (),
        lifted=law.lifted_by(holding, route) if holding else None,
        topics=words.TOPIC_WORDS,
        body_type=BODY_TYPE_WORDS[body] if body else None,
        route=route,
        route_fits=holding is None or route is None or law.route_fits(holding, route),
        days_to_bid=law.days_to_bid(holding, route) if holding and route else 0,
        routes=law.routes(holding) if holding else [],
        route_words=law.route_names(challenge.buyer.regime),
        route_meanings=law.route_meanings(challenge.buyer.regime),
    )
