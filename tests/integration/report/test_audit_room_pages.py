"""An auditor finds an award with its evidence, and prints what came of checking its report."""

from collections.abc import Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.core.audit.log import chain_entries
from scoring.report.values import Edition
from tests.conftest import sign_in
from tests.databases import Databases, Kept
from tests.integration.report.printing import print_reports
from tests.journeys import Journey, Step


@pytest.fixture(scope="module")
def printed() -> dict[Edition, bytes]:
    """Give the newest editions of the signed award, which the next fixture prints."""
    return {}


@pytest.fixture(scope="module")
def kept_databases(
    kept_databases: Mapping[Step, Kept],
    printed: dict[Edition, bytes],
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[Step, Kept]:
    """Have the reports printed once, in a copy of the database at the end."""
    found = print_reports(kept_databases, databases, tmp_path_factory)
    printed.update(found.editions)
    return {**kept_databases, Step.SIGNED: found.kept}


@pytest.fixture
def step() -> Step:
    """Begin when the contract is signed."""
    return Step.SIGNED


@pytest.fixture
def stored(app: Flask, journey: Journey, printed: dict[Edition, bytes]) -> Journey:
    """Give the journey with the newest files of its report in the store."""
    for content in printed.values():
        app.extensions["files"].write(content)
    return journey


def check_of(journey: Journey) -> str:
    return f"/work/audit/{journey.reference}/check"


def test_auditor_comes_from_board_and_hub_to_an_award_with_all_its_evidence(
    client: FlaskClient, stored: Journey
) -> None:
    sign_in(client, stored.cast.auditor)
    reference = stored.reference
    assert 'href="/work/audit"' in client.get("/work").text
    hub = client.get(f"/work/challenges/{reference}").text
    assert f'href="/work/audit?q={reference}"' in hub

    page = client.get(f"/work/audit?q={reference}").text

    for address in (
        check_of(stored),
        f"/awards/{reference}/report-full.pdf",
        f"/awards/{reference}/report.pdf",
        f"/awards/{reference}/scores-full.xlsx",
        f"/awards/{reference}/evaluation.json",
        f"/work/challenges/{reference}/panel/record",
        f"/work/challenges/{reference}/log",
        f"/work/challenges/{reference}/log.json",
        f"/challenges/{reference}/ocds.json",
        f"/work/challenges/{reference}/case-file",
    ):
        assert f'href="{address}"' in page, address
        assert client.get(address).status_code == 200, address
    assert stored.cast.supplier.name in page
    assert f"{reference}/1" in page
    assert f"{reference}/2" in page
    assert "being made" not in page
    # Found by who won; by nothing else.
    word = stored.cast.supplier.name.split()[0]
    assert reference in client.get(f"/work/audit?q={word}").text
    assert "No award matches" in client.get("/work/audit?q=%25nowhere%25").text


def test_auditor_alone_takes_any_report_by_its_number_and_that_is_recorded(
    client: FlaskClient, session: Session, stored: Journey, printed: dict[Edition, bytes]
) -> None:
    cast, reports = stored.cast, f"/work/audit/{stored.reference}/reports/1"
    sign_in(client, cast.auditor)
    page = client.get("/work/audit").text
    for address in (f"{reports}/1/full.pdf", f"{reports}/2/full.pdf", f"{reports}/2/public.pdf"):
        assert f'href="{address}"' in page, address
    assert client.get(f"{reports}/2/full.pdf").data == printed[Edition.FULL]
    entry = chain_entries(session, stored.reference)[-1]
    assert (entry.action, entry.actor_name) == ("report.downloaded", "Ada Auditor")
    assert entry.fields["number"] == f"{stored.reference}/2"
    for none in ("3/full", "1/public", "2/debrief", "2/x"):
        assert client.get(f"{reports}/{none}.pdf").status_code == 404
    for person, status in ((cast.officer, 403), (cast.other_auditor, 404)):
        sign_in(client, person)
        assert client.get(f"{reports}/2/full.pdf").status_code == status


def test_check_is_shown_in_the_order_of_questions_and_is_recorded(
    client: FlaskClient, session: Session, stored: Journey
) -> None:
    sign_in(client, stored.cast.auditor)
    page = client.get(check_of(stored)).text

    headings = ("The rules", "The bids", "The scores", "The result", "The decision", "The log")
    places = [page.index(f">{heading}") for heading in (*headings, "The signature")]
    assert places == sorted(places)
    assert "File unchanged, sums agree" in page
    assert "This does not judge the decision" in page
    assert "All 16 scores are those that were recorded" in page
    assert "The log in this report and the one of the checkpoint given are the same" in page
    assert ", 0 failed" in page
    entry = chain_entries(session, stored.reference)[-1]
    told = {key: entry.fields[key] for key in ("number", "edition", "verdict")}
    assert (entry.action, entry.actor_name) == ("report.checked", "Ada Auditor")
    assert told == {
        "number": f"{stored.reference}/2",
        "edition": Edition.FULL.value,
        "verdict": "proven",
    }
    assert entry.fields["sha256"] in page
    assert f"marketplace verify award-report-{stored.reference}-full.pdf" in page


def test_check_of_a_file_that_was_changed_where_it_is_kept_fails_and_says_so(
    client: FlaskClient, app: Flask, session: Session, stored: Journey
) -> None:
    sign_in(client, stored.cast.auditor)
    client.get(check_of(stored))
    entry = chain_entries(session, stored.reference)[-1]
    path = app.extensions["files"].path(entry.fields["sha256"])
    path.write_bytes(path.read_bytes() + b" ")

    page = client.get(check_of(stored)).text

    assert "Do not rely on this report" in page
    assert "its digest is not the one that was recorded" in page
    assert "Proven</strong>" not in page
    assert chain_entries(session, stored.reference)[-1].fields["verdict"] == "failed"


def test_others_are_told_as_much_as_is_theirs(
    client: FlaskClient, session: Session, stored: Journey
) -> None:
    cast, before = stored.cast, len(chain_entries(session, stored.reference))

    sign_in(client, cast.officer)
    page = client.get("/work/audit").text
    assert stored.reference in page
    for kept_back in ("report-full.pdf", "scores-full", "evaluation.json", "log.json", "/check"):
        assert kept_back not in page, kept_back
    assert client.get(check_of(stored)).status_code == 403
    sign_in(client, cast.other_auditor)
    assert stored.reference not in client.get("/work/audit").text
    assert client.get(check_of(stored)).status_code == 404
    for person in (cast.supplier_admin, cast.chair):
        sign_in(client, person)
        assert client.get("/work/audit").status_code == 403
    assert len(chain_entries(session, stored.reference)) == before


@pytest.mark.parametrize("step", [Step.INTENTION])
def test_what_is_being_made_is_told_and_cannot_be_checked_yet(
    client: FlaskClient, journey: Journey
) -> None:
    sign_in(client, journey.cast.auditor)

    page = client.get("/work/audit").text

    assert "being made: 0 of 3" in page
    assert "report-full.pdf" not in page
    refused = client.get(check_of(journey))
    assert refused.status_code == 409
    assert "no full report to check yet" in refused.text
