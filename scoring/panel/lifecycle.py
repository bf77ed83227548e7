"""The phases of a panel, what may be done in each, and what must be true before the next. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from marketplace.core.text import N_

Key = TypeVar("Key")


class Seat(StrEnum):
    """What a member of a panel does there."""

    CHAIR = "chair"
    EVALUATOR = "evaluator"
    OBSERVER = "observer"


class Expertise(StrEnum):
    """What a member of a panel knows best."""

    SERVICE = "service"
    TECHNICAL = "technical"
    COMMERCIAL = "commercial"
    OTHER = "other"


class Interest(StrEnum):
    """What a member declares about one bidder."""

    NONE = "none"
    DECLARED = "declared"


class PartyRole(StrEnum):
    """What part an organisation has in a bid."""

    BIDDER = "bidder"
    PARTNER = "partner"
    SUBCONTRACTOR = "subcontractor"


class Measure(StrEnum):
    """What is decided about a declared interest."""

    KEEP = "keep"
    RESTRICT = "restrict"
    RECUSE = "recuse"


class PanelPhase(StrEnum):
    """How far a panel has come. Never stored: it follows from what has happened."""

    NAMED = "named"
    DECLARING = "declaring"
    SCORING = "scoring"
    MODERATING = "moderating"
    LOCKED = "locked"


class PanelAct(StrEnum):
    """What people do with a panel."""

    CHANGE_MEMBERS = "change_members"
    ACCEPT_BRIEFING = "accept_briefing"
    DECLARE_INTERESTS = "declare_interests"
    DECIDE_INTEREST = "decide_interest"
    BEGIN_SCORING = "begin_scoring"
    READ_BIDS = "read_bids"
    SAVE_DRAFT = "save_draft"
    SUBMIT_SCORES = "submit_scores"
    CORRECT_SCORE = "correct_score"
    BEGIN_MODERATION = "begin_moderation"
    SEE_ALL_SCORES = "see_all_scores"
    RECORD_CONSENSUS = "record_consensus"
    LOCK_QUALITY = "lock_quality"


SEAT_WORDS = {
    Seat.CHAIR: N_("Chair"),
    Seat.EVALUATOR: N_("Evaluator"),
    Seat.OBSERVER: N_("Observer"),
}
EXPERTISE_WORDS = {
    Expertise.SERVICE: N_("The service and its users"),
    Expertise.TECHNICAL: N_("Technology"),
    Expertise.COMMERCIAL: N_("Money and contracts"),
    Expertise.OTHER: N_("Something else"),
}
SEAT_LETTERS = {Seat.CHAIR: "C", Seat.EVALUATOR: "E", Seat.OBSERVER: "O"}

PHASE_WORDS = {
    PanelPhase.NAMED: N_("Panel named"),
    PanelPhase.DECLARING: N_("Declaring interests"),
    PanelPhase.SCORING: N_("Scoring"),
    PanelPhase.MODERATING: N_("Moderation"),
    PanelPhase.LOCKED: N_("Quality locked"),
}

MEASURE_WORDS = {
    Measure.KEEP: N_("May score this bid"),
    Measure.RESTRICT: N_("May score this bid, under the conditions written here"),
    Measure.RECUSE: N_("Must not read or score this bid"),
}

BEFORE_SCORING = frozenset({PanelPhase.NAMED, PanelPhase.DECLARING})
# Somebody who takes a place while others score does first what they did.
_UNTIL_MODERATION = BEFORE_SCORING | {PanelPhase.SCORING}
_DECLARING = frozenset({PanelPhase.DECLARING})
_SCORING = frozenset({PanelPhase.SCORING})
_MODERATING = frozenset({PanelPhase.MODERATING})

MOMENTS: dict[PanelAct, frozenset[PanelPhase]] = {
    PanelAct.CHANGE_MEMBERS: _UNTIL_MODERATION,
    PanelAct.ACCEPT_BRIEFING: _UNTIL_MODERATION,
    # Who bids is known only once the bids are opened.
    PanelAct.DECLARE_INTERESTS: _DECLARING | _SCORING,
    PanelAct.DECIDE_INTEREST: _DECLARING | _SCORING,
    PanelAct.BEGIN_SCORING: _DECLARING,
    PanelAct.READ_BIDS: _SCORING | _MODERATING | {PanelPhase.LOCKED},
    PanelAct.SAVE_DRAFT: _SCORING,
    PanelAct.SUBMIT_SCORES: _SCORING,
    PanelAct.CORRECT_SCORE: _SCORING,
    PanelAct.BEGIN_MODERATION: _SCORING,
    # Later than the last submission: what may still be corrected is not shown to others.
    PanelAct.SEE_ALL_SCORES: _MODERATING | {PanelPhase.LOCKED},
    PanelAct.RECORD_CONSENSUS: _MODERATING,
    PanelAct.LOCK_QUALITY: _MODERATING,
}

TOO_EARLY_OR_LATE = {
    PanelAct.CHANGE_MEMBERS: N_("Moderation has begun, so the panel can no longer change."),
    PanelAct.ACCEPT_BRIEFING: N_("Moderation has begun, so the briefing is closed."),
    PanelAct.DECLARE_INTERESTS: N_(
        "Interests are declared after the bids are opened and before moderation begins."
    ),
    PanelAct.DECIDE_INTEREST: N_(
        "Interests are decided after the bids are opened and before moderation begins."
    ),
    PanelAct.BEGIN_SCORING: N_("Scoring begins once, after the bids are opened."),
    PanelAct.READ_BIDS: N_("Bids can be read here once the chair has begun scoring."),
    PanelAct.SAVE_DRAFT: N_("Scores can be written from the start of scoring until moderation."),
    PanelAct.SUBMIT_SCORES: N_(
        "Scores can be submitted from the start of scoring until moderation."
    ),
    PanelAct.CORRECT_SCORE: N_("Moderation has begun, so scores can no longer be corrected."),
    PanelAct.BEGIN_MODERATION: N_("Moderation begins once, after the scoring."),
    PanelAct.SEE_ALL_SCORES: N_("The scores are shown to the panel when moderation begins."),
    PanelAct.RECORD_CONSENSUS: N_(
        "Agreed scores can be recorded from the start of moderation until quality is locked."
    ),
    PanelAct.LOCK_QUALITY: N_("Quality is locked once, after moderation."),
}


def phase_of(
    *,
    opened_at: datetime | None,
    scoring_began_at: datetime | None,
    moderation_began_at: datetime | None,
    quality_locked_at: datetime | None,
) -> PanelPhase:
    """Give the phase of a named panel; `opened_at` is when the stage's bids were opened."""
    if quality_locked_at is not None:
        return PanelPhase.LOCKED
    if moderation_began_at is not None:
        return PanelPhase.MODERATING
    if scoring_began_at is not None:
        return PanelPhase.SCORING
    return PanelPhase.NAMED if opened_at is None else PanelPhase.DECLARING


