"""Who hears of questions and answers: those concerned, each once, and nobody who asked."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges.asking import service
from challenges.following.models import Follow
from marketplace.core import jobs
from marketplace.core.notices.models import Kind, Unwanted
from tests.conftest import sign_in
from tests.factories import a_person
from tests.integration.asking.conftest import Asking, leave, letters
from tests.journeys import Journey, Step


def run(journey: Journey, days: int = 0) -> None:
    journey.clock.instant += timedelta(days=days)
    while jobs.run_due(journey.clock):
        pass


def test_body_is_told_once_of_questions_that_wait_and_reminded_until_they_are_answered(
    journey: Journey, ask: Asking, answer: Asking, session: Session
) -> None:
    cast, before = journey.cast, len(letters(session))
    first = ask("One?")
    second = ask("Two?", cast.rival_admin)
    people = sorted(p.email for p in (cast.lead, *cast.officers))

    told = letters(session)[before:]
    assert sorted(to for to, _s, _t in told) == people
    run(journey, days=2)
    told = letters(session)[before + 4 :]
    assert sorted(to for to, _s, _t in told) == people
    assert all("2 questions wait" in text for _to, _s, text in told)
    answer([first, second], "Yes.")
    after = len(letters(session))
    run(journey, days=1)
    assert not any("wait" in subject for _to, subject, _t in letters(session)[after:])


def test_asker_is_told_at_once_and_others_of_all_answers_together(
    journey: Journey, ask: Asking, answer: Asking, session: Session
) -> None:
    cast = journey.cast
    journey.bid()  # both suppliers
    follower = a_person(session, journey.clock.now(), None)
    gone = a_person(session, journey.clock.now(), None)
    gone.active = False
    deaf = a_person(session, journey.clock.now(), None)
    session.add(Unwanted(user_id=deaf.id, kind=Kind.FOLLOWED))
    session.commit()
    challenge_id = journey.challenge.id
    for person in (follower, gone, deaf):
        session.add(Follow(challenge_id=challenge_id, user_id=person.id, since=journey.clock.now()))
    session.commit()
    run(journey)
    first, second = ask("One?"), ask("Two?", cast.rival_admin)
    before = len(letters(session))

    answer([first], "Yes.")
    answer([second], "No.")
    assert [to for to, _s, _t in letters(session)[before:]] == [
        cast.supplier_admin.email,
        cast.rival_admin.email,
    ]
    before = len(letters(session))
    run(journey, days=1)
    told = {to: text for to, _s, text in letters(session)[before:]}

    assert len(told) == len(letters(session)) - before
    assert gone.email not in told
    assert deaf.email not in told
    assert "Stop these e-mails" in told[follower.email]
    assert "Stop these e-mails" not in told[cast.contributor.email]
    assert set(told) == {
        p.email for p in (cast.supplier_admin, cast.contributor, cast.rival_admin, follower)
    }
    assert "One?" in told[follower.email]
    assert "Two?" in told[follower.email]
    assert "One?" not in told[cast.supplier_admin.email]
    assert "Two?" in told[cast.supplier_admin.email]


def test_private_answer_is_told_to_its_asker_alone(
    journey: Journey, ask: Asking, answer: Asking, session: Session
) -> None:
    journey.bid()
    run(journey)
    question = ask("Would our kites do?")
    before = len(letters(session))

    answer([question], "Kites would.", "Their idea.")
    run(journey, days=1)

    told = letters(session)[before:]
    assert [to for to, _s, _t in told] == [journey.cast.supplier_admin.email]
    assert "Kites would." in told[0][2]


def test_private_answer_is_told_to_the_administrators_once_its_asker_has_left_the_supplier(
    journey: Journey, ask: Asking, answer: Asking, session: Session
) -> None:
    cast = journey.cast
    question = ask("Would our kites do?", cast.contributor)
    cast.contributor.memberships[0].ended_at = journey.clock.now()
    session.commit()
    before = len(letters(session))

    answer([question], "Kites would.", "Their idea.")

    ((to, _subject, text),) = letters(session)[before:]
    assert to == cast.supplier_admin.email
    assert "Your organisation asked: Would our kites do?" in text


def test_reason_of_a_private_answer_is_not_told_to_whoever_judges_bids(
    client: FlaskClient, journey: Journey, ask: Asking, answer: Asking
) -> None:
    cast = journey.cast
    answer([ask("Would kites do?")], "They would.", "It tells of their kites.")

    for person in (cast.evaluators[0], cast.chair, cast.approver, cast.lead):
        sign_in(client, person)
        shown = client.get(f"/work/challenges/{journey.reference}/log").text
        assert "A question was answered to the asker alone" in shown, person.name
        assert "kites" not in shown, person.name


def test_nobody_learns_who_asked(
    client: FlaskClient, journey: Journey, ask: Asking, answer: Asking, session: Session
) -> None:
    cast = journey.cast
    first, second = ask("Zebra crossings?"), ask("Apple trees?")
    private = ask("Would kites do?")
    service.reword(
        journey.reference,
        second,
        wording="Are trees wanted?",
        actor=journey.actor(cast.officer),
        clock=journey.clock,
    )
    names = (cast.supplier.name, cast.supplier_admin.name, cast.supplier_admin.email)
    ids = [str(cast.supplier.id), str(cast.supplier_admin.id)]
    at = f"/challenges/{journey.reference}"
    desk = f"/work{at}/questions"
    pages = [desk, f"/work{at}", "/work", f"/work{at}/log"]

    def look(person: object, paths: list[str]) -> str:
        sign_in(client, person)  # type: ignore[arg-type]  # one of the cast
        texts = [client.get(path) for path in paths]
        assert [t.status_code for t in texts] == [200] * len(paths)
        return "".join(t.text for t in texts)

    before = look(cast.officer, [*pages, f"/work{at}/answers/new?question={first}"])
    answer([first, second], "Yes to both.")
    answer([private], "They would.", "Their idea.")
    after = look(cast.officer, [*pages, f"{at}/questions", f"{at}/questions/1", at])
    rival = look(cast.rival_admin, [f"{at}/questions", f"{at}/questions/1", f"{at}/questions/mine"])
    journey.to(Step.OPENED)
    # Of bids the log names people by now; of questions it does not.
    auditor = look(cast.auditor, [desk, f"/work{at}/log?kind=publication"])
    public = client.get(f"{at}/log").text

    for text in (before, after, rival, auditor, public):
        assert not [name for name in (*names, *ids) if name in text]
    assert "Apple trees?" not in rival + public
    assert "kites" not in rival + public
    assert "Somebody from another organisation" in after
    assert "Somebody from another organisation" in auditor
    for to, _subject, text in letters(session):
        if to != cast.supplier_admin.email:
            assert cast.supplier_admin.name not in text
            if "Zebra" in text:
                assert cast.supplier.name not in text


def test_supplier_who_chose_so_is_named_to_the_body_but_not_to_the_public(
    client: FlaskClient, journey: Journey, ask: Asking, answer: Asking
) -> None:
    question = ask("Which?", names_supplier=True)
    cast, at = journey.cast, f"/challenges/{journey.reference}"

    sign_in(client, cast.officer)
    assert cast.supplier.name in client.get(f"/work{at}/questions").text
    answer([question], "All.")
    leave(client)
    for path in (f"{at}/questions", f"{at}/questions/1"):
        assert cast.supplier.name not in client.get(path).text
