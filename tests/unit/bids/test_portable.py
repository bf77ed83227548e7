"""A passport in words, beside another, and in the order of the SPD."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bids.passport.answers import Answer
from bids.passport.kinds import Subject
from bids.passport.subjects import ASKED
from bids.portable import spd, telling
from bids.portable.comparing import Change, mark, proposals
from marketplace.core.audit import passports
from marketplace.core.regimes.grounds import ground_versions
from marketplace.core.regimes.spd import spd_form

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
IDENTITY: dict[str, Any] = {
    "kind": "sole_trader",
    "legal_name": "Ada Example",
    "address": "1 Fictional Row",
    "contact": "Sales",
    "email": "sales@example.org",
    "website": "https://example.org",
}
INSURANCE: dict[str, Any] = {
    "rows": [{"kind": "public", "cover_minor": 500_000_050, "ends_on": "2027-03-31"}]
}


def a_file(**subjects: Mapping[str, Any]) -> passports.Passport:
    return passports.Passport(
        "an id",
        "Ada",
        NOW,
        {name: passports.Subject(given, NOW) for name, given in subjects.items()},
    )


def stands(values: Mapping[str, Any]) -> dict[Subject, Answer]:
    year = timedelta(days=365)
    return {Subject.IDENTITY: Answer(Subject.IDENTITY, values, "Ada", NOW, NOW + year)}


def test_answers_read_as_their_page_asks_them() -> None:
    said = telling.plain(telling.answers(ASKED[Subject.INSURANCE], INSURANCE, str))

    assert "Cover: £5,000,000.50" in said
    assert "Ends on: 31 March 2027" in said
    assert telling.answers(ASKED[Subject.IDENTITY], IDENTITY, str)[0].answer == "A sole trader"


def test_file_says_of_each_subject_what_it_would_change() -> None:
    file = a_file(identity=IDENTITY, insurance=INSURANCE, unheard_of={"x": 1})

    assert [(p.subject, p.change) for p in proposals(file, {}, NOW)] == [
        (Subject.IDENTITY, Change.NEW),
        (Subject.INSURANCE, Change.NEW),
    ]
    (same, _new) = proposals(file, stands(IDENTITY), NOW)
    (other, _new) = proposals(file, stands({**IDENTITY, "address": "2 Row"}), NOW)
    assert (same.change, same.takes) == (Change.SAME, False)
    assert (other.change, other.takes) == (Change.OTHER, True)


def test_what_has_ended_or_is_no_answer_is_refused_and_not_a_fault() -> None:
    ended = {"rows": [{**INSURANCE["rows"][0], "ends_on": "2026-11-23"}]}
    hostile: tuple[dict[str, Any], ...] = (
        {"insurance": ended},
        {"insurance": {"rows": 7}},
        {"insurance": {"rows": [[]]}},
        {"insurance": {"rows": [{"kind": "public", "cover_minor": "x", "ends_on": 3}]}},
        {"identity": {"kind": ["a"], "legal_name": {}, "address": None}},
        {"identity": {**IDENTITY, "company_number": "<script>"}},
    )
    for given in hostile:
        (found,) = proposals(a_file(**given), {}, NOW)
        assert (found.change, found.takes) == (Change.REFUSED, False), given


def test_declaration_on_grounds_is_never_taken_over() -> None:
    assert proposals(a_file(grounds={"crimes": False}), {}, NOW) == []


def test_mark_changes_with_any_answer_that_stands() -> None:
    marks = {mark({}), mark(stands(IDENTITY)), mark(stands({**IDENTITY, "address": "2 Row"}))}

    assert len(marks) == 3


def test_spd_stands_in_the_order_of_its_parts_with_what_is_known() -> None:
    owed = {"ground": "tax_otherwise", "happened_on": "", "put_right": "We paid."}
    grounds = {
        "rules": "2026-01",
        **{"crimes": False, "tax": True, "work": False, "conduct": False, "purchase": False},
        "declared": [owed],
    }
    answers: dict[str, Mapping[str, Any]] = {
        "identity": IDENTITY,
        "insurance": INSURANCE,
        "grounds": grounds,
    }

    parts = spd.filled(spd_form("scotland"), answers, str)

    assert [part.number for part in parts] == ["I", "II", "III", "IV", "V", "VI"]
    text = spd.as_text(parts, str)
    places = [
        text.index(said)
        for said in ("Ada Example", "sales@example.org", "3B  Payment of taxes", "We paid.")
    ]
    assert places == sorted(places)
    assert "Payment of taxes or social security contributions\nYes\n" in text
    assert "2A  VAT number\n(not in the passport)" in text
    assert "2A  Internet address\nhttps://example.org\n" in text


def test_each_answer_that_the_spd_names_is_one_that_the_passport_asks() -> None:
    parts = {subject.value: {p.name for p in asked.parts} for subject, asked in ASKED.items()}
    groups = ground_versions("scotland")[-1].groups
    parts["grounds"] = {"declared", *(group.key for group in groups)}
    parts["size"].add(spd.SIZE_CLASS)
    named = [i.answer for part in spd_form("scotland").parts for i in part.items if i.answer]

    for answer in named:
        subject, _dot, part = answer.partition(".")
        assert subject in parts, answer
        assert not part or part in parts[subject], answer
