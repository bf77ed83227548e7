"""What a notice says, what its reference must look like, and what must be published before what."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bids.team.document import Subcontractor
from challenges.drafting.kinds import Topic
from challenges.drafting.models import RecordAnswer
from challenges.kinds import CriterionKind, LegalRoute
from challenges.law import law_of
from challenges.lifecycle import State
from challenges.models import Challenge, Criterion, Stage
from challenges.notices import pack, policy
from challenges.notices.kinds import NoticeKind
from challenges.notices.models import ChosenCode, NoticeRecord
from challenges.notices.rules import Noticed, contract_record, unannounced
from challenges.stages.kinds import Unit
from challenges.words import REGION_WORDS
from marketplace.core.accounts.models import BodyType, Organisation
from marketplace.core.permissions import Actor, Ground, Role
from marketplace.core.regimes import book
from marketplace.core.regimes.notice_forms import notice_book
from scoring.award.contracts.models import ContractChange
from scoring.award.notices import pack as award_pack
from scoring.award.notices.queries import Award

BODY, OTHER = uuid.uuid4(), uuid.uuid4()
NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
AROUND = pack.Surroundings(
    link="https://fairway.example/challenges/CH-1",
    buyer_type="Council or other local body",
    contact_name="Lena Lead",
    contact_email="lena@example.org",
    gpa=True,
    review_body="Example Court",
)
BOOK = notice_book("scotland", "2026-01")


def a_challenge(pounds: int = 400_000, **more: object) -> Challenge:
    stage = Stage(
        name="Application",
        closes_at=datetime(2026, 7, 8, 11, 0, tzinfo=UTC),
        criteria=[
            Criterion(title="Solves", kind=CriterionKind.QUALITY, weight=Decimal(70)),
            Criterion(title="Price", kind=CriterionKind.PRICE, weight=Decimal(30)),
        ],
    )
    values: dict[str, object] = {
        "buyer": Organisation(body_type=BodyType.LOCAL, name="Example Council"),
        "buyer_id": BODY,
        "reference": "CH-1",
        "title": "How can we wait in the warm?",
        "summary": "Cold.",
        "problem": "It is **cold**.\n\n* [Read](https://example.org) this\n# Not a heading",
        "affected": "",
        "outcome": "Warm.",
        "measures": "",
        "constraints": "",
        "region": "ayrshire",
        "sector": "transport",
        "legal_route": LegalRoute.OPEN,
        "value_minor": pounds * 100,
        "codes": [ChosenCode(code="72000000", main=True), ChosenCode(code="73000000", main=False)],
        "stages": [stage],
        "state": State.READY,
    }
    return Challenge(**{**values, **more})


def a_record(
    reference: str = "NOV1", on: date = date(2026, 11, 30), number: int = 1
) -> NoticeRecord:
    return NoticeRecord(
        kind=NoticeKind.CONTRACT, number=number, reference=reference, published_on=on
    )


def test_every_field_of_every_notice_has_an_answer_and_every_answer_a_field() -> None:
    known = {
        *pack.challenge_answers(a_challenge(), AROUND),
        *award_pack.award_answers(Award(1, (), "S", None, 0, 0, None), "x"),
        *award_pack.change_answers(
            ContractChange(what="", why="", value_after_minor=1, value_before_minor=1), None
        ),
    }
    asked = {field.answer for form in BOOK.forms.values() for field in form.fields}

    assert asked == known


def test_an_award_notice_says_what_is_subcontracted() -> None:
    team = [Subcontractor("A", "Cables", 10), Subcontractor("B", "Wires", None)]

    award = Award(1, ["S"], "S", None, 1, 0, None, team)

    said = award_pack.award_answers(award, "x")["subcontracting"]

    assert said == "A: Cables (10% of the work)\nB: Wires (its share is not known)"


def test_every_band_names_notices_that_the_book_has() -> None:
    for regime in book.versions("scotland"):
        forms = notice_book(regime.key, regime.version).forms
        for band in regime.bands:
            notices = band.notices
            assert {notices.contract, notices.award, notices.modification} <= set(forms)
    with pytest.raises(LookupError):
        notice_book("scotland", "1707-05")


def test_notice_is_filled_in_the_order_of_its_form() -> None:
    form = BOOK.forms["contract_notice"]
    fields = pack.filled(form, pack.challenge_answers(a_challenge(), AROUND))

    said = {field.label: field.text for field in fields}
    assert [field.label for field in fields] == [field.label for field in form.fields]
    assert said["Estimated total value without VAT (GBP)"] == "400000.00"
    # Eleven in UTC is noon in London's summer.
    assert said["Time limit for receipt of tenders"] == "08/07/2026 12:00"
    assert said["Main CPV code"].startswith("72000000-5 IT services")
    assert said["Additional CPV codes"].startswith("73000000-2 Research")
    assert said["Place of performance (NUTS or ITL codes)"].splitlines()[1] == (
        "TLM94 (NUTS UKM94) South Ayrshire"
    )
    assert said["Award criteria"] == (
        "Quality criterion: Solves, weighting 70\nPrice: Price, weighting 30"
    )
    assert said["Type of procedure"] == "Open procedure"


def test_description_has_no_marks_and_is_cut_at_a_word() -> None:
    answers = pack.challenge_answers(a_challenge(), AROUND)
    long = pack.challenge_answers(a_challenge(problem="word " * 4_000), AROUND)

    assert (
        "It is cold.\n\n- Read (https://example.org) this\nNot a heading" in answers["description"]
    )
    assert len(long["description"]) <= pack.DESCRIPTION_MOST
    assert long["description"].endswith("word…")


def test_lots_are_told_as_recorded_and_the_review_body_as_the_law_has_it() -> None:
    recorded = RecordAnswer(topic=Topic.LOTS, text="Two lots: north and south.")

    answers = pack.challenge_answers(a_challenge(record=[recorded]), AROUND)

    assert answers["lots"] == "Two lots: north and south."
    assert pack.challenge_answers(a_challenge(), AROUND)["lots"].startswith("No: ")
    assert answers["review_body"] == "Example Court"
    assert "Court of Session" in BOOK.review_body


def test_what_bidders_must_show_and_the_planned_days_stand_in_the_notice() -> None:
    challenge = a_challenge(
        required_turnover_minor=100_000_00,
        required_insurance_minor=5_000_000_00,
        requirements="Cyber **Essentials**.",
        starts_on=date(2027, 1, 4),
    )
    challenge.stage.questions_until = datetime(2026, 7, 1, 11, 0, tzinfo=UTC)

    answers = pack.challenge_answers(challenge, AROUND)

    assert answers["conditions"].splitlines()[1:] == [
        "Yearly turnover: at least 100000.00 GBP",
        "Insurance: at least 5000000.00 GBP",
        "Cyber Essentials.",
    ]
    assert answers["duration"] == "Planned to begin: 04/01/2027"
    assert answers["questions_until"].startswith("01/07/2026 12:00\n")


def test_lengths_of_stages_are_said_as_people_say_them() -> None:
    challenge = a_challenge()
    challenge.stages.append(Stage(name="Demo day", lasts=1, lasts_in=Unit.DAYS))
    challenge.stages.append(Stage(name="Accelerator", lasts=15, lasts_in=Unit.WEEKS))

    assert pack.challenge_answers(challenge, AROUND)["duration"].splitlines() == [
        "Demo day: 1 day",
        "Accelerator: 15 weeks",
    ]


def test_empty_draft_gives_empty_fields_and_no_error() -> None:
    empty = Challenge(
        buyer=Organisation(name="B"), title="T", stages=[Stage(name="S", criteria=[])],
        summary="", problem="", affected="", outcome="", measures="", constraints="",
    )  # fmt: skip

    answers = pack.challenge_answers(empty, AROUND)
    text = pack.as_text("Notice", pack.filled(BOOK.forms["contract_notice"], answers))

    assert (answers["value"], answers["closes_at"], answers["main_code"]) == ("", "", "")
    assert "Main CPV code\n-\n" in text


def test_every_region_has_place_codes() -> None:
    assert all(pack.places_of(region) for region in REGION_WORDS)
    assert pack.places_of("atlantis") == ()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" nov523456 ", "NOV523456"),
        ("2026/S 001-123456", "2026/S 001-123456"),
        ("ocds-h6vhtk-04f907", "OCDS-H6VHTK-04F907"),
    ],
)
def test_reference_is_taken_as_services_write_it(typed: str, kept: str) -> None:
    noticed = Noticed(typed, date(2026, 12, 1), " ").kept()

    assert noticed == Noticed(kept, date(2026, 12, 1), None)
    assert noticed.faults(NOW) == {}


@pytest.mark.parametrize(
    ("noticed", "field"),
    [
        (Noticed("", date(2026, 12, 1)), "reference"),
        (Noticed("PENDING", date(2026, 12, 1)), "reference"),
        (Noticed("<b>1</b>", date(2026, 12, 1)), "reference"),
        (Noticed("N" * 40 + "1", date(2026, 12, 1)), "reference"),
        (Noticed("NOV1", None), "published_on"),
        (Noticed("NOV1", date(2026, 12, 2)), "published_on"),
        (Noticed("NOV1", date(2026, 12, 1), "javascript:alert(1)"), "url"),
        (Noticed("NOV1", date(2026, 12, 1), "https://x.example/" + "a" * 500), "url"),
    ],
)
def test_what_cannot_be_recorded_is_named_by_field(noticed: Noticed, field: str) -> None:
    assert set(noticed.faults(NOW)) == {field}


def test_today_is_londons_today() -> None:
    # Half past eleven at night in UTC is tomorrow in London's summer.
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)

    assert Noticed("JUL1", date(2026, 7, 1)).faults(late) == {}


def test_above_the_threshold_nothing_is_published_before_the_notice() -> None:
    above = law_of(a_challenge(), NOW)
    below = law_of(a_challenge(100_000), NOW)

    assert unannounced(below, [], NOW) is None
    assert "before the contract notice" in (unannounced(above, [], NOW) or "")
    assert unannounced(above, [a_record()], NOW) is None
    assert "not published yet" in (unannounced(above, [a_record(on=date(2026, 12, 2))], NOW) or "")


def test_record_that_was_made_last_holds() -> None:
    found = contract_record([a_record("NOV1"), a_record("NOV2"), a_record("MOD1", number=2)])

    assert found is not None
    assert found.reference == "NOV2"
    assert contract_record([]) is None


def an_actor(role: Role, organisation: uuid.UUID = BODY) -> Actor:
    return Actor(uuid.uuid4(), "Somebody Example", organisation, frozenset({role}))


@pytest.mark.parametrize(
    ("role", "state", "allowed"),
    [
        (Role.CHALLENGE_LEAD, State.DRAFT, True),
        (Role.CHALLENGE_LEAD, State.READY, False),
        (Role.PROCUREMENT_OFFICER, State.READY, True),
        (Role.PROCUREMENT_OFFICER, State.OPEN, False),
        (Role.EVALUATOR, State.DRAFT, False),
    ],
)
def test_codes_are_chosen_by_writers_then_by_officers_until_publication(
    role: Role, state: State, allowed: bool
) -> None:
    challenge = a_challenge(state=state)

    # Half a year before the challenge closes.
    answer = policy.can_choose_codes(an_actor(role), challenge, NOW - timedelta(days=300))

    assert answer.allowed is allowed


def test_another_bodys_officer_chooses_no_codes() -> None:
    stranger = an_actor(Role.PROCUREMENT_OFFICER, OTHER)

    answer = policy.can_choose_codes(stranger, a_challenge(state=State.DRAFT), NOW)

    assert answer.ground is Ground.RIGHT


@pytest.mark.parametrize(
    ("kind", "state", "allowed"),
    [
        (NoticeKind.CONTRACT, State.DRAFT, False),
        (NoticeKind.CONTRACT, State.IN_REVIEW, False),
        (NoticeKind.CONTRACT, State.READY, True),
        (NoticeKind.CONTRACT, State.OPEN, True),
        (NoticeKind.CONTRACT, State.CANCELLED, False),
        (NoticeKind.AWARD, State.EVALUATING, False),
        (NoticeKind.AWARD, State.INTENTION, True),
        (NoticeKind.AWARD, State.SIGNED, True),
        (NoticeKind.MODIFICATION, State.OPENED, False),
        (NoticeKind.MODIFICATION, State.EVALUATING, True),
        (NoticeKind.MODIFICATION, State.SIGNED, True),
    ],
)
def test_notice_is_recorded_by_an_officer_at_its_moment(
    kind: NoticeKind, state: State, allowed: bool
) -> None:
    challenge = a_challenge(state=state)
    officer, lead = an_actor(Role.PROCUREMENT_OFFICER), an_actor(Role.CHALLENGE_LEAD)
    stranger = an_actor(Role.PROCUREMENT_OFFICER, OTHER)

    assert policy.can_record(officer, challenge, kind, NOW).allowed is allowed
    assert not policy.can_record(lead, challenge, kind, NOW).allowed
    assert not policy.can_record(stranger, challenge, kind, NOW).allowed
