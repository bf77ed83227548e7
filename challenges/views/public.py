"""What anybody sees: the list of challenges, and one of them; and its preview before that."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app, render_template, request
from flask_login import current_user

from challenges import deadlines, hooks, policy, queries, words
from challenges.asking import queries as asked
from challenges.asking.policy import asking_ends
from challenges.changing import queries as changes
from challenges.consulting import queries as consulting
from challenges.ending.policy import kept_until
from challenges.finding import drawing
from challenges.finding.afterwards import afterwards
from challenges.finding.feeds import said
from challenges.finding.story import story
from challenges.following.queries import is_following
from challenges.forms.search import FilterForm
from challenges.kinds import CriterionKind
from challenges.law import law_holding, route_meanings, route_names
from challenges.lifecycle import AWARDED, AWARDED_STATES, NO_AWARD_WORDS, State
from challenges.live import queries as live
from challenges.method.words import method_sentences, panel_sentences
from challenges.models import Challenge, Criterion, ScaleDescriptor, Stage
from challenges.notices.said import said_of_notices
from challenges.reusing.queries import adopters
from challenges.similar.queries import similar_to
from challenges.stages.carrying import source_of
from challenges.stages.kinds import PROPERTY_PUBLIC, is_judged
from challenges.stages.standing import state_of
from challenges.stages.succession import going_on
from challenges.stages.terms import says_something
from challenges.topics import TOPIC_WORDS
from challenges.views.room import blueprint
from marketplace.core import access
from marketplace.core.access import public, requires
from marketplace.core.database import db
from marketplace.core.permissions import Permission, ensure


@blueprint.get("/challenges")
@public
def index() -> str:
    """List the challenges that answer the filters in the address."""
    session, now = db.session(), access.clock().now()
    form = FilterForm(request.args)
    form.offer(queries.public_bodies(session), queries.public_rounds(session))
    form.validate()
    filters = form.filters(now)
    page = queries.challenge_page(
        session,
        filters,
        now=now,
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    form.show(filters)
    chips = form.chips()
    form.count(page.facets)
    return render_template(
        "challenges/index.html",
        form=form,
        filters=filters,
        page=page,
        asked=form.asked(),
        chips=chips,
        regions=words.REGION_WORDS,
        sectors=words.SECTOR_WORDS,
    )


@blueprint.get("/challenges/<reference>")
@public
def show(reference: str) -> str:
    """Show a published challenge."""
    challenge = queries.public_challenge(db.session(), reference)
    return _page(challenge, access.clock().now(), preview=False)


@blueprint.get("/work/challenges/<reference>/preview")
@requires(Permission.CHALLENGE_READ_OWN)
def preview(reference: str) -> str:
    """Show a challenge of the own body as the public will see it: by the very same template."""
    actor = access.current_actor()
    challenge = queries.own_challenge(db.session(), reference, actor, whole=True, jointly=True)
    ensure(policy.can_read_own(actor, challenge))
    return _page(challenge, access.clock().now(), preview=challenge.published_at is None)


def _page(challenge: Challenge, now: datetime, *, preview: bool) -> str:
    state = policy.current_state(challenge, now)
    return render_template(
        "challenges/show.html",
        challenge=challenge,
        stage=challenge.stage,
        state=state,
        preview=preview,
        is_open=state is State.OPEN,
        awarded=state in AWARDED_STATES,
        moves=deadlines.moves(db.session(), challenge.stage),
        adopters=adopters(db.session(), challenge) if state in AWARDED else (),
        similar=None if preview else similar_to(db.session(), challenge, now=now),
        **_told(challenge, now, preview=preview),
        asking=asked.summary(db.session(), challenge),
        topics=TOPIC_WORDS,
        changes=changes.published(db.session(), challenge),
        no_award_words=NO_AWARD_WORDS,
        kept_until=_kept_until(challenge),
        meetings=live.sessions(db.session(), challenge),
        draft_comments=consulting.count(db.session(), challenge),
        stands=_where_stages_stand(challenge, now),
        afterwards=() if preview else afterwards(db.session(), challenge),
        **said_of(challenge),
    )


def _where_stages_stand(challenge: Challenge, now: datetime) -> Mapping[int, tuple[State, int]]:
    """Give, by its number, where each stage stands that has begun or that suppliers go on to, and
    how many they are; nothing while there is only the first one."""
    later = [each for each in challenge.stages if each.ordinal > 1 and is_judged(each)]
    if not later or challenge.state is not State.EVALUATING:
        return {}
    invited = hooks.of_bids().invited(db.session(), [each.id for each in later])
    found = {
        each.ordinal: (state_of(challenge, each, now), invited[each.id])
        for each in later
        if each.id in invited
    }
    first = challenge.stage
    return {first.ordinal: (state_of(challenge, first, now), 0), **found} if found else {}


def _told(challenge: Challenge, now: datetime, *, preview: bool) -> dict[str, Any]:
    """Give the story of a published challenge, and whether the reader follows it."""
    if preview:
        return {"steps": [], "dots": [], "following": False}
    session = db.session()
    steps = story(session, challenge, now)
    dots = drawing.lay_out([step.at for step in steps], [said(step) for step in steps])
    following = current_user.is_authenticated and is_following(session, challenge, current_user.id)
    width = drawing.width_of(dots)
    return {"steps": steps, "dots": dots, "dots_width": width, "following": following}


def _kept_until(challenge: Challenge) -> datetime | None:
    """Give until when at least the records of a published challenge that ended are kept."""
    if challenge.ended_at is None or challenge.published_at is None:
        return None
    years = law_holding(challenge, challenge.ended_at).band.retention_years
    return kept_until(challenge.ended_at, years)


def said_of(challenge: Challenge) -> dict[str, Any]:
    """Give the words for a challenge's coded facts, for templates."""
    money = current_app.jinja_env.filters["money"]
    return {
        "asking_ends": asking_ends(challenge),
        "price_sentences": words.price_sentences(challenge.stage, challenge.currency, money),
        "method_sentences": method_sentences(challenge.stage),
        "region": words.REGION_WORDS.get(challenge.region or "", challenge.region),
        "reach": words.REACH_WORDS.get(challenge.reach or ""),
        "sector": words.SECTOR_WORDS.get(challenge.sector or "", challenge.sector),
        "route": route_names(challenge.buyer.regime).get(challenge.legal_route or ""),
        "scales": _scales(challenge.stage),
        "panel_sentences": panel_sentences(challenge.stage),
        "judged": [
            (each, _scales(each), [*panel_sentences(each), *method_sentences(each)])
            for each in challenge.stages
            if is_judged(each)
        ],
        "carried_from": source_of,
        "has_terms": says_something(challenge),
        "runs": [(each, going_on(challenge.stages, each)) for each in challenge.stages],
        "property_words": PROPERTY_PUBLIC,
        "route_meaning": route_meanings(challenge.buyer.regime).get(challenge.legal_route or ""),
        **said_of_notices(challenge),
    }


def _scales(stage: Stage) -> list[tuple[list[Criterion], list[ScaleDescriptor]]]:
    """Give each scale once, with the criteria that are scored on it."""
    found: dict[tuple[object, ...], tuple[list[Criterion], list[ScaleDescriptor]]] = {}
    for criterion in stage.criteria:
        if criterion.kind is CriterionKind.QUALITY:
            scale = tuple((d.score, d.text) for d in criterion.descriptors)
            found.setdefault(scale, ([], criterion.descriptors))[0].append(criterion)
    return list(found.values())
