"""Questions are taken in time from suppliers, and answered to all, by those who may."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenges.asking import lifecycle, policy, queries, service
from challenges.topics import Topic
from marketplace.core.audit import chain_reading, checkpoints, log
from marketplace.core.errors import (
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    StaleEdit,
    WrongMoment,
)
from marketplace.core.transaction import transaction
from tests.integration.asking.conftest import Asking
from tests.journeys import Journey


def said(journey: Journey) -> list[str]:
    """Give what the log says of questions."""
    entries = log.chain_entries(journey.session, journey.reference)
    return [e.action for e in entries if e.action.startswith("clarification.")]


def test_asking_twice_by_one_person_is_one_question(journey: Journey, ask: Asking) -> None:
    assert ask("Which parks?") == ask("  Which parks? ")
    assert ask("Which parks?", journey.cast.rival_admin) != ask("Which parks?")
    assert said(journey) == ["clarification.asked"] * 2


def test_no_file_of_the_log_tells_who_asked(journey: Journey, ask: Asking) -> None:
    ask("Which parks?")
    with transaction() as session:
        checkpoints.make(session, clock=journey.clock)

    content = chain_reading.chain_file(journey.session, journey.reference, lambda _action: None)

    assert content is not None
    assert b"Which parks?" in content
    assert str(journey.cast.supplier_admin.id).encode() not in content


@pytest.mark.parametrize("person", ["officer", "facilitator", "platform_admin"])
def test_asking_is_for_suppliers(journey: Journey, ask: Asking, person: str) -> None:
    with pytest.raises(Forbidden):
        ask("Which parks?", getattr(journey.cast, person))


def test_asking_ends_at_its_instant_and_not_before(journey: Journey, ask: Asking) -> None:
    ends = policy.asking_ends(journey.challenge)
    assert ends is not None
    assert ends < journey.closes_at
    journey.clock.instant = ends - timedelta(microseconds=1)
    ask("In time?")
    journey.clock.instant = ends

    with pytest.raises(WrongMoment, match="time for questions is over"):
        ask("Too late?")


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2_001])
def test_asking_needs_a_question_of_fitting_length(
    journey: Journey, ask: Asking, text: str
) -> None:
    with pytest.raises(Invalid) as refused:
        ask(text)
    assert set(refused.value.fields) == {"text"}


def test_asking_is_limited_within_the_hour_and_by_what_waits(journey: Journey, ask: Asking) -> None:
    for number in range(lifecycle.HOURLY_MOST):
        ask(f"Number {number}?")
    with pytest.raises(WrongMoment, match="within an hour"):
        ask("One more?")
    ask("Somebody else?", journey.cast.rival_admin)
    journey.clock.instant += timedelta(hours=2)
    for number in range(lifecycle.WAITING_MOST - lifecycle.HOURLY_MOST):
        ask(f"Later {number}?")
    journey.clock.instant += timedelta(hours=2)

    with pytest.raises(WrongMoment, match="wait for an answer"):
        ask("Again?", journey.cast.contributor)


def test_one_answer_serves_several_questions_and_numbers_follow_publication(
    journey: Journey, ask: Asking, answer: Asking, session: Session
) -> None:
    first, second, third = ask("A?"), ask("C?", journey.cast.rival_admin), ask("B?")
    answer([third], "Third.")
    answer([first, second], "First and second.")

    page = queries.published(session, journey.challenge)
    assert [(a.number, queries.asked_in(a)) for a in page.answers] == [
        (2, ["A?", "C?"]),
        (1, ["B?"]),
    ]
    assert queries.waiting(session, journey.challenge) == []


def test_answers_are_found_by_words_of_question_and_answer_and_by_topic(
    journey: Journey, ask: Asking, answer: Asking, session: Session
) -> None:
    answer([ask("Is 100% shade wanted?")], "Some _trees_ stay.")
    answer([ask("Benches?")], "Ten.")

    def found(*words: str, topic: Topic | None = None) -> list[int | None]:
        page = queries.published(session, journey.challenge, words=words, topic=topic)
        return [each.number for each in page.answers]

    assert found("SHADE", "trees") == [1]
    assert found("100%") == [1]
    assert found("_") == [1]  # not any character
    assert found("shade", "ten") == []
    assert found(topic=Topic.PROBLEM) == [2, 1]
    assert found(topic=Topic.MONEY) == []


def test_answers_are_paged_by_number(
    journey: Journey, ask: Asking, answer: Asking, session: Session
) -> None:
    for number in range(1, 4):
        answer([ask(f"{number}?")], "Yes.")

    first = queries.published(session, journey.challenge, size=2)
    rest = queries.published(session, journey.challenge, size=2, before=first.before)
    assert [a.number for a in (*first.answers, *rest.answers)] == [3, 2, 1]
    assert rest.before is None


def test_corrections_keep_what_was_said_before(
    journey: Journey, ask: Asking, answer: Asking, session: Session
) -> None:
    kept = answer([ask("How many?")], "Ten.")
    journey.clock.instant += timedelta(hours=3)
    actor = journey.actor(journey.cast.lead)
    facts: dict[str, Any] = {"text": "Eleven.", "actor": actor, "clock": journey.clock}

    with pytest.raises(Invalid):
        service.correct_answer(journey.reference, kept, because=" ", **facts)
    service.correct_answer(journey.reference, kept, because="We miscounted.", **facts)

    shown = queries.published_answer(session, journey.challenge, 1)
    assert [(v.version, v.text, v.because) for v in shown.versions] == [
        (2, "Eleven.", "We miscounted."),
        (1, "Ten.", None),
    ]
    assert said(journey)[-1] == "clarification.corrected"


def test_private_answer_needs_an_officer_a_reason_and_one_question(
    journey: Journey, ask: Asking, answer: Asking, session: Session
) -> None:
    first, second = ask("Would our kites do?"), ask("And balloons?")
    lead = journey.actor(journey.cast.lead)

    with pytest.raises(Forbidden):
        service.save_answer(
            journey.reference,
            questions=[first],
            text="Yes.",
            private_because="Their idea.",
            actor=lead,
            clock=journey.clock,
        )
    for questions, reason in (([first], ""), ([first, second], "Their idea.")):
        with pytest.raises(Invalid):
            answer(questions, "Yes.", reason)
    answer([first], "Yes.", "Their idea.")

    assert queries.published(session, journey.challenge).answers == []
    assert [q.id for q in queries.waiting(session, journey.challenge)] == [second]
    entry = log.chain_entries(session, journey.reference)[-1]
    assert entry.fields["reason"] == "Their idea."
    assert log.telling(entry.action).public == frozenset()
    answer([second], "To all.")
    # No gap in the numbers tells of the private one.
    assert queries.published(session, journey.challenge).answers[0].number == 1


def test_drafts_of_two_people_do_not_overwrite_each_other(journey: Journey, ask: Asking) -> None:
    question, other = ask("One?"), ask("Two?")
    facts: dict[str, Any] = {"actor": journey.actor(journey.cast.lead), "clock": journey.clock}
    kept = service.save_answer(journey.reference, questions=[question], text="Yes.", **facts)

    with pytest.raises(StaleEdit):  # the question stands in that draft already
        service.save_answer(journey.reference, questions=[question, other], text="No.", **facts)
    service.save_answer(
        journey.reference, questions=[question, other], text="Both.", answer_id=kept, **facts
    )
    with pytest.raises(StaleEdit):
        service.save_answer(
            journey.reference, questions=[question], text="No.", answer_id=kept, seen=1, **facts
        )
    with pytest.raises(StaleEdit):
        service.publish_answer(journey.reference, kept, seen=1, **facts)
    service.discard_answer(journey.reference, kept, **facts)
    assert len(queries.waiting(journey.session, journey.challenge)) == 2


def test_answering_is_for_the_body_while_the_challenge_is_open(
    journey: Journey, ask: Asking, answer: Asking
) -> None:
    cast, question = journey.cast, ask("Which?")

    def attempt(person: str) -> None:
        service.save_answer(
            journey.reference,
            questions=[question],
            text="Yes.",
            actor=journey.actor(getattr(cast, person)),
            clock=journey.clock,
        )

    for person, error in (
        ("approver", Forbidden),
        ("supplier_admin", NotFound),
        ("other_officer", NotFound),
    ):
        with pytest.raises(error):
            attempt(person)
    with pytest.raises(NotFound):
        answer([uuid.uuid4()], "Yes.")
    journey.clock.instant = journey.closes_at
    with pytest.raises(WrongMoment):
        attempt("lead")


def test_wording_is_what_everybody_reads_and_the_question_is_kept(
    journey: Journey, ask: Asking, answer: Asking, session: Session
) -> None:
    question = ask("We at Specimen use lanterns: do they count?")
    facts: dict[str, Any] = {"actor": journey.actor(journey.cast.lead), "clock": journey.clock}

    service.reword(journey.reference, question, wording="Do lanterns count?", **facts)
    answer([question], "Yes.")

    shown = queries.published_answer(session, journey.challenge, 1)
    assert queries.asked_in(shown) == ["Do lanterns count?"]
    assert shown.questions[0].text == "We at Specimen use lanterns: do they count?"
    with pytest.raises(DomainError, match="answered already"):
        service.reword(journey.reference, question, wording="Other?", **facts)
