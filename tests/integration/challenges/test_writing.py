"""Writing a challenge through its pages, to the published page that everybody reads."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import service
from challenges.drafting.kinds import Duty, Topic
from challenges.lifecycle import State
from challenges.models import Challenge
from challenges.sections import Member, Team
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit import log
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden, Invalid
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_challenge, a_person, actor_for
from tests.integration.challenges.browser import hidden_fields, send

TITLE = "How can technology help people find a warm place to wait?"
PROBLEM = {
    "title": TITLE,
    "summary": "Waiting rooms are cold in winter, and people do not know which are open.",
    "problem": "People wait for buses in the **cold**. " * 10,
    "today": "A list on paper hangs in the library.",
    "why_now": "Winter comes.",
}
PEOPLE = {
    "affected": "Older people and parents with small children.",
    "research": "We asked twelve of them at three stops.",
}
OUTCOME = {
    "outcome": "People find a warm place within five minutes' walk.",
    "measures": "* Half of those asked used it.",
}
TEAM = {
    "service_name": "Sana Sample, runs the buses",
    "technical_name": "Tam Test, architect",
    "users_name": "A panel of six passengers",
    "panel_planned": "4",
    "contact_name": "The bus team",
    "contact_email": "buses@example.org",
    "contact_shown": "y",
}
RECORD = {topic.value: f"On record: {topic.value}." for topic in Topic} | {"lots_na": "y"}
MONEY = {
    "legal_route": "below_threshold",
    "value_minor": "45,000",
    "price_model": "fixed_bounds",
    "budget_minor": "£40,000",
    "best_minor": "20000",
    "worst_minor": "40000",
    "price_weight": "30",
}
SCALE = "\n".join(f"{score}: Level {score}" for score in range(6))


def a_question(title: str, weight: str) -> dict[str, str]:
    return {
        "title": title,
        "question": f"Tell us about {title}.",
        "guidance": "",
        "weight": weight,
        "word_limit": "300",
        "max_score": "5",
        "min_score": "2",
        "descriptors": SCALE,
    }


def test_writing_with_tokens_from_question_to_published_page(
    app: Flask,
    client: FlaskClient,
    session: Session,
    lead: User,
    officer: User,
    officers: list[User],
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, lead)

    created = send(client, "/work/challenges/new", {"title": TITLE})
    assert created.status_code == 303
    reference = re.search(r"CH-[0-9A-HJKMNP-TV-Z]{6}", created.location)
    assert reference is not None
    write = f"/work/challenges/{reference[0]}/write"
    for section, data in {
        "problem": PROBLEM,
        "people": PEOPLE,
        "tried": {"tried": "Posters."},
        "outcome": OUTCOME,
        "benefits": {"benefits": "Work for young people."},
        "constraints": {"constraints": "No account."},
        "support": {"support": "A map of public buildings.", "people_offered": "A librarian."},
        "requirements": {"required_insurance_minor": "50,000", "requirements": "Buses are heavy."},
        "documents": {"terms": "Our usual terms.", "terms_link": "https://example.org/terms"},
        "team": TEAM,
        "record": RECORD,
        "place": {
            "region": "tayside",
            "sector": "transport",
            "round": "11",
            "reach": "regional",
            "pooling": "A council nearby.",
        },
        "money": MONEY,
        "sponsors": {"names": "Body B\nBody A"},
    }.items():
        assert send(client, f"{write}/{section}", data).status_code == 303, section
    # The form suggests midday on a working day, four weeks on.
    suggested = client.get(f"{write}/timeline").text
    parts = re.findall(r'name="closes_at"[^>]*value="(\d+)"', suggested)
    assert parts == ["29", "12", "2026", "12", "00"]
    page = f"{write}/timeline"
    hidden = re.findall(r'name="(csrf_token|seen)"[^>]*value="([^"]*)"', suggested)
    closing = client.post(page, data={**dict(hidden), "closes_at": parts})
    assert closing.status_code == 303
    for title, weight in (("Solves the challenge", "40"), ("Team", "30")):
        added = send(client, f"{write}/criteria/new", a_question(title, weight))
        assert added.status_code == 303
    assert send(client, f"{write}/codes", {"action": "main:72000000"}).status_code == 303
    review = f"/work/challenges/{reference[0]}/review"
    assert "Nothing is missing" in client.get(review).text
    assert send(client, review, {}).status_code == 303

    sign_in(client, officer)
    read = client.get(review).text
    for words in ("Sana Sample, runs the buses", "On record: cyber.", "Not applicable, because"):
        assert words in read
    assert send(client, review, {}).status_code == 303
    named = {"openers": [str(each.id) for each in officers]}
    published = send(client, f"/work/challenges/{reference[0]}/publish", named)
    assert published.status_code == 303
    challenge = session.scalars(select(Challenge)).one()
    assert challenge.state is State.OPEN
    assert challenge.plan is not None
    assert [entry.action for entry in log.chain_entries(session, reference[0])] == [
        "challenge.created",
        "challenge.submitted_for_review",
        "challenge.approved",
        "challenge.published",
        *["opening.officer_named"] * 3,
    ]
    with client.session_transaction() as held:
        held.clear()
    page_text = client.get(published.location).text
    for words in (TITLE, "Body A, Body B", "<strong>cold</strong>", "£45,000", "Level 5"):
        assert words in page_text
    for words in ("twelve of them", "Posters.", "young people", "A librarian", "£50,000"):
        assert words in page_text
    for words in ("A council nearby", "Our usual terms", 'href="https://example.org/terms"'):
        assert words in page_text
    assert "buses@example.org" in page_text
    assert "Sana Sample" not in page_text
    assert "On record" not in page_text
    assert challenge.plan.sha256 in page_text


def test_sending_a_section_without_token_changes_nothing(
    app: Flask, client: FlaskClient, session: Session, lead: User, draft: Challenge
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, lead)

    answer = client.post(f"/work/challenges/{draft.reference}/write/problem", data=PROBLEM)

    assert answer.status_code == 400
    session.expire_all()
    assert draft.why_now == "Winter comes."


def test_saving_an_incomplete_section_is_allowed(
    client: FlaskClient, session: Session, lead: User, draft: Challenge
) -> None:
    sign_in(client, lead)

    blank = {**dict.fromkeys(PROBLEM, ""), "title": "Why?"}
    answer = send(client, f"/work/challenges/{draft.reference}/write/problem", blank)

    assert answer.status_code == 303
    session.expire_all()
    assert (draft.title, draft.problem) == ("Why?", "")


@pytest.mark.parametrize(
    ("section", "field", "text", "message"),
    [
        ("problem", "title", "", "Enter a title"),
        ("problem", "title", "x" * 201, "Shorten this to 200 characters"),
        ("problem", "summary", "x" * 301, "Shorten this to 300 characters"),
        ("problem", "problem", "x" * 200_000, "Shorten this to 20,000 characters"),
        ("place", "region", "atlantis", "Choose one of the options on this page"),
        ("money", "value_minor", "lots", "Enter an amount in pounds"),
        ("money", "value_minor", "0", "Enter an amount above zero"),
        ("money", "price_weight", "a third", "Enter a number"),
        ("money", "price_weight", "0", "Enter a weight above 0"),
        ("money", "worst_minor", "10", "must be higher than the one that gets all"),
        ("timeline", "closes_at", "32", "Enter a real date and time"),
        ("sponsors", "names", "\n".join(map(str, range(30))), "at most 20 joint sponsors"),
        ("requirements", "required_turnover_minor", "0", "Enter an amount above zero"),
        ("timeline", "decision_on", "32", "Enter a real date"),
        ("documents", "terms_link", "javascript:alert(1)", "Enter a web address"),
        ("documents", "terms_link", "https://[", "Enter a web address"),
        ("team", "panel_planned", "lots", "Enter a whole number"),
        ("team", "panel_planned", "31", "Enter a number from 1 to 30"),
        ("team", "contact_email", "nobody", "Enter an e-mail address"),
        ("team", "expert_name", "x" * 201, "Shorten this to 200 characters"),
        ("record", "cyber", "x" * 5_001, "Shorten this to 5,000 characters"),
    ],
)
def test_saving_a_section_with_a_fault_shows_it_with_what_was_typed(
    client: FlaskClient,
    lead: User,
    draft: Challenge,
    section: str,
    field: str,
    text: str,
    message: str,
) -> None:
    sign_in(client, lead)
    whole = {"problem": PROBLEM, "money": MONEY}.get(section, {})

    answer = client.post(
        f"/work/challenges/{draft.reference}/write/{section}", data={**whole, field: text}
    )

    assert answer.status_code == 422
    assert "<title>Error: " in re.sub(r"<title[^>]*>\s*", "<title>", answer.text)
    assert message in answer.text
    assert f'href="#{field}"' in answer.text
    # A region that is no option cannot stay chosen; everything else stays as it was typed.
    assert section == "place" or text in answer.text


@pytest.mark.parametrize("place", range(5))
def test_saving_a_closing_time_beyond_every_calendar_is_refused(
    client: FlaskClient, lead: User, draft: Challenge, place: int
) -> None:
    sign_in(client, lead)
    parts = ["8", "12", "2026", "12", "00"]
    parts[place] = "9" * 30

    answer = client.post(
        f"/work/challenges/{draft.reference}/write/timeline", data={"closes_at": parts}
    )

    assert answer.status_code == 422
    assert "Enter a real date and time" in answer.text


def test_saving_a_section_with_html_shows_it_as_text(
    client: FlaskClient, lead: User, draft: Challenge
) -> None:
    sign_in(client, lead)
    hostile = (
        "<script>alert(1)</script> <img src=x onerror=alert(1)> [go](javascript:alert(1)) "
        "{{ 7*7 }} \x00"
    )

    saved = send(
        client,
        f"/work/challenges/{draft.reference}/write/problem",
        {**PROBLEM, "title": hostile, "problem": hostile},
    )

    assert saved.status_code == 303
    page = client.get(f"/work/challenges/{draft.reference}/preview").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page
    for forbidden in ("<script>alert", "<img src=x", 'href="javascript', "\x00"):
        assert forbidden not in page


def test_saving_from_two_tabs_gives_the_second_its_text_and_what_is_saved(
    client: FlaskClient, session: Session, lead: User, draft: Challenge
) -> None:
    sign_in(client, lead)
    path = f"/work/challenges/{draft.reference}/write/problem"
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', client.get(path).text)
    assert seen is not None
    first = client.post(path, data={**PROBLEM, "today": "Bus drivers.", "seen": seen[1]})
    assert first.status_code == 303

    second = client.post(path, data={**PROBLEM, "today": "Night shift.", "seen": seen[1]})

    assert second.status_code == 409
    assert "What is saved now, and what you typed" in second.text
    differing = re.findall(r"<(del|ins)>(.*?)</\1>", second.text)
    assert [(mark, re.sub(r"<span.*?</span>", "", text)) for mark, text in differing] == [
        ("del", "Bus drivers."),
        ("ins", "Night shift."),
    ]
    assert re.search(r">\s*Night shift.</textarea>", second.text)
    session.expire_all()
    assert draft.today == "Bus drivers."
    # Having seen both, the writer saves again.
    anew = re.search(r'name="seen"[^>]*value="([^"]+)"', second.text)
    assert anew is not None
    third = client.post(path, data={**PROBLEM, "today": "Night shift.", "seen": anew[1]})
    assert third.status_code == 303
    session.expire_all()
    assert draft.today == "Night shift."


def test_both_texts_come_below_one_another_where_the_second_writer_asks_and_nothing_is_saved(
    client: FlaskClient, session: Session, lead: User, draft: Challenge
) -> None:
    sign_in(client, lead)
    path = f"/work/challenges/{draft.reference}/write/problem"
    loaded = hidden_fields(client.get(path).text)
    client.post(path, data={**loaded, **PROBLEM, "today": "Bus drivers."})

    mine = {**loaded, **PROBLEM, "today": "Night shift.", "then": "both"}
    merged = client.post(path, data=mine)

    assert merged.status_code == 200
    assert re.search(r">\s*Bus drivers.\s+Night shift.</textarea>", merged.text)
    assert merged.text.count(PROBLEM["problem"].strip()) == 1, "what is the same stands once"
    session.expire_all()
    assert draft.today == "Bus drivers."
    anew = hidden_fields(merged.text)["seen"]
    saved = client.post(path, data={**mine, "seen": anew, "then": ""})
    assert saved.status_code == 303


def test_saving_sponsors_from_two_tabs_shows_the_names_that_are_saved(
    client: FlaskClient, lead: User, draft: Challenge
) -> None:
    sign_in(client, lead)
    path = f"/work/challenges/{draft.reference}/write/sponsors"
    loaded = hidden_fields(client.get(path).text)
    assert client.post(path, data={**loaded, "names": "Body A"}).status_code == 303

    second = client.post(path, data={**loaded, "names": "Body B"})

    assert second.status_code == 409
    assert re.search(r"<del>.*A<.*</del>", second.text)
    assert "Body B</textarea>" in second.text


def test_saving_different_sections_from_two_tabs_does_not_collide(
    client: FlaskClient, session: Session, lead: User, draft: Challenge
) -> None:
    sign_in(client, lead)
    base = f"/work/challenges/{draft.reference}/write"
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', client.get(f"{base}/problem").text)
    assert seen is not None
    assert send(client, f"{base}/outcome", OUTCOME).status_code == 303

    answer = client.post(f"{base}/problem", data={**PROBLEM, "seen": seen[1]})

    assert answer.status_code == 303


def test_saving_after_submission_keeps_the_text_on_the_page(
    client: FlaskClient, session: Session, lead: User, draft: Challenge
) -> None:
    sign_in(client, lead)
    draft.state = State.IN_REVIEW
    draft.submitted_by_id = lead.id
    session.commit()

    answer = client.post(
        f"/work/challenges/{draft.reference}/write/problem",
        data={**PROBLEM, "today": "Night shift."},
    )

    assert answer.status_code == 409
    assert "while the challenge is in review" in answer.text
    assert "Night shift." in answer.text
    session.expire_all()
    assert draft.today != "Night shift."


def test_writing_a_challenge_of_another_body_is_not_found(
    client: FlaskClient, session: Session, draft: Challenge
) -> None:
    other = a_body(session, NOW, "Another Council")
    sign_in(client, a_person(session, NOW, other, Role.CHALLENGE_LEAD))
    session.commit()
    base = f"/work/challenges/{draft.reference}"

    for path in ("/preview", "/write", "/write/problem", "/write/criteria", "/review", "/cancel"):
        assert client.get(base + path).status_code == 404, path
    assert client.post(f"{base}/write/problem", data=PROBLEM).status_code == 404
    assert client.post(f"{base}/review").status_code == 404


def test_creating_gives_each_challenge_a_reference_that_can_be_read_aloud(
    lead: User, clock: FixedClock
) -> None:
    made = {service.create(actor=actor_for(lead), clock=clock, title="Why?") for _ in range(5)}

    assert len(made) == 5
    assert all(re.fullmatch("CH-[0-9A-HJKMNP-TV-Z]{6}", reference) for reference in made)


def test_creating_tries_again_when_a_reference_is_taken(
    lead: User, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = iter("AAAAAAAAAAAABBBBBB")
    monkeypatch.setattr("challenges.service.drafts.secrets.choice", lambda _from: next(letters))

    first = service.create(actor=actor_for(lead), clock=clock, title="Why?")
    second = service.create(actor=actor_for(lead), clock=clock, title="Why?")

    assert (first, second) == ("CH-AAAAAA", "CH-BBBBBB")


def test_creating_under_a_reference_that_is_taken_is_refused(
    lead: User, draft: Challenge, clock: FixedClock
) -> None:
    with pytest.raises(Invalid, match="with this reference already"):
        service.create(actor=actor_for(lead), clock=clock, title="Why?", reference=draft.reference)


def test_creating_as_an_evaluator_is_forbidden(
    client: FlaskClient, session: Session, body: Organisation, clock: FixedClock
) -> None:
    evaluator = a_person(session, NOW, body, Role.EVALUATOR)
    session.commit()

    with pytest.raises(Forbidden):
        service.create(actor=actor_for(evaluator), clock=clock, title="Why?")
    sign_in(client, evaluator)
    assert client.post("/work/challenges/new", data={"title": "Why?"}).status_code == 403


def test_creating_without_a_title_asks_for_one(client: FlaskClient, lead: User) -> None:
    sign_in(client, lead)

    answer = client.post("/work/challenges/new", data={"title": "  "})

    assert answer.status_code == 422
    assert "Enter a title" in answer.text


def test_duty_is_given_to_people_of_the_body_only(
    session: Session, lead: User, officer: User, draft: Challenge, clock: FixedClock
) -> None:
    stranger = a_person(session, NOW, a_body(session, NOW, "Another Council"), Role.EVALUATOR)
    session.commit()
    actor = actor_for(lead)

    with pytest.raises(Invalid, match="people of your organisation") as refused:
        service.save(
            draft.reference,
            Team((Member(Duty.EXPERT, stranger.id),)),
            actor=actor,
            clock=clock,
        )

    assert set(refused.value.fields) == {"expert"}
    service.save(
        draft.reference, Team((Member(Duty.OFFICER, officer.id),)), actor=actor, clock=clock
    )
    # Who left since stays named, so that the rest of the team can be saved.
    officer.memberships[0].ended_at = NOW
    session.commit()
    kept = Team((Member(Duty.OFFICER, officer.id),), panel_planned=3)
    service.save(draft.reference, kept, actor=actor, clock=clock)
    session.expire_all()
    assert [member.user_id for member in draft.team] == [officer.id]


def test_record_is_shown_to_auditors_and_to_nobody_outside(
    client: FlaskClient, session: Session, body: Organisation, draft: Challenge
) -> None:
    auditor = a_person(session, NOW, body, Role.AUDITOR)
    other = a_person(session, NOW, a_body(session, NOW, "Another Council"), Role.AUDITOR)
    session.commit()
    path = f"/work/challenges/{draft.reference}/record"

    sign_in(client, auditor)
    assert "It is in our files." in client.get(path).text
    sign_in(client, other)
    assert client.get(path).status_code == 404


def test_writing_an_unknown_section_is_not_found(
    client: FlaskClient, lead: User, draft: Challenge
) -> None:
    sign_in(client, lead)

    assert client.get(f"/work/challenges/{draft.reference}/write/colour").status_code == 404


def test_preview_of_a_draft_shows_what_is_not_set_yet(client: FlaskClient, lead: User) -> None:
    sign_in(client, lead)
    begun = send(client, "/work/challenges/new", {"title": "Why?"}).location

    page = client.get(begun.removesuffix("/similar") + "/preview")

    assert page.status_code == 200
    assert "Not set yet" in page.text


def test_own_list_shows_every_state_of_the_body_and_no_other(
    client: FlaskClient, session: Session, body: Organisation, lead: User, draft: Challenge
) -> None:
    ready = a_challenge(session, NOW, body, lead, State.READY, title="Is it ready?")
    other = a_body(session, NOW, "Another Council")
    stranger = a_person(session, NOW, other, Role.CHALLENGE_LEAD)
    a_challenge(session, NOW, other, stranger, State.OPEN, title="Somebody else's?")
    session.commit()
    sign_in(client, lead)

    page = client.get("/work/challenges").text

    assert draft.reference in page
    assert ready.title in page
    assert "Somebody else" not in page


def test_money_page_says_which_rules_follow(
    client: FlaskClient, session: Session, lead: User, draft: Challenge, clock: FixedClock
) -> None:
    draft.value_minor = 300_000_00
    session.commit()
    clock.instant = NOW + timedelta(days=1)
    sign_in(client, lead)

    page = client.get(f"/work/challenges/{draft.reference}/write/money").text

    assert "Public Contracts (Scotland) Regulations 2015" in page
    assert "a standstill of 10 days is required" in page
