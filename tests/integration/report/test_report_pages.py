"""The award report as a page: what it says, to whom, and what is said while it is being made."""

import itertools
import re
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
from tests.journeys import OWN_WORDS, RIVAL_WORDS, Journey, Step


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


def test_public_report_reads_as_a_page_with_all_that_the_file_says(
    client: FlaskClient, stored: Journey
) -> None:
    address = f"/awards/{stored.reference}/report"
    answer = client.get(address)
    main = answer.text.partition("<main")[2].partition("</main>")[0]

    assert answer.status_code == 200
    assert f'href="{address}"' in client.get(f"/awards/{stored.reference}").text
    for shown in (stored.cast.supplier.name, "£20,000", "Cora Chair", "proofs.json"):
        assert shown in answer.text
    for hidden in (OWN_WORDS, RIVAL_WORDS, stored.cast.rival.name, "Eva Evaluator", "30,000"):
        assert hidden not in answer.text
    # No level is left out on the way down, and each link within the page leads somewhere.
    levels = [int(level) for level in re.findall(r"<h([1-6])", main)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert set(re.findall(r'href="#([^"]+)"', main)) <= set(re.findall(r' id="([^"]+)"', main))
    # The policy of the site refuses both.
    assert not re.search(r'<style| style="', main)
    boxes = re.findall(
        r'<div class="fw-scroll" role="group" aria-label="[^"]+" tabindex="0"><table', main
    )
    assert len(boxes) == main.count("<table") > 10


def test_law_is_answered_item_by_item_with_the_section_that_says_it_in_full(
    client: FlaskClient, stored: Journey
) -> None:
    page = client.get(f"/awards/{stored.reference}/report").text
    annex = page.partition('id="annex-law"')[2].partition("</section>")[0]
    rows = re.split("<tr[ >]", annex)[2:]

    assert len(rows) > 5
    for row in rows:
        assert re.search(r'class="where"[^>]*><a href="#[a-z]+"', row), row


@pytest.mark.parametrize("step", [Step.INTENTION])
def test_page_of_the_report_before_the_contract_does_not_exist_and_a_bidder_sees_how_far_it_is(
    client: FlaskClient, journey: Journey
) -> None:
    assert client.get(f"/awards/{journey.reference}/report").status_code == 404
    address = f"/bids/{journey.own_bid}/award-report"
    sign_in(client, journey.cast.supplier_admin)
    waiting = client.get(address)

    assert waiting.status_code == 200
    assert re.search(r"0 of \d editions made\.", waiting.text)
    assert f'href="{address}"' in waiting.text
    assert "http-equiv" not in waiting.text


def test_bidder_reads_its_own_edition_as_a_page_and_that_is_recorded(
    client: FlaskClient, session: Session, stored: Journey
) -> None:
    texts = {}
    for person, reference in (
        (stored.cast.supplier_admin, stored.own_bid),
        (stored.cast.rival_admin, stored.rival_bid),
    ):
        sign_in(client, person)
        assert (
            f'href="/bids/{reference}/award-report"'
            in client.get(f"/bids/{reference}/outcome").text
        )
        answer = client.get(f"/bids/{reference}/award-report")
        # Of one of the two the file is in this store.
        if answer.status_code == 200:
            texts[reference] = answer.text
    assert client.get(f"/bids/{stored.own_bid}/award-report").status_code == 404

    ((reference, text),) = texts.items()
    assert f"about its bid {reference}" in text
    assert "Eva Evaluator" not in text
    written = chain_entries(session, stored.reference)
    read = [each for each in written if each.action == "report.downloaded"][-1]
    assert (read.fields["bid"], read.fields["edition"], read.fields["part"]) == (
        reference,
        "debrief",
        "page",
    )
    assert written[-1].action == "bid.read_refused"
