"""Naming a panel, changing it, and its interests, up to the beginning of scoring."""

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges.lifecycle import State
from marketplace.core.accounts import rows
from marketplace.core.accounts.models import Organisation
from marketplace.core.audit.log import chain_entries
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from scoring.panel import declarations, queries, service
from scoring.panel.briefing import CURRENT
from scoring.panel.lifecycle import Interest, Measure, PanelPhase, Seat
from scoring.panel.models import ConflictDeclaration, Panel, PanelMember
from scoring.panel.parties import key_of
from scoring.panel.service import Declaration
from tests.conftest import NOW
from tests.factories import a_body, a_person, actor_for
from tests.integration.panel.conftest import Scene, build_scene


def test_name_panel_by_an_officer_seats_everybody_and_writes_to_them(
    scene: Scene, session: Session
) -> None:
    scene.name(observers=["evo"])
    seats = {member.user.name: member.seat for member in queries.seats(session, stage(scene))}
    assert seats == {
        "Cher Chair": Seat.CHAIR,
        "Eva Evaluator": Seat.EVALUATOR,
        "Evan Evaluator": Seat.EVALUATOR,
        "Evie Evaluator": Seat.EVALUATOR,
        "Evo Evaluator": Seat.OBSERVER,
    }
    told = session.scalars(select(Notice.to_email)).all()
    assert sorted(told) == sorted(
        scene.users[who].email for who in ("cher", "eva", "evan", "evie", "evo")
    )


def stage(scene: Scene) -> uuid.UUID:
    return scene.challenge.stage.id


def test_name_panel_gives_labels_that_do_not_tell_names(scene: Scene, session: Session) -> None:
    scene.name(observers=["evo"])
    labels = [member.label for member in queries.seats(session, stage(scene))]
    assert labels == ["C1", "E1", "E2", "E3", "O1"]


def test_name_panel_while_open_for_bids_is_allowed(session: Session, clock: FixedClock) -> None:
    scene = build_scene(session, clock, State.OPEN)
    scene.name()
    meeting = queries.meeting(session, scene.reference, scene.actor("cher"))
    assert meeting.phase is PanelPhase.NAMED


def test_name_panel_in_draft_is_the_wrong_moment(session: Session, clock: FixedClock) -> None:
    scene = build_scene(session, clock, State.DRAFT)
    with pytest.raises(WrongMoment):
        scene.name()


def test_name_panel_twice_is_the_wrong_moment(scene: Scene) -> None:
    scene.name()
    with pytest.raises(WrongMoment):
        scene.name()


def test_name_panel_with_two_evaluators_says_which_field(scene: Scene) -> None:
    with pytest.raises(Invalid) as refused:
        scene.name(["eva", "evan"])
    assert list(refused.value.fields) == ["evaluators"]


def test_name_panel_with_the_chair_among_the_evaluators_is_refused(scene: Scene) -> None:
    with pytest.raises(Invalid):
        scene.name(["eva", "evan", "cher"])


def test_name_panel_with_one_person_twice_is_refused(scene: Scene) -> None:
    with pytest.raises(Invalid):
        scene.name(["eva", "evan", "evan"])


def test_name_panel_with_a_person_of_another_body_is_refused(
    scene: Scene, session: Session
) -> None:
    elsewhere = a_person(session, NOW, a_body(session, NOW, "Other Council"), Role.EVALUATOR)
    scene.users["stranger"] = elsewhere
    session.commit()
    with pytest.raises(Invalid):
        scene.name(["eva", "evan", "stranger"])


def test_name_panel_with_a_chair_who_lacks_the_role_is_refused(
    scene: Scene, clock: FixedClock
) -> None:
    with pytest.raises(Invalid) as refused:
        service.name_panel(
            scene.reference,
            chair=scene.users["evo"].id,
            evaluators=[scene.users[who].id for who in ("eva", "evan", "evie")],
            actor=scene.actor("olga"),
            clock=clock,
        )
    assert list(refused.value.fields) == ["chair"]


def test_name_panel_by_an_evaluator_is_forbidden(scene: Scene, clock: FixedClock) -> None:
    with pytest.raises(Forbidden):
        service.name_panel(
            scene.reference,
            chair=scene.users["cher"].id,
            evaluators=[scene.users[who].id for who in ("eva", "evan", "evie")],
            actor=scene.actor("eva"),
            clock=clock,
        )


