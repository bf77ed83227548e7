"""Who may do what on a panel, and when; each answer says whether right or moment failed. Pure.

`phase` is None where no panel has been named. `member` is the actor's own seat, or None.
"""

from typing import TYPE_CHECKING

from challenges.lifecycle import State
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_
from scoring.panel.lifecycle import TOO_EARLY_OR_LATE, PanelAct, PanelPhase, Seat, may_happen

if TYPE_CHECKING:
    from scoring.panel.models import PanelMember

NAMING_STATES = frozenset({State.OPEN, State.CLOSED, State.OPENED})


def can_name_panel(actor: Actor, state: State, phase: PanelPhase | None) -> Answer:
    """Answer whether the actor may name the panel, from publication until scoring begins."""
    if not actor.may(Permission.PANEL_NAME):
        return lacks_right(
            N_("Only the challenge lead or a procurement officer can name the panel.")
        )
    if phase is not None:
        return wrong_moment(N_("The panel is named already. You can still change its members."))
    if state not in NAMING_STATES:
        return wrong_moment(
            N_("The panel is named after the challenge is published and before scoring.")
        )
    return ALLOWED


def can_change_members(actor: Actor, phase: PanelPhase | None) -> Answer:
    """Answer whether the actor may add or replace a member of the panel, until moderation."""
    if not actor.may(Permission.PANEL_NAME):
        return lacks_right(
            N_("Only the challenge lead or a procurement officer can change the panel.")
        )
    return _moment(PanelAct.CHANGE_MEMBERS, phase)


def can_accept_briefing(
    actor: Actor, member: "PanelMember | None", phase: PanelPhase | None
) -> Answer:
    """Answer whether the actor may accept the briefing and its confidentiality."""
    if not sits(actor, member) or not actor.may(Permission.INTEREST_DECLARE):
        return _not_on_panel()
    return _moment(PanelAct.ACCEPT_BRIEFING, phase)


def can_declare_interests(
    actor: Actor, member: "PanelMember | None", phase: PanelPhase | None
) -> Answer:
    """Answer whether the actor may declare interests: once, after the briefing."""
    if member is None or not sits(actor, member) or not actor.may(Permission.INTEREST_DECLARE):
        return _not_on_panel()
    if not (answer := _moment(PanelAct.DECLARE_INTERESTS, phase)).allowed:
        return answer
    if member.briefed_at is None:
        return wrong_moment(N_("Accept the briefing first."))
    if member.interests_declared_at is not None:
        return wrong_moment(N_("You have declared your interests already."))
    return ALLOWED


def can_see_declared(actor: Actor, member: "PanelMember | None") -> Answer:
    """Answer whether the actor may see what everybody on the panel declared: whoever decides about
    it. Who chairs another panel of the body has no part in this one."""
    if chairs(actor, member) or actor.may(Permission.AWARD_APPROVE):
        return ALLOWED
    return lacks_right(
        N_("Declared interests are for the chair of this panel, and for approvers of the body.")
    )


def can_decide_interest(
    actor: Actor,
    member: "PanelMember | None",
    declarer: "PanelMember",
    phase: PanelPhase | None,
    *,
    decided: bool = False,
) -> Answer:
    """Answer whether the actor may decide about an interest of `declarer`, `decided` already or
    not: a decision may change until scoring begins, when people start to read by it.

    The chair decides about everybody's but their own, which an approver of the body decides.
    """
    if declarer.user_id == actor.user_id:
        return lacks_right(N_("Somebody else decides about your own interests."))
    if declarer.seat is Seat.CHAIR:
        if not actor.may(Permission.AWARD_APPROVE):
            return lacks_right(N_("An approver decides about the interests of the chair."))
    elif not chairs(actor, member):
        return lacks_right(N_("Only the chair of this panel decides about interests."))
    if decided and phase is PanelPhase.SCORING:
        return wrong_moment(N_("Scoring has begun, so what was decided stands."))
    return _moment(PanelAct.DECIDE_INTEREST, phase)


def can_begin_scoring(
    actor: Actor, member: "PanelMember | None", phase: PanelPhase | None
) -> Answer:
    """Answer whether the actor may begin scoring; what must be ready is asked apart."""
    return _chair_may(PanelAct.BEGIN_SCORING, actor, member, phase)


def can_read_bids(actor: Actor, member: "PanelMember | None", phase: PanelPhase | None) -> Answer:
    """Answer whether the actor may read bids on this panel, those they are not recused from.

    Briefed, declared, and scoring begun: in this order, so that nobody declares an interest, or
    none, knowing what a bid says.
    """
    if member is None or not sits(actor, member) or not actor.may(Permission.SCORE_RECORD):
        return _not_on_panel()
    if member.briefed_at is None:
        return wrong_moment(N_("Accept the briefing first."))
    if member.interests_declared_at is None:
        return wrong_moment(N_("Declare your interests first."))
    return _moment(PanelAct.READ_BIDS, phase)