def may_happen(act: PanelAct, phase: PanelPhase) -> bool:
    """Tell whether `act` has a place in `phase`."""
    return phase in MOMENTS[act]


@dataclass(frozen=True)
class Obstacle:
    """One thing that stands in the way; `data` fills the places of `message`."""

    message: str
    data: dict[str, object]


@dataclass(frozen=True)
class MemberReadiness:
    """What a member has done before scoring; `undecided` names bidders with an open interest.

    `for_bidder` tells that they act for a bidder, or a partner of one, by now.
    """

    name: str
    seat: Seat
    briefed: bool
    declared: bool
    undecided: Sequence[str]
    recused_from: Sequence[str]
    # Keys of the questions an evaluator scores; None for all.
    questions: Collection[str] | None = None
    for_bidder: bool = False

    def scores(self, key: str) -> bool:
        """Tell whether the member scores the question with this key."""
        return self.questions is None or key in self.questions


def obstacles_to_scoring(
    members: Iterable[MemberReadiness],
    valid_bidders: Sequence[str],
    minimum_panel: int,
    marked: Sequence[str],
    questions: Mapping[str, str] | None = None,
    *,
    names_withheld: bool = False,
) -> list[Obstacle]:
    """Name everything that stands in the way of scoring, or of moderation where the panel changed
    while it scored; empty when it may begin.

    Nobody acts for a bidder, every member is briefed and has declared, every declared interest is
    decided, the chair sits for every bid, and each valid bid keeps at least `minimum_panel`
    evaluators on each question.
    `questions` are titles by key. Bidders are known by name; `marked` are those whose bid is not
    what was submitted, or who declared a ground of exclusion, and of whom no officer has decided:
    what somebody forged must not be scored as theirs, and whoever must be excluded must not be
    scored at all. Where names are withheld those are counted only: the panel is told beside a bid
    that it was marked, and must not know whose that was.
    """
    found: list[Obstacle] = []
    if marked and names_withheld:
        found.append(
            Obstacle(
                N_(
                    "Bids that were marked at the opening, or that declare a ground of exclusion, "
                    "wait for a procurement officer to decide about them: %(count)d."
                ),
                {"count": len(marked)},
            )
        )
    elif marked:
        found.append(
            Obstacle(
                N_(
                    "Decide first about the eligibility of the bids that were marked at the "
                    "opening, or that declare a ground of exclusion: %(bidders)s. A procurement "
                    "officer does that."
                ),
                {"bidders": ", ".join(marked)},
            )
        )
    seated = list(members)
    found.extend(
        Obstacle(
            N_("%(person)s acts for a bidder: somebody else takes their place."),
            {"person": member.name},
        )
        for member in seated
        if member.for_bidder
    )
    if not valid_bidders:
        found.append(Obstacle(N_("There is no valid bid to score."), {}))
    for member in seated:
        if not member.briefed:
            found.append(
                Obstacle(N_("%(person)s has not accepted the briefing."), {"person": member.name})
            )
        if not member.declared:
            found.append(
                Obstacle(N_("%(person)s has not declared interests."), {"person": member.name})
            )
        found.extend(
            Obstacle(
                N_("The interest of %(person)s in %(bidder)s is not decided."),
                {"person": member.name, "bidder": bidder},
            )
            for bidder in member.undecided
        )
        if member.seat is Seat.CHAIR:
            # Whoever records the agreed scores must be free to hear all of the talk.
            found.extend(
                Obstacle(
                    N_("The chair may not deal with %(bidder)s: name another chair."),
                    {"bidder": bidder},
                )
                for bidder in member.recused_from
                if bidder in valid_bidders
            )
    evaluators = [member for member in seated if member.seat is Seat.EVALUATOR]
    found.extend(_too_few(evaluators, valid_bidders, minimum_panel, questions or {}))
    return found


