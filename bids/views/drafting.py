"""Writing a bid: the list of its parts, and a page for each."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bids import drafts, hooks, policy, queries
from bids.asking import policy as asking
from bids.asking import queries as bid_queries
from bids.asking.lifecycle import QueryState
from bids.asking.models import BidQuery
from bids.forms import DraftForm
from bids.lifecycle import OPENED_STATES, BidState
from bids.models import Bid
from bids.progress import parts_of, undone_of
from bids.renewing import queries as renewals
from bids.renewing.queries import Renewal
from bids.team import queries as teams
from bids.views import invited
from bids.views.room import Page, blueprint, refused
from bids.wording import count_words
from challenges.changing import queries as changes
from challenges.law import rules_on
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, StaleEdit, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Actor, Permission
from marketplace.core.text import N_


@blueprint.get("/bids/<reference>")
@requires(Permission.BID_DRAFT)
def task_list(reference: str) -> str:
    """Show the parts of a bid, what each still needs, and which version counts."""
    session, actor = db.session(), access.current_actor()
    bid = queries.own_bid(session, reference, actor)
    if invited.nothing_written(bid):
        return invited.page(bid, actor)
    versions = queries.versions(session, bid)
    counting = next((v for v in versions if v.version == bid.current_version), None)
    return render_template(
        "bids/task_list.html",
        **(draft_facts(bid, actor) if _drafted(bid) else standing_facts(bid, actor)),
        versions=versions,
        counting=counting,
        team_changed=not _drafted(bid)
        and counting is not None
        and teams.changed_since(session, bid.id, counting.recorded_at),
        asked_of_us=_asked_of(bid),
        told=hooks.told_of(session, bid, access.clock().now()),
        form=BaseForm(),
    )


def _asked_of(bid: Bid) -> list[tuple[BidQuery, QueryState]]:
    """Give the queries about a bid and where each stands; before the opening there are none."""
    if bid.state not in OPENED_STATES:
        return []
    now = access.clock().now()
    return [
        (query, asking.standing(query, now)) for query in bid_queries.of_bid(db.session(), bid.id)
    ]


def standing_facts(bid: Bid, actor: Actor) -> dict[str, Any]:
    """Give what every page of a bid shows of how it stands.

    Raises:
        NothingWritten: there is nothing of it that a page could show.
    """
    if invited.nothing_written(bid):
        raise queries.NothingWritten(N_("Nothing is written for this stage."))
    return {
        "bid": bid,
        "challenge": bid.challenge,
        "closes_at": drafts.closes_at(bid),
        "drafted": _drafted(bid),
        "editable": _editable(bid, actor),
        "renewal": _renewal(bid),
    }


def draft_facts(bid: Bid, actor: Actor) -> dict[str, Any]:
    """Give what the pages about a whole draft show."""
    now = access.clock().now()
    session = db.session()
    declaration = queries.current_declaration(session, bid.supplier_id)
    asked, content = drafts.asked_of(bid.stage), queries.shown_content(session, bid)
    team, published = teams.team_of(session, bid), changes.published(session, bid.challenge)
    gaps = policy.gaps(
        asked,
        content,
        eligible_until=declaration.expires_at if declaration else None,
        now=now,
        team=teams.gaps_of(team, now),
    )
    missing = {(gap.part.value, gap.key): gap for gap in gaps}
    return {
        **standing_facts(bid, actor),
        "asked": asked,
        "content": content,
        "declaration": declaration,
        "declared": drafts.eligibility_of(declaration) if declaration else None,
        "gaps": gaps,
        "missing": missing,
        "team": team,
        "last_change": published[0].number if published else 0,
        "changed_since": [each for each in published[::-1] if each.published_at > bid.created_at],
        "left_over": drafts.left_over(session, bid),
        "parts": parts_of(asked),
        "undone": undone_of(gaps),
        "vat_percent": rules_on(now, bid.challenge.buyer.regime).vat_percent,
        "words": {key: count_words(text) for key, text in content.answers.items()},
    }


def status_of(form: DraftForm, error: Invalid | WrongMoment | None, stands: str) -> int:
    """Give the status of a page shown again; after another's change the next save is knowing."""
    if error is not None:
        if isinstance(error, StaleEdit):
            form.seen.data = stands
        return refused(form, error)
    return 422 if form.errors else 200


def _drafted(bid: Bid) -> bool:
    return bid.draft_key_id is not None


def _editable(bid: Bid, actor: Actor) -> bool:
    now = access.clock().now()
    return policy.can_edit(actor, bid.standing, bid.stage.closes_at, now).allowed


def _renewal(bid: Bid) -> Renewal | None:
    """Say whether a change asks for a submitted bid to be confirmed, or it lapsed without."""
    if bid.state is not BidState.SUBMITTED:
        return None
    return renewals.renewals(db.session(), [bid.id], access.clock().now()).get(bid.id)


def back_to_list(reference: str) -> Page:
    """Say that a part is saved, on the list of all parts."""
    flash(_("Saved."))
    return redirect(url_for("bids.task_list", reference=reference), 303)
