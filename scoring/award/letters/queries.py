"""Reads letters: those of a decision, one of them as it reads, and what was asked about them."""

import base64
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from bids.models import Bid
from challenges.frozen import frozen_evaluation
from challenges.models import Challenge, Stage
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from challenges.stages.running import stored_state
from marketplace.core.accounts.models import User
from marketplace.core.errors import NotFound
from marketplace.core.letterheads.queries import letterhead
from marketplace.core.papers import Letterhead, Paper, from_data, to_data
from marketplace.core.permissions import Actor, ensure
from marketplace.core.regimes import book
from marketplace.core.regimes.shapes import (
    Band,
    LetterKind,
    LetterRules,
    RedactionGround,
    Standstill,
    Whom,
)
from marketplace.core.text import N_
from scoring.award import queries as awards
from scoring.award.advancing import queries as advancing
from scoring.award.advancing.models import Advance
from scoring.award.announcing import standstill_end
from scoring.award.letters import making, policy
from scoring.award.letters.content import Around, HiddenWords, Written, compose
from scoring.award.letters.lifecycle import Hidden
from scoring.award.letters.models import (
    InformationRequest,
    Letter,
    LetterBatch,
    LetterMessage,
    Withheld,
)
from scoring.award.letters.policy import Standing
from scoring.award.queries import Decision


@dataclass(frozen=True)
class Rules:
    """What the rules of a stage's plan say of letters, and on which grounds words are withheld."""

    band: Band
    grounds: Mapping[str, RedactionGround]

    def of(self, kind: LetterKind) -> LetterRules:
        """Give what the rules say of one kind of letter."""
        return self.band.letters[kind]


@dataclass(frozen=True)
class Shown:
    """A letter as it reads: as it went out, or as it would go out now."""

    letter: Letter
    written: Written

    @property
    def supplier(self) -> str:
        """Give whom it is to."""
        return str(self.letter.facts["supplier"])

    @property
    def undelivered(self) -> bool:
        """Tell whether it went out, nothing shows that it reached its bidder, and no e-mail about
        it is still to be handed over."""
        letter = self.letter
        return letter.available_at is not None and letter.unproven and not letter.on_its_way


@dataclass(frozen=True)
class LettersPage:
    """The letters of a decision, or one that answers a request, as people of the body see them."""

    challenge: Challenge
    stage: Stage
    decision: Decision
    batch: LetterBatch
    standing: Standing
    expected: int
    letters: Sequence[Shown]
    withheld: Sequence[Withheld]
    rules: Rules
    ends: datetime | None
    # The day that they carry.
    date: datetime
    unreachable: Sequence[str]
    has_letterhead: bool

    def of(self, bid_reference: str) -> Shown:
        """Give the letter about one bid.

        Raises:
            NotFound: there is none.
        """
        for each in self.letters:
            if each.letter.facts["bid"] == bid_reference:
                return each
        raise NotFound(N_("There is no such letter."))

    @property
    def elsewhere(self) -> bool:
        """Tell whether the bidders have no account here, so that an officer sends the letters."""
        return self.challenge.bids_elsewhere


def rules_of(session: Session, stage: Stage) -> Rules:
    """Give what the rules that a stage's plan was pinned to say of letters."""
    plan = frozen_evaluation(session, stage)
    regime = book.version_of(plan.regime, plan.regime_version)
    band = regime.under(regime.band(plan.band), stage.challenge.legal_route)
    return Rules(band, {each.key: each for each in regime.redaction_grounds})


@dataclass(frozen=True)
class EveryPage:
    """All letters of a challenge, by what they go out together with."""

    challenge: Challenge
    stage: Stage
    batches: Sequence[LetterBatch]