def _too_few(
    evaluators: Sequence[MemberReadiness],
    valid_bidders: Sequence[str],
    least: int,
    questions: Mapping[str, str],
) -> Iterator[Obstacle]:
    """Name each bid that too few would score; then, of bids that enough would score, each question
    that too few would, once where nobody's recusal is the reason."""
    for bidder in valid_bidders:
        free = sum(bidder not in member.recused_from for member in evaluators)
        if free < least:
            yield Obstacle(
                N_(
                    "%(bidder)s would be scored by %(free)d evaluators, and %(least)d are "
                    "needed: add another."
                ),
                {"bidder": bidder, "free": free, "least": least},
            )
    for key, title in questions.items():
        given = [member for member in evaluators if member.scores(key)]
        if len(given) < least <= len(evaluators):
            yield Obstacle(
                N_(
                    "“%(question)s” would be scored by %(free)d evaluators, and %(least)d are "
                    "needed: give it to another."
                ),
                {"question": title, "free": len(given), "least": least},
            )
            continue
        for bidder in valid_bidders:
            free = sum(bidder not in member.recused_from for member in given)
            all_free = sum(bidder not in member.recused_from for member in evaluators)
            if free < least <= all_free:
                yield Obstacle(
                    N_(
                        "“%(question)s” of %(bidder)s would be scored by %(free)d evaluators, and "
                        "%(least)d are needed: give it to another."
                    ),
                    {"question": title, "bidder": bidder, "free": free, "least": least},
                )


class Fault(StrEnum):
    """What is wrong with one score."""

    NO_SCORE = "no_score"
    NO_REASON = "no_reason"
    NEITHER = "neither"
    OUTSIDE_SCALE = "outside_scale"
    TOO_MANY_PLACES = "too_many_places"


FAULT_WORDS = {
    Fault.NO_SCORE: N_("Choose a score"),
    Fault.NO_REASON: N_("Give the reason for the score"),
    Fault.NEITHER: N_("Choose a score and give its reason"),
    Fault.OUTSIDE_SCALE: N_("The score must be on the scale, from 0 to the highest score"),
    Fault.TOO_MANY_PLACES: N_("A score has at most three digits after the point"),
}

PLACES = 3


def value_fault(value: Decimal, max_score: Decimal) -> Fault | None:
    """Say what is wrong with a score's value, or nothing. 0 and `max_score` are on the scale."""
    if not value.is_finite() or value < 0 or value > max_score:
        return Fault.OUTSIDE_SCALE
    if value != round(value, PLACES):
        return Fault.TOO_MANY_PLACES
    return None


def score_fault(value: Decimal | None, rationale: str, max_score: Decimal) -> Fault | None:
    """Say what keeps a score from being submitted, or nothing. A genuine 0 is a score."""
    if value is None:
        return Fault.NO_SCORE if rationale.strip() else Fault.NEITHER
    return value_fault(value, max_score) or (None if rationale.strip() else Fault.NO_REASON)


@dataclass(frozen=True)
class Cell(Generic[Key]):
    """One score in the making: where it stands, and what was written."""

    key: Key
    value: Decimal | None
    rationale: str
    max_score: Decimal


def score_faults(cells: Iterable[Cell[Key]]) -> dict[Key, Fault]:
    """Name every score that cannot be submitted, in the order given."""
    return {
        cell.key: fault
        for cell in cells
        if (fault := score_fault(cell.value, cell.rationale, cell.max_score)) is not None
    }
