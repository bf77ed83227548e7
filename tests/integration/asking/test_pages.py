"""People ask and answer in a browser without script; nothing typed is lost."""

import re

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges.asking import policy
from tests.conftest import sign_in
from tests.integration.asking.conftest import Asking, leave
from tests.integration.challenges.browser import hidden_fields, send
from tests.journeys import Journey, Step

HOSTILE = "<script>alert(1)</script> \U0001f333 \u202eright to left %(name)s {{ 7 * 7 }}"


def test_question_is_asked_answered_and_found_by_pages_alone(
    client: FlaskClient, journey: Journey
) -> None:
    cast, at = journey.cast, f"/challenges/{journey.reference}"
    sign_in(client, cast.contributor)
    assert f"{at}/questions/ask" in client.get(at).text
    empty = send(client, f"{at}/questions/ask", {"text": "x" * 2_001})
    assert empty.status_code == 422
    assert "Choose what your question is about" in empty.text
    assert "Shorten this to 2,000 characters" in empty.text
    assert "x" * 2_001 in empty.text
    asked = send(client, f"{at}/questions/ask", {"topic": "problem", "text": HOSTILE})
    assert asked.status_code == 303
    assert "Waiting for an answer" in client.get(asked.location).text

    sign_in(client, cast.lead)
    assert "Answer the questions that wait" in client.get("/work").text
    desk = client.get(f"/work{at}/questions").text
    compose = re.findall(r'href="([^"]+answers/new[^"]+)"', desk)[0]
    question = compose.rpartition("=")[2]
    refused = send(client, compose, {"questions": question, "text": ""})
    assert refused.status_code == 422
    assert "Enter an answer" in refused.text
    checked = send(client, compose, {"questions": question, "text": f"**Yes** {HOSTILE}"})
    assert checked.status_code == 303
    published = send(client, checked.location, {})
    assert published.status_code == 303

    leave(client)
    for path in (f"{at}/questions?q=tree&about=problem", f"{at}/questions?q=yes", at):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
    assert "<strong>Yes</strong>" in client.get(f"{at}/questions/1").text
    assert "No answer has all of these words" in client.get(f"{at}/questions?q=nowhere").text
    assert client.get(f"{at}/questions/2").status_code == 404


def test_late_question_is_refused_in_plain_words_with_its_text_kept(
    client: FlaskClient, journey: Journey
) -> None:
    at = f"/challenges/{journey.reference}/questions"
    sign_in(client, journey.cast.supplier_admin)
    page = client.get(f"{at}/ask").text
    ends = policy.asking_ends(journey.challenge)
    assert ends is not None
    journey.clock.instant = ends
    sign_in(client, journey.cast.supplier_admin)

    late = client.post(
        f"{at}/ask", data={**hidden_fields(page), "topic": "money", "text": "How much?"}
    )

    assert late.status_code == 409
    assert "time for questions is over" in late.text
    assert "How much?" in late.text
    assert client.get(f"{at}/ask").status_code == 409
    assert "time for questions ended" in client.get(at).text


def test_second_of_two_editors_sees_what_is_saved_and_keeps_their_text(
    client: FlaskClient, journey: Journey, ask: Asking
) -> None:
    question, at = ask("Which?"), f"/work/challenges/{journey.reference}/answers"
    sign_in(client, journey.cast.lead)
    form = {"questions": str(question)}
    first = send(client, f"{at}/new?question={question}", {**form, "text": "One."})
    draft = first.location.removesuffix("/publish")
    old = hidden_fields(client.get(draft).text)
    assert send(client, draft, {**form, "text": "Two."}).status_code == 303

    second = client.post(draft, data={**old, **form, "text": "Three."})

    assert second.status_code == 409
    assert "What is saved now" in second.text
    assert "Two." in second.text
    assert "Three." in second.text


def test_answers_stay_readable_after_the_challenge_has_ended(
    client: FlaskClient, journey: Journey, ask: Asking, answer: Asking, session: Session
) -> None:
    answer([ask("Which?")], "All of them.")
    journey.to(Step.CLOSED)
    at = f"/challenges/{journey.reference}"

    assert "All of them." in client.get(f"{at}/questions").text
    sign_in(client, journey.cast.supplier_admin)
    assert client.get(f"{at}/questions/ask").status_code == 409
    sign_in(client, journey.cast.lead)
    assert "not open any more" in client.get(f"/work{at}/questions").text


def test_each_section_of_a_challenge_leads_to_its_answers_and_to_asking_about_it(
    client: FlaskClient, journey: Journey
) -> None:
    at = f"/challenges/{journey.reference}"

    page = client.get(at).text

    assert f'href="{at}/questions/ask?about=criteria"' in page
    assert "Ask about this" in page
    assert 'href="#criteria"' in page
    assert page.count('id="criteria"') == 1
    assert page.count("Criteria and weights</caption>") == 1