def every(session: Session, at: Where, actor: Actor) -> EveryPage:
    """Gather all letters of a challenge, those that wait first, then the newest first.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: by `policy.can_read`.
    """
    stage = own_stage(session, at, actor)
    panel = awards.panel_of(session, stage.id)
    ensure(policy.can_read(actor, unnamed=awards.judges_unnamed(stage, panel, actor)))
    rows = session.scalars(
        select(LetterBatch)
        .join(Stage, Stage.id == LetterBatch.stage_id)
        .where(Stage.challenge_id == stage.challenge_id)
        .options(
            joinedload(LetterBatch.stage),
            joinedload(LetterBatch.request).joinedload(InformationRequest.bid),
        )
        .order_by(LetterBatch.sent_at.is_not(None), LetterBatch.begun_at.desc())
    ).all()
    return EveryPage(stage.challenge, stage, rows)


def batch_of(session: Session, stage: Stage, found: Decision) -> LetterBatch | None:
    """Give the letters of the decision that counts on a stage; None where none were begun."""
    recommendation = found.recommendation
    # Nobody goes on from a stage of which a bid is recommended.
    advance = None if recommendation else advancing.confirmed(session, stage.id)
    return session.scalars(
        select(LetterBatch)
        .where(
            LetterBatch.stage_id == stage.id,
            or_(
                LetterBatch.recommendation_id == (recommendation.id if recommendation else None),
                LetterBatch.advance_id == (advance.id if advance else None),
            ),
        )
        .order_by(LetterBatch.begun_at.desc())
        .limit(1)
    ).first()


def page_of(
    session: Session, at: Where, actor: Actor, now: datetime, batch_id: uuid.UUID | None = None
) -> LettersPage:
    """Gather letters: those of the decision that counts, or of the batch that is named.

    Raises:
        NotFound: the challenge is another body's, or there are no such letters.
        Forbidden: by `policy.can_read`.
    """
    stage = own_stage(session, at, actor)
    found = awards.decision(session, stage)
    ensure(policy.can_read(actor, unnamed=awards.judges_unnamed(stage, found.panel, actor)))
    if batch_id is None:
        batch = batch_of(session, stage, found)
    else:
        batch = session.get(LetterBatch, batch_id)
    if batch is None or batch.stage_id != stage.id:
        raise NotFound(N_("There are no letters to bidders about this decision yet."))
    return gather(session, stage, found, batch, now)


def gather(
    session: Session, stage: Stage, found: Decision, batch: LetterBatch, now: datetime
) -> LettersPage:
    """Gather a batch as it reads at `now`."""
    rules = rules_of(session, stage)
    rows = session.scalars(
        select(Letter)
        .where(Letter.batch_id == batch.id)
        .options(selectinload(Letter.messages).joinedload(LetterMessage.notice))
        .execution_options(populate_existing=True)
    ).all()
    rows = sorted(rows, key=lambda row: str(row.facts["bid"]))
    withheld = withheld_words(session, stage.id)
    reached = {bid.id for bid, _person in people_of(session, stage, rows)}
    unreachable = [str(row.facts["supplier"]) for row in rows if row.bid_id not in reached]
    date = (
        batch.sent_at
        or (batch.send_at if batch.send_at is not None and batch.send_at > now else None)
        or (batch.send_at if batch.promised_end is not None and batch.send_at else now)
    )
    ends = end_for(
        session,
        stage,
        batch,
        date,
        electronic=_all_electronic(stage, batch, unreachable),
        rule=rules.band.standstill,
    )
    head = sent_head(session, batch) if batch.sent_at else None
    head = head or letterhead(session, stage.challenge.buyer)
    hidden = hidden_of(withheld, rules)
    return LettersPage(
        challenge=stage.challenge,
        stage=stage,
        decision=found,
        batch=batch,
        standing=standing_of(session, stage, found, batch),
        expected=len(rows) if batch.made_at else making.expected(session, batch),
        letters=[
            Shown(row, _written(row, stage, rules, hidden, batch, head, date, ends)) for row in rows
        ],
        withheld=withheld,
        rules=rules,
        ends=ends,
        date=date,
        unreachable=[] if stage.challenge.bids_elsewhere else unreachable,
        has_letterhead=bool(head.signatory_name),
    )


