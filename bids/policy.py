"""Who may do what with a bid and its opening, and what a bid still lacks. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from bids.documents import Attachment, Content
from bids.lifecycle import OPENED_STATES, BidState, opens_from
from bids.wording import count_words
from challenges.documents.kinds import MEDIA_TYPES
from challenges.lifecycle import AWARDED_STATES, State, state_at
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_

if TYPE_CHECKING:
    import uuid

# When an officer decides who may go on: from the opening until an approver has signed off.
DECIDING_STATES = frozenset({State.OPENED, State.EVALUATING})

NOT_HERE = N_("Bids for this challenge go elsewhere. Its page says where.")
_NOT_OPEN = N_("This challenge is not open for bids.")


def can_declare(actor: Actor) -> Answer:
    """Answer whether the actor may declare the supplier's eligibility."""
    if not actor.may(Permission.SUPPLIER_DECLARE):
        return lacks_right(N_("Only a supplier administrator can make this declaration."))
    return ALLOWED


def can_start(actor: Actor, state: State, closes_at: datetime | None, now: datetime) -> Answer:
    """Answer whether the actor may begin a bid for a challenge in the stored `state`."""
    if not actor.may(Permission.BID_DRAFT):
        return lacks_right(N_("Only people who act for a supplier can bid."))
    if state_at(state, closes_at, now) is not State.OPEN:
        return wrong_moment(_NOT_OPEN)
    return ALLOWED


def can_edit(actor: Actor, state: State, closes_at: datetime | None, now: datetime) -> Answer:
    """Answer whether the actor may change a draft; reading it stays possible for good."""
    if not actor.may(Permission.BID_DRAFT):
        return lacks_right(N_("Your role does not include writing bids."))
    if state_at(state, closes_at, now) is not State.OPEN:
        return wrong_moment(
            N_("This challenge no longer takes bids, so your draft can be read but not changed.")
        )
    return ALLOWED


def has_draft(drafted: bool, state: BidState) -> Answer:
    """Answer whether there is a draft to write in: none after a submission, until it is changed."""
    if drafted:
        return ALLOWED
    if state is BidState.INVITED:
        return wrong_moment(N_("Nothing is written for this stage yet. Start your answer first."))
    if state is BidState.WITHDRAWN:
        return wrong_moment(
            N_(
                "This bid was withdrawn, so this was not saved. To go on, first choose “Begin "
                "again from what you submitted”."
            )
        )
    return wrong_moment(
        N_(
            "This bid was submitted, so this was not saved. To go on, first choose “Change this "
            "bid”."
        )
    )


def can_submit(actor: Actor) -> Answer:
    """Answer whether the actor has the right to submit; the moment is judged under the lock."""
    if not actor.may(Permission.BID_SUBMIT):
        return lacks_right(
            N_("Only a supplier administrator can submit a bid. Tell them that it is ready.")
        )
    return ALLOWED


def can_withdraw(actor: Actor) -> Answer:
    """Answer whether the actor has the right to withdraw; the moment is judged under the lock."""
    if not actor.may(Permission.BID_SUBMIT):
        return lacks_right(N_("Only a supplier administrator can withdraw a bid."))
    return ALLOWED


def takes_bids(state: State) -> Answer:
    """Answer for the stored state alone whether it takes bids; the clock is judged apart."""
    if state in (State.CANCELLED, State.DRAFT, State.IN_REVIEW, State.READY, State.WAITING):
        return wrong_moment(_NOT_OPEN)
    return ALLOWED


