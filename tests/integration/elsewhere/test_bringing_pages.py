"""The pages of a challenge whose bids go elsewhere, for the public and for officers."""

import io
import json
import re
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bids.opened import opened_bids
from challenges.finding.filters import Filters, StateFilter
from challenges.lifecycle import State
from challenges.listing import challenge_page
from marketplace.core import jobs
from marketplace.core.audit import chains
from marketplace.core.audit.brought_order import NOT_COLLECTED
from marketplace.core.audit.findings import Status
from marketplace.core.audit.log import chain_entries
from marketplace.core.colours import Brand
from marketplace.core.dates import PLACE
from marketplace.core.permissions import Role
from marketplace.web.timeline import public_file
from scoring.award import service as award
from scoring.award.models import Intention
from scoring.report.facts import AwardReport
from scoring.report.models import FrozenReport
from scoring.report.rendering import report_html
from tests.conftest import LOG_KEY, NOW
from tests.factories import a_challenge, a_person, a_supplier
from tests.integration.bids.damage import damage
from tests.integration.elsewhere.conftest import LINK, PDF, archive_of
from tests.integration.elsewhere.test_bringing import ROWS, bring_in, put_down
from tests.integration.panel.conftest import Scene, enter


def test_the_public_page_says_where_to_bid_and_offers_no_bid_here(
    scene: Scene, client: FlaskClient
) -> None:
    scene.challenge.stage.closes_at = NOW + timedelta(days=2)
    scene.session.commit()
    page = client.get(f"/challenges/{scene.reference}").text
    assert LINK in page
    assert "NOV123" in page
    for here in ("Start a bid", "Check in two minutes", "Ask a question", "Open for bids"):
        assert here not in page
    assert scene.reference not in client.get("/challenges?state=open").text
    assert scene.reference in client.get("/challenges").text
    assert scene.reference not in client.get("/").text
    assert client.get(f"/challenges/{scene.reference}/check").status_code == 409
    assert client.get(f"/challenges/{scene.reference}/bid").location.endswith(scene.reference)
    supplier = a_supplier(scene.session, NOW)
    admin = a_person(scene.session, NOW, supplier, Role.SUPPLIER_ADMIN)
    scene.session.commit()
    enter(client, admin)
    assert client.post(f"/challenges/{scene.reference}/bid").status_code == 409
    for state, there in ((StateFilter.OPEN, False), (StateFilter.CLOSED, True)):
        found = challenge_page(scene.session, Filters(state=state), now=NOW)
        assert (scene.reference in [row.reference for row in found.rows]) is there


def test_a_body_says_in_a_draft_where_bids_go(scene: Scene, client: FlaskClient) -> None:
    lena = scene.users["lena"]
    draft = a_challenge(scene.session, NOW, scene.body, lena, State.DRAFT)
    scene.session.commit()
    enter(client, lena)
    address = f"/work/challenges/{draft.reference}/where-bids-go"
    bad = client.post(address, data={"where": "elsewhere", "reference": "X", "link": "notices"})
    assert bad.status_code == 422
    assert "begins with https" in bad.text
    good = {"where": "elsewhere", "reference": "X", "link": LINK}
    assert client.post(address, data=good).status_code == 303
    assert LINK in client.get(f"/work/challenges/{draft.reference}/write/timeline").text
    assert client.post(address, data={"where": "here"}).status_code == 303
    scene.session.refresh(draft)
    assert (draft.bids_elsewhere, draft.elsewhere_link) == (False, "")
    # It is fixed at publication.
    address = f"/work/challenges/{scene.reference}/where-bids-go"
    assert client.post(address, data={"where": "here"}).status_code == 409


def bring(client: FlaskClient, address: str, file: io.BytesIO) -> Any:
    return client.post(address, data={"file": (file, "bids.zip")})