def _all_electronic(stage: Stage, batch: LetterBatch, unreachable: Sequence[str]) -> bool:
    return batch.electronic if stage.challenge.bids_elsewhere else not unreachable


def end_for(
    session: Session,
    stage: Stage,
    batch: LetterBatch,
    sent_at: datetime,
    *,
    electronic: bool,
    rule: Standstill | None = None,
) -> datetime | None:
    """Give when the standstill of letters that go out at an instant ends, None where none runs.

    `rule` is that of the standstill, where the caller has read it.
    """
    if batch.recommendation_id is None:
        return None
    if batch.promised_end is not None:
        return batch.promised_end
    ends = standstill_end(session, stage, sent_at, electronic=electronic, rule=rule)
    return ends if ends > sent_at else None


def ends_if_sent(session: Session, page: LettersPage, now: datetime) -> datetime | None:
    """Give when the standstill ends if letters go out at `now`, whenever else they were to go."""
    electronic = _all_electronic(page.stage, page.batch, page.unreachable)
    return end_for(session, page.stage, page.batch, now, electronic=electronic)


def standing_of(session: Session, stage: Stage, found: Decision, batch: LetterBatch) -> Standing:
    """Give how far a batch has come, and whether what it tells of still stands."""
    if batch.recommendation_id is not None:
        current = found.recommendation is not None and (
            found.recommendation.id == batch.recommendation_id
        )
        holds = current and policy.can_tell(
            stored_state(stage.challenge, stage), awaits_letters=found.awaits_letters
        )
    elif batch.advance_id is not None:
        advance = advancing.confirmed(session, stage.id)
        holds = advance is not None and advance.id == batch.advance_id
    else:
        holds = batch.request is not None and batch.request.answered_at is None
    return Standing(
        holds=holds,
        made=batch.made_at is not None,
        sent=batch.sent_at is not None,
        undecided=found.undecided and batch.recommendation_id is not None,
    )


def _written(
    row: Letter,
    stage: Stage,
    rules: Rules,
    hidden: HiddenWords,
    batch: LetterBatch,
    head: Letterhead,
    date: datetime,
    ends: datetime | None,
) -> Written:
    asked = rules.of(LetterKind.FURTHER_INFORMATION)
    own = any(each["bid"] == row.facts["bid"] for each in row.facts["preferred"])
    written = compose(
        row.kind,
        row.facts,
        Around(
            date=date,
            ends=ends,
            told=rules.of(row.kind).to(Whom.SUCCESSFUL if own else Whom.UNSUCCESSFUL),
            head=head,
            ask_within_days=asked.asked_within_days,
            answer_within_days=asked.days,
            has_account=not stage.challenge.bids_elsewhere,
        ),
        hidden,
        (batch.addition, row.addition),
    )
    if row.content is None:
        return written
    return replace(written, paper=paper_of(row.content, head))


def content_of(paper: Paper) -> dict[str, Any]:
    """Write a letter as it goes out as plain data; the letterhead is kept once, with the batch."""
    return {
        "title": paper.title,
        "opening": list(paper.opening),
        "blocks": to_data(paper.blocks),
        "closing": list(paper.closing),
    }


def paper_of(content: Mapping[str, Any], head: Letterhead) -> Paper:
    """Read back a letter that went out."""
    return Paper(
        title=content["title"],
        opening=tuple(content["opening"]),
        blocks=from_data(content["blocks"]),
        closing=tuple(content["closing"]),
        letterhead=head,
    )


def head_data(head: Letterhead) -> dict[str, Any]:
    """Write a letterhead as plain data."""
    logo = base64.b64encode(head.logo).decode() if head.logo else None
    return {**vars(head), "logo": logo}


def sent_head(session: Session, batch: LetterBatch) -> Letterhead | None:
    """Give the letterhead with which letters went out; None before they have."""
    data = session.scalar(select(LetterBatch.head).where(LetterBatch.id == batch.id))
    if data is None:
        return None
    logo = base64.b64decode(data["logo"]) if data["logo"] else None
    return Letterhead(**{**data, "logo": logo})