def can_confirm_opening(
    actor: Actor,
    *,
    verified: bool,
    state: State,
    closes_at: datetime | None,
    now: datetime,
    named: bool,
    second_factor: bool,
    opened: bool = False,
    confirmed: "Collection[uuid.UUID]" = (),
) -> Answer:
    """Answer whether the actor may confirm the opening of a stage's bids.

    `verified` tells whether the body was verified, `named` whether the actor is among those named
    to open, `second_factor` whether this sign-in was made with one, `opened` whether the bids were
    opened; `state` is the challenge's stored state, `confirmed` are the people who have confirmed.
    """
    if not actor.may(Permission.BID_OPEN):
        return lacks_right(N_("Only procurement officers can open bids."))
    if not named:
        return lacks_right(
            N_("You are not one of the officers named to open these bids. Ask to be named.")
        )
    if not second_factor:
        return lacks_right(
            N_("Sign in again with your second step: bids are opened only with both.")
        )
    if opened:
        return wrong_moment(N_("The bids have been opened already."))
    if state_at(state, closes_at, now) is State.OPEN:
        return wrong_moment(N_("Bids can be opened only after the closing time."))
    if state is not State.OPEN or closes_at is None:
        return wrong_moment(N_("There is nothing to open: this challenge takes no bids."))
    if now < opens_from(closes_at):
        return wrong_moment(
            N_("Bids that arrived in time may still be being recorded. Wait for one minute.")
        )
    if not verified:
        return wrong_moment(
            N_("Your organisation must be verified before it can open bids. Ask the service team.")
        )
    if len(confirmed) > 1:
        return wrong_moment(N_("Two officers have confirmed. The bids are being opened now."))
    if actor.user_id in confirmed:
        return wrong_moment(
            N_("You have confirmed already. A second procurement officer must confirm too.")
        )
    return ALLOWED


def can_set_passphrase(actor: Actor) -> Answer:
    """Answer whether the actor may have a key of their own for opening bids."""
    if not actor.may(Permission.BID_OPEN):
        return lacks_right(N_("Only procurement officers can open bids."))
    return ALLOWED


def can_rehearse(
    actor: Actor, *, state: State, closes_at: datetime | None, now: datetime, named: bool
) -> Answer:
    """Answer whether the actor may test, before closing, that they can open a stage's bids."""
    if not actor.may(Permission.BID_OPEN):
        return lacks_right(N_("Only procurement officers can open bids."))
    if not named:
        return lacks_right(
            N_("You are not one of the officers named to open these bids. Ask to be named.")
        )
    if state_at(state, closes_at, now) is not State.OPEN:
        return wrong_moment(N_("The test is for the time before closing."))
    return ALLOWED


def can_decide_eligibility(actor: Actor, state: State, bid: BidState) -> Answer:
    """Answer whether the actor may decide about an opened bid: until the decision is signed off.

    A ground may come to light while the panel scores, or after. What was scored, agreed and
    computed follows the decision, by whoever listens to `hooks.after_finding`.
    """
    if not actor.may(Permission.ELIGIBILITY_DECIDE):
        return lacks_right(N_("Only procurement officers can decide about eligibility."))
    if state not in DECIDING_STATES or bid not in OPENED_STATES:
        return wrong_moment(
            N_(
                "Eligibility is decided after the bids are opened and before the recommendation "
                "is signed off."
            )
        )
    return ALLOWED


def can_read_opened(actor: Actor, state: State, *, opened: bool) -> Answer:
    """Answer whether the actor may read opened bids on the officers' pages.

    People who score read bids in the panel's pages, after they were briefed and declared their
    interests; officers need these pages for what they decide.
    """
    if not actor.may(Permission.BID_READ_OPENED) and not actor.may(Permission.RECORD_AUDIT):
        return lacks_right(N_("Your role does not include reading bids."))
    scores = actor.may(Permission.SCORE_RECORD) and not actor.may(Permission.BID_OPEN)
    if scores and state not in AWARDED_STATES:
        return lacks_right(
            N_("You score bids, so you read them in the panel's pages, after your declaration.")
        )
    if not opened:
        return wrong_moment(N_("The bids have not been opened."))
    return ALLOWED


def may_see_price(actor: Actor, state: State) -> bool:
    """Tell whether the actor sees the price on the officers' pages.

    Until a decision is made only people who neither score nor lead the challenge do, so that no
    price reaches the panel before the scores for quality are agreed.
    """
    if state in AWARDED_STATES:
        return True
    decides = actor.may(Permission.BID_OPEN) or actor.may(Permission.RECORD_AUDIT)
    return decides and not actor.may(Permission.SCORE_RECORD)


class Part(StrEnum):
    """The parts of a bid."""

    ELIGIBILITY = "eligibility"
    TEAM = "team"
    ANSWER = "answer"
    FILES = "files"
    PRICE = "price"
    TERMS = "terms"


