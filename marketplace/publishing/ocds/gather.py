"""Reads what the public may know of a challenge, for its release package."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from challenges import deadlines, queries
from challenges.asking.models import ClarificationAnswer
from challenges.asking.policy import asking_ends
from challenges.changing import queries as changing
from challenges.kinds import CriterionKind, LegalRoute
from challenges.law import law_holding
from challenges.lifecycle import AWARDED_STATES, State
from challenges.method.document import plain
from challenges.method.words import Sentence, method_sentences
from challenges.models import Challenge, Criterion, Stage
from challenges.notices import codes
from challenges.stages.kinds import LaterKind, is_judged
from challenges.stages.standing import state_of
from challenges.topics import TOPIC_WORDS
from marketplace.publishing.ocds import awards, facts
from marketplace.publishing.ocds.naming import identifier, party, sponsor
from scoring.award.delivery.queries import Work

# By the codes of the standard: whether anybody may bid, or whoever is chosen.
_METHODS = {
    LegalRoute.BELOW_THRESHOLD: "open",
    LegalRoute.RESEARCH_AND_DEVELOPMENT: "open",
    LegalRoute.OPEN: "open",
    LegalRoute.RESTRICTED: "selective",
    LegalRoute.NEGOTIATED: "selective",
    LegalRoute.INNOVATION_PARTNERSHIP: "selective",
    LegalRoute.DESIGN_CONTEST: "open",
}
_LATER = {
    LaterKind.INCLUDED: "Later purchases are part of this competition.",
    LaterKind.NEW_COMPETITION: "Later purchases need a new competition.",
}
_LANGUAGE = "en"
# What is told of an answer's question beside its number, where it answers several at once.
_BETWEEN = "\n\n"


class Addresses(NamedTuple):
    """Where the pages are that the package points to: the site's public address, no slash after."""

    site: str

    def challenge(self, reference: str) -> str:
        """Give the address of a challenge's page."""
        return f"{self.site}/challenges/{reference}"


def challenge_facts(
    session: Session, reference: str, now: datetime, addresses: Addresses
) -> facts.Challenge:
    """Gather what the public may know of a challenge.

    Raises:
        NotFound: there is none, or it is not public.
    """
    found = queries.public_challenge(session, reference)
    assert found.published_at is not None  # `public_challenge` has looked
    law = law_holding(found, now)
    route = law.regime.routes.get(found.legal_route or "")
    enquiries = list(_enquiries(session, found))
    changes = [
        facts.Change(each.number, each.published_at, each.reason, _what_changed(each.confirm))
        for each in changing.published(session, found)
    ]
    moved = [each.decided_at for each in deadlines.moves(session, found.stage)]
    works = awards.works_of(session, found)
    stages = [_stage(session, stage, works, now) for stage in _begun(found)]
    return facts.Challenge(
        reference=found.reference,
        url=addresses.challenge(found.reference),
        title=found.title,
        problem=found.problem,
        why_now=found.why_now,
        outcome=found.outcome,
        eligibility=found.requirements,
        language=_LANGUAGE,
        published_at=found.published_at,
        questions_until=asking_ends(found),
        decision_on=found.decision_on,
        starts_on=found.starts_on,
        buyer=party(found.buyer),
        sponsors=[sponsor(each.name) for each in found.co_sponsors],
        round=found.round or "",
        value=facts.Money(found.value_minor, found.currency) if found.value_minor else None,
        later=_later(found),
        procurement=_METHODS.get(found.legal_route, "open") if found.legal_route else "open",
        route=_(route.name) if route else "",
        provision=route.provision if route else "",
        category="services",
        submission="electronicSubmission",
        codes=[
            (each.code, label.label) for each in found.codes if (label := codes.find(each.code))
        ],
        documents=list(_documents(found, addresses)),
        enquiries=enquiries,
        changes=changes,
        stages=stages,
        told_at=max([*_instants(found, enquiries, changes, stages), *filter(None, moved)]),
    )


def _later(challenge: Challenge) -> str:
    later = challenge.later
    if later is None:
        return ""
    return " ".join(part for part in (_LATER[later.kind], later.note) if part)


