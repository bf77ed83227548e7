"""Pages on which a body sees, while drafting, who has had its problem before."""

from flask import Blueprint, render_template

from challenges import policy, queries
from challenges.reusing.queries import source
from challenges.similar.queries import similar_to
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.permissions import Permission, ensure

blueprint = Blueprint("similar", __name__)


@blueprint.get("/work/challenges/<reference>/similar")
@requires(Permission.CHALLENGE_WRITE)
def show(reference: str) -> str:
    """Show the writer which challenges are like this one, and what became of each."""
    actor, now = access.current_actor(), access.clock().now()
    challenge = queries.own_challenge(db.session(), reference, actor, jointly=True)
    ensure(policy.can_read_own(actor, challenge))
    found = similar_to(db.session(), challenge, actor=actor, now=now, at_once=True)
    return render_template(
        "challenges/similar/show.html",
        challenge=challenge,
        found=found,
        source=source(db.session(), challenge),
        may_write=policy.can_write(actor, challenge, now).allowed,
    )