@dataclass(frozen=True)
class Question:
    """One question of a stage; `word_limit` is None where there is none."""

    key: str
    title: str
    word_limit: int | None


@dataclass(frozen=True)
class Attaching:
    """Which files a stage takes: kinds by ending, how many, and how large each may be."""

    kinds: Sequence[str]
    most: int
    megabytes: int


@dataclass(frozen=True)
class Asked:
    """What a stage asks for. `most_minor` is the most that may be asked, where a price is.

    Where `milestones` are named, each has a price. `files` is None where none may be attached.
    """

    questions: Sequence[Question]
    price: bool
    most_minor: int | None
    milestones: Sequence[str] = ()
    files: Attaching | None = None


@dataclass(frozen=True)
class Gap:
    """Something a bid lacks before it can be submitted, with words for the person."""

    part: Part
    message: str
    key: str = ""
    data: dict[str, object] = field(default_factory=dict)


def gaps(
    asked: Asked,
    content: Content,
    *,
    eligible_until: datetime | None,
    now: datetime,
    team: Sequence[Gap] = (),
) -> list[Gap]:
    """List what stands between a draft and its submission, in the order of the task list.

    `eligible_until` is when the supplier's declaration expires, None where there is none; `team`
    is what its partners still have to do (`bids.team.policy`).
    """
    found: list[Gap] = []
    if eligible_until is None:
        found.append(Gap(Part.ELIGIBILITY, N_("Declare your eligibility")))
    elif eligible_until <= now:
        found.append(Gap(Part.ELIGIBILITY, N_("Declare your eligibility again: it has expired")))
    found.extend(team)
    for question in asked.questions:
        if (gap := answer_gap(question, content.answers.get(question.key, ""))) is not None:
            found.append(gap)
    if (gap := files_gap(asked.files, content.attachments)) is not None:
        found.append(gap)
    if asked.price and any(each.amount_minor is None for each in content.milestones):
        found.append(Gap(Part.PRICE, N_("Enter a price for each milestone")))
    elif asked.price and (gap := price_gap(content.price_minor, asked.most_minor)) is not None:
        found.append(gap)
    if content.contract_accepted is None:
        found.append(Gap(Part.TERMS, N_("Say whether you accept the draft contract")))
    elif not content.contract_accepted and not content.contract_points.strip():
        found.append(Gap(Part.TERMS, N_("Say which points of the contract you want to discuss")))
    return found


def answer_gap(question: Question, text: str) -> Gap | None:
    """Say what one answer lacks, if anything."""
    words = count_words(text)
    if words == 0:
        return Gap(Part.ANSWER, N_("Answer “%(title)s”"), question.key, {"title": question.title})
    if question.word_limit is not None and words > question.word_limit:
        return Gap(
            Part.ANSWER,
            N_("Shorten “%(title)s”: it has %(words)d words and may have %(limit)d"),
            question.key,
            {"title": question.title, "words": words, "limit": question.word_limit},
        )
    return None


def files_gap(asked: Attaching | None, attachments: Sequence[Attachment]) -> Gap | None:
    """Say what is wrong with the files, if anything; a change may ask for fewer or smaller ones."""
    if asked is None or not attachments:
        return None
    kinds = {MEDIA_TYPES[kind] for kind in asked.kinds}
    if len(attachments) > asked.most:
        return Gap(
            Part.FILES,
            N_("Remove files: a bid may have %(most)d of them"),
            data={"most": asked.most},
        )
    for each in attachments:
        if each.media_type not in kinds or each.size > asked.megabytes * 1024 * 1024:
            return Gap(
                Part.FILES,
                N_("Remove “%(name)s”: it is of a kind or size that is not taken any more"),
                data={"name": each.name},
            )
    return None


def price_gap(price_minor: int | None, most_minor: int | None) -> Gap | None:
    """Say what the price lacks, if anything. A price of nothing is a price."""
    if price_minor is None:
        return Gap(Part.PRICE, N_("Enter your price"))
    if most_minor is not None and price_minor > most_minor:
        return Gap(Part.PRICE, N_("Lower your price: it is above the most this challenge pays"))
    return None