def test_an_officer_brings_a_zip_and_another_brings_it_in(
    scene: Scene, client: FlaskClient
) -> None:
    base = f"/work/challenges/{scene.reference}/bring"
    enter(client, scene.users["olga"])
    assert client.get(f"{base}/bids.xlsx").data.startswith(b"PK")
    assert "The closing time had moved there" in client.get(base).text
    moving = client.get(f"/work/challenges/{scene.reference}/closing-time").text
    assert "also where it is past" in moving
    opening = client.get(f"/work/challenges/{scene.reference}/opening")
    assert opening.location.endswith("/bring")
    assert "Choose the ZIP" in client.post(base, data={}).text
    assert "cannot be read as a ZIP" in bring(client, base, io.BytesIO(b"no")).text
    assert bring(client, base, archive_of(scene.challenge, ROWS, {})).status_code == 303
    assert "acorn/plan.pdf" in client.get(f"{base}/check").text
    whole = archive_of(scene.challenge, ROWS, {"acorn/plan.pdf": PDF})
    assert bring(client, base, whole).status_code == 303
    assert "Bring these bids in" not in client.get(f"{base}/check").text
    one = {
        **dict.fromkeys(("c1", "c2", "c3", "c8", "c9", "c10"), ""),
        "c0": "Cedar",
        "c4": ["1", "12", "2026", "00", "10"],
        "c5": "We would <script>",
        "c6": "Six.",
        "c7": "1.250,50",
    }
    bad = client.post(f"{base}/one", data=one)
    assert bad.status_code == 422
    assert "is no price" in bad.text
    assert "We would &lt;script&gt;" in bad.text
    files = {"attached": [(io.BytesIO(PDF), "../../cv.pdf")]}
    assert client.post(f"{base}/one", data={**one, "c7": "1250.50", **files}).status_code == 303
    enter(client, scene.users["otto"])
    page = client.get(f"{base}/check").text
    seen = page.partition('name="seen"')[2].partition('value="')[2].partition('"')[0]
    done = client.post(f"{base}/check", data={"seen": seen})
    assert done.location.endswith("/bids")
    listed = client.get(f"/work/challenges/{scene.reference}/bids").text
    assert listed.count("Brought in") >= 3
    assert client.post(f"{base}/check", data={"seen": seen}).status_code in (404, 409)
    enter(client, scene.users["eva"])
    assert client.get(base).status_code == 403
    assert client.get(f"{base}/check").status_code == 403
    actions = [entry.action for entry in chain_entries(scene.session, scene.reference)]
    assert actions.count("bringing.read") == 3
    assert "bid.read_refused" in actions


def test_from_there_all_is_the_same_to_the_report(
    scene: Scene, client: FlaskClient, app: Flask
) -> None:
    put_down(scene)
    bring_in(scene)
    jobs.run_due(scene.clock)
    checked = chains.check(public_file(scene.session, scene.reference), [LOG_KEY.verifier])
    said = [found.what for found in checked.findings]
    assert NOT_COLLECTED in said
    assert not any(found.status is Status.FAILED for found in checked.findings)
    for bid in opened_bids(scene.session, scene.challenge.stage.id):
        scene.bids[bid.supplier_name] = bid.reference
    acorn = f"/work/challenges/{scene.reference}/bids/{scene.bids['Acorn']}"
    enter(client, scene.users["olga"])
    assert "Not collected here" in client.get(acorn).text
    assert client.get(f"{acorn}/files/0").data == PDF
    assert client.get(f"{acorn}/queries/ask").status_code in (404, 409)
    scene.moderated()
    scene.agree_all()
    award.conclude_scoring(scene.reference, actor=scene.actor("cher"), clock=scene.clock)
    recommended = award.recommend(
        scene.reference,
        bids=[scene.bids["Acorn"]],
        reason="It solves the problem best.",
        actor=scene.actor("cher"),
        clock=scene.clock,
    )
    enter(client, scene.users["abby"])
    asked = client.get(f"/work/challenges/{scene.reference}/decision/sign-off").text
    assert "Approve: letters to all bidders follow" in asked
    award.sign_off(
        scene.reference,
        recommendation_id=recommended,
        approved=True,
        reason="The reasons are clear.",
        actor=scene.actor("abby"),
        clock=scene.clock,
    )
    _letters_go_out(scene, client)
    held = scene.session.scalars(select(FrozenReport)).one()
    report = AwardReport.from_json(json.loads(held.facts))
    assert LINK in report.challenge.elsewhere
    assert "not collected here" in " ".join(item.answer for item in report.statutory)
    assert {"Olga", "Otto"} <= {person.name for person in report.people}
    page = report_html(report, environment=app.jinja_env, brand=Brand())
    assert "Not collected here" in page
    assert "that were received elsewhere were brought in" in page
    # Nobody acts for this supplier, so the officer says how it was checked.
    scene.clock.instant += timedelta(days=30)
    enter(client, scene.users["olga"])
    signing = f"/work/challenges/{scene.reference}/decision/contract"
    form = {
        "reference": "C-7",
        "value": "4000",
        "starts_on": ["1", "2", "2027"],
        "ends_on": ["1", "2", "2028"],
    }
    refused = client.post(signing, data=form)
    assert refused.status_code == 422
    assert "Say how you checked who the supplier is" in refused.text
    signed = client.post(signing, data={**form, "supplier_check": "SC1 at Companies House."})
    assert signed.status_code == 303
    scene.session.rollback()
    assert scene.challenge.state is State.SIGNED
    assert (
        "SC1 at Companies House." in client.get(f"/work/challenges/{scene.reference}/decision").text
    )
    assert "has signed a contract with Acorn" in client.get(f"/awards/{scene.reference}").text
    assert damage() == []


