"""Further information: a bidder asks with one click, or an officer records that it asked."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges import telling
from challenges.models import Stage
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Actor, Answer, Permission, ensure, lacks_right
from marketplace.core.regimes.shapes import LetterKind
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award import queries as awards
from scoring.award.letters import lifecycle, log_words, policy, queries
from scoring.award.letters.making import begin_batch
from scoring.award.letters.models import InformationRequest, Letter

WORDS_MOST = 2_000


def ask(bid_reference: str, *, words: str, actor: Actor, clock: Clock) -> None:
    """Ask for further information about the decision on the actor's own bid.

    Raises:
        NotFound: the bid is another supplier's.
        Forbidden, WrongMoment: by `policy.can_ask`.
        Invalid: what is asked is too long.
    """
    # Two clicks at once: the index admits one request that waits.
    with transaction(
        taken=WrongMoment(N_("You have asked already. The answer is on its way."))
    ) as session:
        bid = awards.own_outcome_bid(session, bid_reference, actor.organisation_id)
        stage = next(each for each in bid.challenge.stages if each.id == bid.stage_id)
        letters = queries.own_letters(session, bid.id)
        asked = queries.requests_of_bid(session, bid.id)
        ensure(may_ask(letters, asked, actor, clock.now()))
        if len(words) > WORDS_MOST:
            raise Invalid(N_("Make it shorter."), {"words": N_("Use at most 2,000 characters")})
        _add(session, stage, bid, words, clock.now(), actor, clock, here=True)


def record_request(
    at: Where,
    *,
    bid_reference: str,
    asked_at: datetime | None,
    words: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Record that a bidder asked for further information another way.

    Raises:
        NotFound: the challenge is another body's, or there is no such bid.
        Forbidden, WrongMoment: the actor is no officer, no decision was told, or one waits already.
        Invalid: the time cannot be.
    """
    with transaction(taken=WrongMoment(N_("A request of this bidder waits already."))) as session:
        stage = own_stage(session, at, actor, lock=True)
        if not actor.may(Permission.CONTRACT_SIGN):
            ensure(lacks_right(N_("Only a procurement officer records what bidders ask.")))
        found = awards.decision(session, stage)
        batch = queries.batch_of(session, stage, found)
        if batch is None or batch.sent_at is None:
            raise WrongMoment(N_("Bidders ask when the decision has been told to them."))
        bid = next((each.bid for each in batch.letters if _is(each.bid, bid_reference)), None)
        if bid is None:
            raise NotFound(N_("There is no such bid."))
        fault = policy.sent_fault(asked_at, since=batch.sent_at, now=clock.now())
        if fault is not None or asked_at is None:
            raise Invalid(N_("Check the time."), {"asked_at": _WHEN})
        _add(session, stage, bid, words[:WORDS_MOST], asked_at, actor, clock, here=False)


_WHEN = N_("Enter when it arrived: a time that has passed, after the letters went out")


def may_ask(
    letters: Sequence[Letter], asked: Sequence[InformationRequest], actor: Actor, now: datetime
) -> Answer:
    """Tell whether the actor may ask for further information about the own bid now.

    `letters` are those that its supplier can read, `asked` what it asked so far.
    """
    told = next((each for each in letters if each.batch.request_id is None), None)
    until = (told.content or {}).get("ask_until") if told else None
    return policy.can_ask(
        actor,
        told=told is not None,
        ends_at=datetime.fromisoformat(until) if until else None,
        open_request=any(each.answered_at is None for each in asked),
        now=now,
    )


def _is(bid: Bid, reference: str) -> bool:
    return bid.reference == reference


def _add(
    session: Session,
    stage: Stage,
    bid: Bid,
    words: str,
    asked_at: datetime,
    actor: Actor,
    clock: Clock,
    *,
    here: bool,
) -> None:
    rules = queries.rules_of(session, stage).of(LetterKind.FURTHER_INFORMATION)
    request = InformationRequest(
        stage_id=stage.id,
        bid_id=bid.id,
        asked_at=asked_at,
        asked_by_id=actor.user_id if here else None,
        recorded_by_id=None if here else actor.user_id,
        words=words.strip(),
        due_at=lifecycle.due_after(asked_at, rules.days),
    )
    session.add(request)
    session.flush()
    begin_batch(session, stage, clock, request_id=request.id)
    title = stage.challenge.title
    telling.queue(
        session,
        telling.officers(session, stage.challenge.buyer_id, besides=actor.user_id),
        subject=_("A bidder asks for further information: %(title)s", title=title),
        parts=[
            title,
            _(
                "The bidder of bid %(bid)s asked for further information about the decision. The "
                "answer is made from what the panel wrote; look at it and send it.",
                bid=bid.reference,
            ),
            _("It is due before %(instant)s.", instant=format_instant(request.due_at))
            if request.due_at
            else "",
        ],
        clock=clock,
    )
    recording.append(
        session,
        stage,
        clock=clock,
        action=log_words.ASKED,
        actor=actor,
        bid=bid.reference,
        asked_at=write_instant(asked_at),
        due=write_instant(request.due_at) if request.due_at else None,
    )
