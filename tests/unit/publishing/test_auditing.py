"""How far the reports of an award are made, in which order findings are read, and who may look."""

import uuid
from datetime import timedelta

from marketplace.core.audit.findings import failed, proven
from marketplace.core.audit.receipt_check import Verdict
from marketplace.core.permissions import Actor, Role
from marketplace.publishing.pages.auditing import policy
from marketplace.publishing.pages.auditing.reports import MadeEdition, Report, Work, newest_of
from marketplace.publishing.pages.auditing.service import grouped
from scoring.report.values import Edition
from scoring.report.verifying.report import Checked, Part
from tests.conftest import NOW


def made(edition: Edition, days: int = 0) -> MadeEdition:
    return MadeEdition(edition, NOW + timedelta(days=days), 1000)


def a_report(
    *editions: MadeEdition, number: int = 1, signed: bool = False, work: Work | None = None
) -> Report:
    return Report(
        number=number,
        frozen_at=NOW,
        signed=signed,
        editions=editions,
        debriefs=0,
        debriefed_at=None,
        work=work or Work(),
    )


def test_report_without_work_left_is_whole_whatever_it_has() -> None:
    whole = a_report(made(Edition.FULL))

    assert (whole.made, whole.wanted, whole.under_way) == (1, 1, False)


def test_report_at_the_announcement_waits_for_the_full_edition_and_one_for_each_bidder() -> None:
    begun = a_report(work=Work(making=True, debriefs=3))

    assert (begun.made, begun.wanted, begun.under_way) == (0, 4, True)


def test_report_of_a_signed_contract_waits_for_the_public_edition_too() -> None:
    half = a_report(made(Edition.FULL), signed=True, work=Work(making=True))

    assert (half.made, half.wanted, half.under_way) == (1, 2, True)


def test_work_that_was_given_up_is_not_under_way() -> None:
    assert not a_report(work=Work(failed=1)).under_way


def test_newest_edition_is_that_of_the_last_report_that_has_it() -> None:
    first = a_report(made(Edition.FULL))
    second = a_report(number=2, signed=True, work=Work(making=True))

    assert newest_of([second, first], Edition.FULL) == made(Edition.FULL)
    assert newest_of([second, first], Edition.PUBLIC) is None


def test_findings_of_every_part_are_read_and_those_about_rules_first() -> None:
    every = {part: [proven(part.value)] for part in Part}

    read = grouped(Checked(every, Verdict.PROVEN))

    said = [finding.what for found in read.values() for finding in found]
    assert sorted(said) == sorted(part.value for part in Part)
    assert said[:2] == ["rules", "bids"]
    only = grouped(Checked({Part.FILES: [failed("broken")]}, Verdict.FAILED))
    assert list(only) == ["The signature and the files"]


def test_officers_and_auditors_read_the_list_and_auditors_alone_what_is_full() -> None:
    def acting(role: Role) -> Actor:
        return Actor(uuid.UUID(int=1), "A", uuid.UUID(int=2), frozenset({role}))

    readers = {role for role in Role if policy.can_read_awards(acting(role)).allowed}

    assert readers == {Role.PROCUREMENT_OFFICER, Role.AUDITOR}
    assert {role for role in readers if policy.reads_full(acting(role))} == {Role.AUDITOR}
