"""The rules of the passport: numbers of registers, what may stand, until when, and the size."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bids.passport import contacts, numbers
from bids.passport.answers import Answer, Standing, checked, expires
from bids.passport.kinds import Subject
from bids.passport.size import size_of
from bids.passport.subjects import ASKED
from marketplace.core.regimes.sizes import SizeClass, size_versions

AT = datetime(2026, 12, 1, 10, tzinfo=UTC)
IDENTITY = {
    "kind": "sole_trader",
    "legal_name": "Ada Example",
    "address": "1 Made-up Lane",
    "contact": "Ada Example",
    "email": "ada@example.org",
}


@pytest.mark.parametrize(
    ("read", "typed", "kept"),
    [
        (numbers.company, "sc 12345", "SC012345"),
        (numbers.company, "1234567", "01234567"),
        (numbers.company, "IP1234 5R", "IP12345R"),
        (numbers.charity, "sc45", "SC000045"),
        (numbers.charity, "1234567-1", "1234567-1"),
        (numbers.vat_registration, "gb 980 7806 84", "GB980780684"),
        (numbers.vat_registration, "980780684", "GB980780684"),
    ],
)
def test_number_typed_by_a_person_is_kept_as_its_register_writes_it(
    read: Any, typed: str, kept: str
) -> None:
    assert read(typed) == kept


@pytest.mark.parametrize(
    ("read", "typed"),
    [
        (numbers.company, "XX123456"),
        (numbers.company, "123456789"),
        (numbers.company, "SC１２３４５６"),
        (numbers.charity, "12"),
        (numbers.vat_registration, "980780685"),
        (numbers.vat_registration, "FR980780684"),
        (numbers.vat_registration, "XI980780684"),
        (numbers.company, "0"),
        (numbers.vat_registration, "\u202e"),
    ],
)
def test_number_of_another_form_or_with_wrong_check_digits_is_refused(
    read: Any, typed: str
) -> None:
    with pytest.raises(numbers.BadNumber, match=r"such as|check|Check"):
        read(typed)


@pytest.mark.parametrize(
    ("read", "typed", "kept"),
    [
        (contacts.email, " Ada@Example.org ", "Ada@example.org"),
        (contacts.telephone, "  01632  960 001 ", "01632 960 001"),
        (contacts.telephone, "+44 (0)1632-960001 ext 12", "+44 (0)1632-960001 ext 12"),
        (contacts.website, "www.example.org/über-uns", "https://www.example.org/über-uns"),
        (contacts.website, "http://example.org:8080/?a=b#c", "http://example.org:8080/?a=b#c"),
    ],
)
def test_contact_is_kept_as_others_use_it(read: Any, typed: str, kept: str) -> None:
    assert read(typed) == kept
    assert read(kept) == kept


@pytest.mark.parametrize(
    ("read", "typed"),
    [
        (contacts.email, "ada"),
        (contacts.email, "ada@example.org\nBcc: bo@example.org"),
        (contacts.email, f"ada@{'x.' * 130}org"),
        (contacts.telephone, "call me"),
        (contacts.telephone, "12 34"),
        (contacts.telephone, "0" * 16),
        (contacts.telephone, "０１６３２ ９６０００１"),
        (contacts.website, "javascript:alert(1)"),
        (contacts.website, "javascript://example.org/%0Aalert(1)"),
        (contacts.website, "ftp://example.org"),
        (contacts.website, "https://ada:secret@example.org"),
        (contacts.website, "https://example.org:port/"),
        (contacts.website, "https://localhost"),
        (contacts.website, "https://127.0.0.1"),
        (contacts.website, "https://[::1"),
        (contacts.website, "https://example.org/<script>"),
        (contacts.website, "https://example.org/\u202egro"),
        (contacts.website, f"https://example.org/{'x' * 181}"),
    ],
)
def test_text_that_reaches_nobody_is_refused(read: Any, typed: str) -> None:
    with pytest.raises(contacts.BadContact, match=r"such as|like"):
        read(typed)


@pytest.mark.parametrize("kind", ["sole_trader", "university", "forming", "other"])
def test_who_has_no_number_is_asked_for_none(kind: str) -> None:
    assert checked(Subject.IDENTITY, {**IDENTITY, "kind": kind, "company_number": ""})[1] == {}


def test_company_and_charity_are_asked_for_the_number_that_they_have() -> None:
    assert list(checked(Subject.IDENTITY, {**IDENTITY, "kind": "company"})[1]) == ["company_number"]
    assert list(checked(Subject.IDENTITY, {**IDENTITY, "kind": "charity"})[1]) == ["charity_number"]
    bad = {**IDENTITY, "kind": "company", "company_number": "?"}
    assert "8 characters" in checked(Subject.IDENTITY, bad)[1]["company_number"]


def test_empty_rows_are_left_out_and_a_half_row_names_what_is_missing() -> None:
    rows = [
        {"name": "", "number": None, "ends_on": ""},
        {"name": "Cyber Essentials", "number": "", "ends_on": "2027-03-01"},
        {"name": "ISO 27001", "number": "7", "ends_on": None},
    ]

    kept, wrong = checked(Subject.CERTIFICATES, {"rows": rows})

    assert kept["rows"][0] == {"name": "Cyber Essentials", "ends_on": "2027-03-01"}
    assert wrong == {"rows-2-ends_on": "Enter the day on which it ends"}


def test_more_rows_than_a_form_holds_and_texts_too_long_are_refused() -> None:
    person = {"name": "A", "position": "B"}
    assert "rows" in checked(Subject.SIGNATORIES, {"rows": [person] * 21})[1]
    assert checked(Subject.SIGNATORIES, {"rows": [person] * 20})[1] == {}
    long = {**IDENTITY, "legal_name": "x" * 201, "address": "x" * 5_001, "kind": "nobody"}
    assert set(checked(Subject.IDENTITY, long)[1]) == {"legal_name", "address", "kind"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("staff", -5), ("staff", "abc"), ("staff", True), ("turnover_minor", 10**30),
     ("balance_minor", 1.5)],
)  # fmt: skip
def test_figure_that_is_none_is_refused_whoever_sends_it(name: str, value: object) -> None:
    size = {"staff": 1, "turnover_minor": 1, "balance_minor": 1, name: value}
    assert list(checked(Subject.SIZE, size)[1]) == [name]


def test_day_or_text_of_another_type_is_refused_in_words() -> None:
    rows = [{"name": 7, "ends_on": "soon"}]
    wrong = checked(Subject.CERTIFICATES, {"rows": rows})[1]
    assert wrong["rows-0-ends_on"] == "Enter a real date, such as 8 12 2026"
    assert wrong["rows-0-name"] == "Enter words here"


def test_charity_that_need_not_register_says_why_it_has_no_number() -> None:
    exempt = {**IDENTITY, "kind": "charity", "no_number": "We need not register."}
    assert checked(Subject.IDENTITY, exempt)[1] == {}


def test_percent_beyond_a_hundred_is_refused() -> None:
    assert "share" in checked(Subject.PROMPT_PAYMENT, {"days": 30, "share": 101})[1]


@pytest.mark.parametrize(
    ("subject", "values", "at", "until"),
    [
        (Subject.CLIMATE, {}, AT, datetime(2027, 12, 2, tzinfo=UTC)),
        # A day in summer ends an hour sooner in UTC.
        (Subject.CLIMATE, {}, datetime(2026, 7, 1, 9, tzinfo=UTC),
         datetime(2027, 7, 1, 23, tzinfo=UTC)),
        (Subject.CLIMATE, {}, datetime(2028, 2, 29, 9, tzinfo=UTC),
         datetime(2029, 3, 1, tzinfo=UTC)),
        (Subject.CERTIFICATES, {"rows": [{"ends_on": "2027-06-30"}, {"ends_on": "2027-01-15"}]},
         AT, datetime(2027, 1, 16, tzinfo=UTC)),
        (Subject.CERTIFICATES, {"rows": []}, AT, datetime(2027, 12, 2, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_answer_holds_a_year_to_the_end_of_the_day_or_until_its_first_row_ends(
    subject: Subject, values: dict[str, Any], at: datetime, until: datetime
) -> None:
    assert expires(subject, values, at) == until


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        (datetime(2027, 11, 1, 23, 59, tzinfo=UTC), Standing.GOOD),
        (datetime(2027, 11, 2, tzinfo=UTC), Standing.SOON),
        (datetime(2027, 12, 1, 23, 59, tzinfo=UTC), Standing.SOON),
        (datetime(2027, 12, 2, tzinfo=UTC), Standing.EXPIRED),
    ],
)
def test_answer_is_good_then_near_its_end_then_expired(now: datetime, standing: Standing) -> None:
    answer = Answer(Subject.CLIMATE, {}, "Ada", AT, datetime(2027, 12, 2, tzinfo=UTC))
    assert answer.standing(now) is standing


@pytest.mark.parametrize(
    ("share", "staff", "size"),
    [
        (24, 9, SizeClass.MICRO),
        (25, 34, SizeClass.SMALL),
        (50, 59, SizeClass.MEDIUM),
        (51, 109, SizeClass.MEDIUM),
    ],
)
def test_partner_counts_by_its_share_and_linked_enterprise_whole(
    share: int, staff: int, size: SizeClass
) -> None:
    linked = {"name": "Holding", "share": share, "staff": 100, "turnover_minor": 0,
              "balance_minor": 0}  # fmt: skip
    values = {"staff": 9, "turnover_minor": 100, "balance_minor": 100, "rows": [linked]}

    found = size_of(values, size_versions()[-1])

    assert (found.staff, found.size) == (staff, size)


def test_every_subject_is_asked_with_words_of_its_own() -> None:
    assert set(ASKED) == set(Subject)
    assert len({asked.title for asked in ASKED.values()}) == len(Subject)