def sent_template(session: Session, batch: LetterBatch) -> bytes | None:
    """Give the Word template with which letters went out, if there was one."""
    row = session.get_one(LetterBatch, batch.id, options=[undefer(LetterBatch.template)])
    return row.template


def withheld_words(session: Session, stage_id: uuid.UUID) -> Sequence[Withheld]:
    """Give what is withheld in a stage's letters and outcomes, the first first."""
    return session.scalars(
        select(Withheld)
        .where(Withheld.stage_id == stage_id, Withheld.taken_back_at.is_(None))
        .options(joinedload(Withheld.withheld_by), joinedload(Withheld.bid))
        .order_by(Withheld.withheld_at, Withheld.id)
    ).all()


def hidden_of(withheld: Sequence[Withheld], rules: Rules) -> HiddenWords:
    """Give by bid reference what is left out; under None of why the decision was made."""
    found: dict[str | None, list[Hidden]] = defaultdict(list)
    for each in withheld:
        said = rules.grounds[each.ground].law if each.ground in rules.grounds else each.ground
        found[each.bid.reference if each.bid else None].append(Hidden(each.words, said))
    return found


def people_of(session: Session, stage: Stage, letters: Sequence[Letter]) -> list[tuple[Bid, User]]:
    """Give each bid that a letter is about, with each person of its bidder who is written to."""
    told = {row.bid_id for row in letters}
    return [(bid, who) for bid, who in awards.bidders_people(session, stage) if bid.id in told]


def own_letters(session: Session, bid_id: uuid.UUID) -> Sequence[Letter]:
    """Give the letters to a bidder that it can read on the site, the newest first."""
    return session.scalars(
        select(Letter)
        .where(Letter.bid_id == bid_id, Letter.available_at.is_not(None))
        .options(joinedload(Letter.batch))
        .order_by(Letter.available_at.desc(), Letter.id.desc())
    ).all()


def was_told(session: Session, advance_id: uuid.UUID) -> bool:
    """Tell whether those who do not go on were told so, or were before there were letters."""
    batch = session.scalars(select(LetterBatch).where(LetterBatch.advance_id == advance_id)).first()
    return batch is None or batch.sent_at is not None


def told_at(session: Session, advance: Advance, bid_id: uuid.UUID | None = None) -> datetime | None:
    """Give when those who do not go on were told so: the first of them, or the bidder of one bid.

    None before that. Who goes on is invited, and so told, when it is confirmed; so is everybody
    where there are no letters, as before they were made here.
    """
    assert advance.answer is not None  # the caller has found it confirmed
    batch_id = session.scalar(select(LetterBatch.id).where(LetterBatch.advance_id == advance.id))
    if batch_id is None or bid_id in {each.id for each in advance.bids}:
        return advance.answer.decided_at
    told = select(func.min(func.coalesce(Letter.available_at, Letter.gone_at))).where(
        Letter.batch_id == batch_id
    )
    return session.scalar(told if bid_id is None else told.where(Letter.bid_id == bid_id))


def requests_of_stage(
    session: Session, stage: Stage
) -> Sequence[tuple[InformationRequest, LetterBatch]]:
    """Give what bidders of a stage asked, each with its answer, the oldest first."""
    rows = session.execute(
        select(InformationRequest, LetterBatch)
        .join(LetterBatch, LetterBatch.request_id == InformationRequest.id)
        .where(InformationRequest.stage_id == stage.id)
        .options(joinedload(InformationRequest.bid).joinedload(Bid.supplier))
        .order_by(InformationRequest.asked_at, InformationRequest.id)
    )
    return [(request, batch) for request, batch in rows]


def requests_of_bid(session: Session, bid_id: uuid.UUID) -> Sequence[InformationRequest]:
    """Give what a bidder asked about the decision on its bid, the newest first."""
    return session.scalars(
        select(InformationRequest)
        .where(InformationRequest.bid_id == bid_id)
        .order_by(InformationRequest.asked_at.desc())
    ).all()