def _documents(challenge: Challenge, addresses: Addresses) -> Iterator[facts.Document]:
    page = addresses.challenge(challenge.reference)
    published = challenge.published_at
    yield facts.Document("notice", "tenderNotice", challenge.title, page, "text/html", published)
    yield facts.Document(
        "plan",
        "evaluationCriteria",
        "Evaluation plan",
        f"{page}/plan.json",
        "application/json",
        challenge.plan.frozen_at if challenge.plan else published,
    )
    for each in challenge.documents:
        yield facts.Document(
            identifier("document", str(each.id)),
            "contractDraft" if each.is_contract else "biddingDocuments",
            each.title,
            f"{page}/documents/{each.id}",
            each.file.media_type,
            max(each.added_at, published) if published else each.added_at,
        )


def _enquiries(session: Session, challenge: Challenge) -> Iterator[facts.Enquiry]:
    """Give the answers for all, each with its questions as the public reads them."""
    answers = session.scalars(
        select(ClarificationAnswer)
        .where(
            ClarificationAnswer.challenge_id == challenge.id,
            ClarificationAnswer.number.is_not(None),
        )
        .options(selectinload(ClarificationAnswer.questions))
        .order_by(ClarificationAnswer.number)
    )
    for answer in answers:
        assert answer.published_at is not None  # what has a number was published
        asked = sorted(answer.questions, key=lambda each: each.asked_at)
        yield facts.Enquiry(
            id=str(answer.number),
            topic=str(_(TOPIC_WORDS[answer.topic])),
            question=_BETWEEN.join(each.public_text for each in asked),
            asked_at=min((each.asked_at for each in asked), default=answer.published_at),
            answer=answer.text,
            answered_at=answer.published_at,
        )


def _what_changed(confirm: bool) -> str:
    if confirm:
        return "Bids that were submitted before had to be confirmed."
    return "Bids that were submitted before stayed valid."


def _begun(challenge: Challenge) -> Iterator[Stage]:
    """Give the stages of selection that have begun: whoever goes on to one is told first."""
    for stage in challenge.stages:
        if is_judged(stage) and (stage.ordinal == 1 or stage.run is not None):
            yield stage


def _stage(session: Session, stage: Stage, works: Sequence[Work], now: datetime) -> facts.Stage:
    challenge = stage.challenge
    begun = challenge.published_at if stage.ordinal == 1 else stage.run and stage.run.begun_at
    made = awards.awards_of(session, stage, works)
    return facts.Stage(
        number=stage.ordinal,
        name=stage.name,
        says=stage.description,
        status=_status(challenge, state_of(challenge, stage, now)),
        begins_at=begun or None,
        closes_at=stage.closes_at,
        criteria=[_criterion(each) for each in stage.criteria],
        method=" ".join(_said(each) for each in method_sentences(stage)),
        counted=awards.counted(session, stage) if _is_told(challenge) else None,
        awards=made,
        contracts=awards.contracts_of(session, stage, works),
    )


def _is_told(challenge: Challenge) -> bool:
    """Tell whether the public may know how many bids there were: once the decision is out."""
    return challenge.state in AWARDED_STATES or challenge.state is State.STOPPED


def _status(challenge: Challenge, state: State) -> str:
    """Give a stage's state as a code of the standard's `tenderStatus`."""
    if state is State.CANCELLED:
        return "unsuccessful" if challenge.no_award else "cancelled"
    if state in AWARDED_STATES or state in (State.STOPPED, State.ADVANCED):
        return "complete"
    return "active"


def _criterion(criterion: Criterion) -> facts.Criterion:
    quality = criterion.kind is CriterionKind.QUALITY
    return facts.Criterion(
        key=criterion.key,
        kind=criterion.kind.value,
        title=criterion.title,
        says=criterion.question if quality else "",
        weight=plain(criterion.weight),
        min_score=plain(criterion.min_score) if criterion.min_score is not None else "",
    )


def _said(sentence: Sentence) -> str:
    return str(_(sentence.message, **sentence.data) if sentence.data else _(sentence.message))


def _instants(
    challenge: Challenge,
    enquiries: Sequence[facts.Enquiry],
    changes: Sequence[facts.Change],
    stages: Sequence[facts.Stage],
) -> Iterator[datetime]:
    """Give when each thing that the package tells came about."""
    if challenge.published_at is not None:
        yield challenge.published_at
    if challenge.ended_at is not None:
        yield challenge.ended_at
    yield from (each.answered_at for each in enquiries)
    yield from (each.at for each in changes)
    for stage in stages:
        if stage.begins_at is not None:
            yield stage.begins_at
        yield from (each.at for each in stage.awards)
        for contract in stage.contracts:
            yield contract.signed_at
            yield from (each.at for each in contract.changes)
            yield from (each.met_at for each in contract.milestones if each.met_at)