def can_read_files(actor: Actor, member: "PanelMember | None", phase: PanelPhase | None) -> Answer:
    """Answer whether the actor may read files that go with bids, those they are not recused from.

    They are read beside the answers: by evaluators from the beginning of scoring, and by every
    member once the panel sees all scores.
    """
    if can_see_all_scores(actor, member, phase).allowed:
        return ALLOWED
    return _evaluator_reads(actor, member, phase)


def can_write_scores(
    actor: Actor, member: "PanelMember | None", phase: PanelPhase | None
) -> Answer:
    """Answer whether the actor may write, save and submit own scores: until submitted."""
    if not (answer := _evaluator_reads(actor, member, phase)).allowed:
        return answer
    if not (answer := _moment(PanelAct.SAVE_DRAFT, phase)).allowed:
        return answer
    if member is not None and member.scores_submitted_at is not None:
        return wrong_moment(
            N_("You have submitted your scores. You can correct one with a reason.")
        )
    return ALLOWED


def can_correct_score(
    actor: Actor, member: "PanelMember | None", phase: PanelPhase | None
) -> Answer:
    """Answer whether the actor may correct an own submitted score: until moderation begins."""
    if not (answer := _evaluator_reads(actor, member, phase)).allowed:
        return answer
    if not (answer := _moment(PanelAct.CORRECT_SCORE, phase)).allowed:
        return answer
    if member is None or member.scores_submitted_at is None:
        return wrong_moment(N_("Submit your scores first. Until then you can simply change them."))
    return ALLOWED


def can_begin_moderation(
    actor: Actor, member: "PanelMember | None", phase: PanelPhase | None
) -> Answer:
    """Answer whether the actor may begin moderation; whether all have submitted is asked apart."""
    return _chair_may(PanelAct.BEGIN_MODERATION, actor, member, phase)


def can_see_all_scores(
    actor: Actor, member: "PanelMember | None", phase: PanelPhase | None
) -> Answer:
    """Answer whether the actor may see everybody's scores: a member, once moderation began.

    No other role opens them, the chair's and an administrator's neither.
    """
    if not sits(actor, member) or not actor.may(Permission.SCORE_RECORD):
        return _not_on_panel()
    return _moment(PanelAct.SEE_ALL_SCORES, phase)


def can_record_consensus(
    actor: Actor,
    member: "PanelMember | None",
    phase: PanelPhase | None,
    *,
    scores_stand: bool = False,
) -> Answer:
    """Answer whether the actor may record agreed scores; never where, as published, each score
    stands as it was given."""
    answer = _chair_may(PanelAct.RECORD_CONSENSUS, actor, member, phase)
    if answer.allowed and scores_stand:
        return wrong_moment(
            N_(
                "The published plan says that scores stand as each evaluator gave them, so none is "
                "agreed."
            )
        )
    return answer


def can_lock_quality(
    actor: Actor, member: "PanelMember | None", phase: PanelPhase | None
) -> Answer:
    """Answer whether the actor may lock quality; whether every score is agreed is asked apart."""
    return _chair_may(PanelAct.LOCK_QUALITY, actor, member, phase)


def sits(actor: Actor, member: "PanelMember | None") -> bool:
    """Tell whether the seat is the actor's, and they have not left it."""
    return member is not None and member.user_id == actor.user_id and member.left_at is None


def chairs(actor: Actor, member: "PanelMember | None") -> bool:
    """Tell whether the actor chairs the panel, and has the right to chair."""
    return (
        member is not None
        and sits(actor, member)
        and member.seat is Seat.CHAIR
        and actor.may(Permission.PANEL_CHAIR)
    )


def _chair_may(
    act: PanelAct, actor: Actor, member: "PanelMember | None", phase: PanelPhase | None
) -> Answer:
    if not chairs(actor, member):
        return lacks_right(N_("Only the chair of this panel can do this."))
    return _moment(act, phase)


def _evaluator_reads(
    actor: Actor, member: "PanelMember | None", phase: PanelPhase | None
) -> Answer:
    if member is not None and member.seat is not Seat.EVALUATOR:
        return lacks_right(N_("Only the evaluators of this panel score."))
    return can_read_bids(actor, member, phase)


def _not_on_panel() -> Answer:
    return lacks_right(N_("You are not on this panel."))


def _moment(act: PanelAct, phase: PanelPhase | None) -> Answer:
    if phase is None:
        return wrong_moment(N_("The panel has not been named yet."))
    if not may_happen(act, phase):
        return wrong_moment(TOO_EARLY_OR_LATE[act])
    return ALLOWED