def _letters_go_out(scene: Scene, client: FlaskClient) -> None:
    """Nobody here can tell these bidders anything, so an officer does; the standstill waits."""
    at = f"/work/challenges/{scene.reference}/decision"
    scene.session.rollback()
    assert scene.challenge.state == "evaluating"
    assert scene.session.scalars(select(Intention)).all() == []
    actions = [entry.action for entry in chain_entries(scene.session, scene.reference)]
    assert "award.cleared" in actions
    assert not {"award.approved", "letter.sent", "intention.announced"} & set(actions)
    assert client.get(f"/awards/{scene.reference}").status_code == 404
    enter(client, scene.users["olga"])
    assert "Send the letters to the bidders" in client.get("/work").text
    assert "the letters to the bidders are to be sent" in client.get(at).text
    jobs.run_due(scene.clock)
    page = client.get(f"{at}/letters").text
    found = re.search(r'action="([^"]+)/gone"', page)
    assert found is not None
    batch = found[1]
    birch = client.get(f"{batch}/{scene.bids['Birch']}").text
    assert "We intend to award the contract to Acorn." in birch
    assert "To: Birch" in birch
    # The band that these rules give to so small a value asks for no standstill.
    assert "No standstill applies to this award." in page
    assert "It solves the problem best." in birch
    assert "Your scores and the reasons for them" in birch
    sent = scene.clock.instant = scene.clock.instant + timedelta(days=1, minutes=5)
    enter(client, scene.users["olga"])
    local = sent.astimezone(PLACE)
    form = {"way": "electronic"}

    def gone(**by: float) -> list[str]:
        then = local + timedelta(**by)
        return [f"{then:%d}", f"{then:%m}", f"{then:%Y}", f"{then:%H}", f"{then:%M}"]

    for wrong in (gone(days=1), gone(days=-3), ["", "", "", "", ""]):
        assert client.post(f"{batch}/gone", data={**form, "gone_at": wrong}).status_code == 422
    done = client.post(f"{batch}/gone", data={**form, "gone_at": gone()})
    assert done.status_code == 303
    scene.session.rollback()
    assert scene.challenge.state == "intention_to_award"
    (intention,) = scene.session.scalars(select(Intention))
    assert sent - timedelta(minutes=1) < intention.announced_at <= sent
    assert intention.standstill_ends_at == intention.announced_at
    actions = [entry.action for entry in chain_entries(scene.session, scene.reference)]
    assert actions.count("letter.sent") == 2
    assert client.post(f"{batch}/gone", data={**form, "gone_at": gone()}).status_code == 409
    assert "Send the letters to the bidders" not in client.get("/work").text