def test_name_panel_of_another_body_finds_nothing(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    officer = a_person(
        session, NOW, a_body(session, NOW, "Other Council"), Role.PROCUREMENT_OFFICER
    )
    session.commit()
    with pytest.raises(NotFound):
        service.name_panel(
            scene.reference, chair=officer.id, evaluators=[], actor=actor_for(officer), clock=clock
        )


def replace(scene: Scene, who: str, by: str, reason: str = "Ill.") -> str:
    return service.replace_member(
        scene.reference,
        scene.label(who),
        user_id=scene.users[by].id,
        reason=reason,
        actor=scene.actor("lena"),
        clock=scene.clock,
    )


def test_replace_member_before_scoring_keeps_the_old_seat_on_record(
    scene: Scene, session: Session
) -> None:
    scene.name()
    scene.brief("eva")
    scene.declare("eva")
    label = replace(scene, "eva", "evo")
    new = queries.member_of(session, stage(scene), scene.users["evo"].id)
    assert new is not None
    assert (label, new.briefed_at, new.interests_declared_at) == ("E4", None, None)
    old = next(m for m in queries.seats(session, stage(scene)) if m.left_at is not None)
    assert (old.user_id, old.left_because) == (scene.users["eva"].id, "Ill.")
    assert queries.member_of(session, stage(scene), scene.users["eva"].id) is None


def test_replace_the_chair_leaves_one_chair(scene: Scene, session: Session) -> None:
    scene.name()
    replace(scene, "cher", "carl")
    panel = session.get_one(Panel, stage(scene))
    assert [m.user.name for m in panel.members if m.seat is Seat.CHAIR] == ["Carl Chair"]


def test_replace_the_chair_by_an_evaluator_is_refused(scene: Scene) -> None:
    scene.name()
    with pytest.raises(Invalid):
        replace(scene, "cher", "evo")


def test_replace_member_by_one_who_sits_is_refused(scene: Scene) -> None:
    scene.name()
    with pytest.raises(Invalid):
        replace(scene, "eva", "evan")


def test_replace_member_without_a_reason_is_refused(scene: Scene) -> None:
    scene.name()
    with pytest.raises(Invalid) as refused:
        replace(scene, "eva", "evo", reason="  ")
    assert list(refused.value.fields) == ["reason"]


def test_replace_member_after_moderation_began_is_the_wrong_moment(scene: Scene) -> None:
    scene.moderated()
    with pytest.raises(WrongMoment):
        replace(scene, "eva", "evo")


def test_return_of_a_member_who_left_gives_a_fresh_seat(scene: Scene) -> None:
    scene.name()
    replace(scene, "eva", "evo")
    assert replace(scene, "evan", "eva") == "E5"


def test_add_member_gives_the_next_label(scene: Scene) -> None:
    scene.name()
    label = service.add_member(
        scene.reference,
        user_id=scene.users["evo"].id,
        seat=Seat.EVALUATOR,
        reason="One may not score every bid.",
        actor=scene.actor("olga"),
        clock=scene.clock,
    )
    assert label == "E4"


def test_add_a_second_chair_is_refused(scene: Scene) -> None:
    scene.name()
    with pytest.raises(Invalid):
        service.add_member(
            scene.reference,
            user_id=scene.users["carl"].id,
            seat=Seat.CHAIR,
            reason="Two are better.",
            actor=scene.actor("olga"),
            clock=scene.clock,
        )


def test_database_refuses_a_second_chair(scene: Scene, session: Session) -> None:
    scene.name()
    session.add(
        PanelMember(
            stage_id=stage(scene), user_id=scene.users["carl"].id, seat=Seat.CHAIR, label="C2"
        )
    )
    with pytest.raises(DBAPIError):
        session.commit()


def test_briefing_accepted_is_recorded_with_the_digest_of_its_text(
    scene: Scene, session: Session
) -> None:
    scene.name()
    with pytest.raises(WrongMoment, match="has changed since you opened it"):
        service.accept_briefing(
            scene.reference, read="0" * 64, actor=scene.actor("eva"), clock=scene.clock
        )
    scene.brief("eva")
    member = queries.member_of(session, stage(scene), scene.users["eva"].id)
    assert member is not None
    assert member.briefing_sha256 == CURRENT.sha256
    entry = chain_entries(session, scene.reference)[-1]
    assert (entry.action, entry.fields["briefing_sha256"]) == ("panel.briefed", CURRENT.sha256)


def test_declare_before_the_briefing_is_the_wrong_moment(scene: Scene) -> None:
    scene.name()
    with pytest.raises(WrongMoment):
        scene.declare("eva")


def test_declare_by_somebody_not_on_the_panel_is_forbidden(scene: Scene) -> None:
    scene.name()
    with pytest.raises(Forbidden):
        scene.declare("evo")


def test_declare_twice_is_the_wrong_moment(scene: Scene) -> None:
    scene.name()
    scene.brief("eva")
    scene.declare("eva")
    with pytest.raises(WrongMoment):
        scene.declare("eva")


def test_declare_with_a_bidder_left_out_names_it_and_records_nothing(
    scene: Scene, session: Session
) -> None:
    scene.name()
    scene.brief("eva")
    with pytest.raises(Invalid) as refused:
        service.declare_interests(
            scene.reference,
            {"Acorn": Declaration(Interest.NONE)},
            actor=scene.actor("eva"),
            clock=scene.clock,
        )
    assert set(refused.value.fields) == {
        f"interest-{key_of('Birch')}",
        f"interest-{key_of('Cedar')}",
    }
    assert session.query(ConflictDeclaration).count() == 0


def test_declare_an_interest_without_a_statement_is_refused(scene: Scene) -> None:
    scene.name()
    scene.brief("eva")
    with pytest.raises(Invalid) as refused:
        scene.declare("eva", Acorn="  ")
    assert list(refused.value.fields) == [f"statement-{key_of('Acorn')}"]


def test_interest_in_a_bidder_reaches_no_entry_of_the_log_in_words(
    scene: Scene, session: Session
) -> None:
    scene.name()
    scene.brief("eva")
    scene.declare("eva", Acorn="My sister works there.")
    entries = chain_entries(session, scene.reference)
    assert entries[-1].action == "interest.declared"
    assert entries[-1].fields["interest_in"] == ["Acorn"]
    assert "sister" not in str([entry.fields for entry in entries])


def test_decide_the_chairs_own_interest_by_the_chair_is_forbidden(scene: Scene) -> None:
    scene.name()
    scene.brief("cher")
    scene.declare("cher", Acorn="I own a share.")
    with pytest.raises(Forbidden):
        scene.decide("cher", "Acorn", Measure.KEEP)


def test_decide_the_chairs_own_interest_by_an_approver_counts(
    scene: Scene, session: Session
) -> None:
    scene.name()
    scene.brief("cher")
    scene.declare("cher", Acorn="I own a share.")
    scene.decide("cher", "Acorn", Measure.RECUSE, by="abby")
    assert len(declarations.recusals(session, stage(scene))) == 1


def test_decide_an_interest_that_was_not_declared_finds_nothing(scene: Scene) -> None:
    scene.name()
    scene.brief("eva")
    scene.declare("eva")
    with pytest.raises(NotFound):
        scene.decide("eva", "Acorn", Measure.KEEP)


def test_decide_again_lets_the_later_decision_count(scene: Scene, session: Session) -> None:
    scene.name()
    scene.brief("eva")
    scene.declare("eva", Acorn="We were at school.")
    scene.decide("eva", "Acorn", Measure.RECUSE)
    scene.decide("eva", "Acorn", Measure.KEEP)
    assert declarations.recusals(session, stage(scene)) == set()


def test_decide_without_a_reason_is_refused(scene: Scene) -> None:
    scene.name()
    scene.brief("eva")
    scene.declare("eva", Acorn="We were at school.")
    with pytest.raises(Invalid) as refused:
        service.decide_interest(
            scene.reference,
            scene.label("eva"),
            key_of("Acorn"),
            measure=None,
            reason=" ",
            actor=scene.actor("cher"),
            clock=scene.clock,
        )
    assert set(refused.value.fields) == {"measure", "reason"}


def test_begin_scoring_moves_the_challenge_on(scene: Scene, session: Session) -> None:
    scene.name()
    scene.ready()
    scene.begin()
    session.refresh(scene.challenge)
    assert scene.challenge.state is State.EVALUATING


def test_begin_scoring_with_an_interest_undecided_names_person_and_bidder(scene: Scene) -> None:
    scene.name()
    scene.brief("cher", "eva", "evan", "evie")
    for who in ("cher", "evan", "evie"):
        scene.declare(who)
    scene.declare("eva", Acorn="We were at school.")
    with pytest.raises(WrongMoment, match="Eva Evaluator in Acorn"):
        scene.begin()


def test_nobody_who_joined_a_bidder_scores(scene: Scene, session: Session) -> None:
    scene.name()
    scene.ready()
    bid = session.scalars(select(Bid).where(Bid.reference == scene.bids["Acorn"])).one()
    acorn = session.get_one(Organisation, bid.supplier_id)
    session.add(rows.begin(acorn, scene.users["eva"], [Role.SUPPLIER_CONTRIBUTOR], scene.clock))
    session.commit()
    with pytest.raises(WrongMoment, match="acts for a bidder: somebody else"):
        scene.begin()


def test_begin_scoring_with_a_bid_short_of_evaluators_is_the_wrong_moment(scene: Scene) -> None:
    scene.name()
    scene.brief("cher", "eva", "evan", "evie")
    for who in ("cher", "evan", "evie"):
        scene.declare(who)
    scene.declare("eva", Acorn="We were at school.")
    scene.decide("eva", "Acorn", Measure.RECUSE)
    with pytest.raises(WrongMoment, match="Acorn would be scored by 2"):
        scene.begin()


def test_begin_scoring_before_all_have_declared_is_the_wrong_moment(scene: Scene) -> None:
    scene.name()
    scene.brief("cher", "eva", "evan", "evie")
    with pytest.raises(WrongMoment, match="Cher Chair has not declared"):
        scene.begin()


def test_begin_scoring_by_another_chair_of_the_body_is_forbidden(
    scene: Scene, clock: FixedClock
) -> None:
    scene.name()
    scene.ready()
    with pytest.raises(Forbidden):
        service.begin_scoring(scene.reference, actor=scene.actor("carl"), clock=clock)
