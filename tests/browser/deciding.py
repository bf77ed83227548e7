"""The fourth act: recommended, signed off, announced, signed; and anybody can check it."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

from pypdf import PdfReader

from tests.browser.person import columns
from tests.browser.play import BODY, OWN, PRICES, RIVAL, THIRD, TITLE, Play


def decide(play: Play) -> list[list[str]]:
    """The chair recommends, and another person signs off; give the result as the page shows it."""
    chair = play.people["Cora Chair"]
    chair.go(f"{play.hub}/decision")
    chair.told("What could change this result")
    chair.follow("Recommend a bid")
    chair.press("Recommend this bid", status=422)
    chair.refused("Choose a bid that the result ranks first", "Say why the panel recommends")
    chair.main.get_by_role("radio").first.check()
    chair.fill({"Why this bid?": "It shows from afar which door is open."})
    chair.press("Recommend this bid")
    chair.told("Your recommendation is recorded.")
    chair.go(f"{play.hub}/decision/sign-off", status=403)
    approver = play.as_("Asa Approver")
    approver.follow(re.compile("^Sign off the recommendation, or return it"))
    approver.told("What an approval does", "What could change this result")
    approver.press("Record my decision", status=422)
    approver.refused("Choose whether to approve or to return", "Give the reason for your decision")
    approver.choose("Approve: letters to all bidders follow")
    approver.fill({"Reason for your decision": "The reasons are clear."})
    approver.press("Record my decision")
    play.site.sweep()
    officer = play.as_("Oona Officer")
    officer.follow(re.compile("^Send the letters to the bidders"))
    officer.press("Send all letters now")
    officer.told("No contract is signed before", "cannot be called back")
    officer.press("Yes, send them now")
    officer.told("Sent. Every bidder of these letters can read its own now.")
    play.site.sweep()
    approver = play.as_("Asa Approver")
    approver.go(f"{play.hub}/decision")
    return [
        [row[0], row[1].partition(" How this came about")[0], row[-1]]
        for row in columns(approver.main.locator("table").first)
    ]


def announce(play: Play) -> None:
    """The intention is public, and each bidder reads its own outcome, and no other's price."""
    visitor = play.come("Vic Visitor")
    visitor.go("/awards")
    visitor.follow(TITLE)
    visitor.told(f"{BODY} intends to award the contract to {OWN}.", "Standstill ends")
    visitor.told("It shows from afar which door is open.")
    visitor.not_told(PRICES[RIVAL], PRICES[THIRD])
    visitor.page.goto(f"/awards/{play.reference}/report.pdf")
    assert visitor.status == 404
    founder = play.as_("Rowan Founder")
    founder.follow(re.compile("^Read the outcome"))
    founder.told(f"{BODY} intends to award the contract to you.", "We agreed that")
    rival = play.as_("Pretend Supplier")
    rival.follow(re.compile("^Read the outcome"))
    rival.told(f"{BODY} intends to award the contract to {OWN}.", "Your bid was ranked 2.")
    rival.told(f"We agreed that {RIVAL} is plain about Solves.")
    rival.not_told(f"We agreed that {OWN} is plain", PRICES[THIRD])
    rival.go(f"/bids/{play.bids[OWN]}/outcome", status=404)


def verify_supplier(play: Play) -> None:
    """Those who run the service verify the new supplier, who could bid before that."""
    team = play.as_("Pia Team")
    team.go("/admin/organisations")
    team.follow(OWN)
    team.press("Verify", status=422)
    team.refused("Write down how you found out.")
    team.fill({"How did you find out?": "Its number in the register, and a call."})
    team.press("Verify")


def record_contract(play: Play) -> None:
    """The officer records the contract once the standstill is over, which makes the report."""
    play.as_("Oona Officer")
    _refuse_in_standstill(play)
    play.at(8, 10, month=1)
    officer = play.as_("Oona Officer")
    officer.follow(re.compile("^Record the signed contract"))
    officer.press("Record the contract", status=422)
    officer.refused("Enter the contract’s reference in your register")
    officer.fill({"Contract reference": "C-2027-014", "Value without VAT, in pounds": PRICES[OWN]})
    for group, year in (
        ("First day of the contract", "2027"),
        ("Last day of the contract", "2028"),
    ):
        officer.fill({"Day": "1", "Month": "3", "Year": year}, group=group)
    officer.press("Record the contract")
    officer.told("The contract is recorded.")
    play.site.sweep()


def _refuse_in_standstill(play: Play) -> None:
    officer = play.people["Oona Officer"]
    officer.go(f"{play.hub}/decision/contract")
    officer.told("the contract must not be signed yet.")
    officer.fill({"Contract reference": "C-2027-014", "Value without VAT, in pounds": PRICES[OWN]})
    officer.press("Record the contract", status=409)
    officer.refused("standstill")
    assert officer.value("Contract reference") == "C-2027-014"


def check(play: Play, shown: list[list[str]], folder: Path) -> None:
    """The auditor takes the evidence away and computes the result again, without the service."""
    auditor = play.as_("Ada Auditor")
    auditor.go(f"/awards/{play.reference}")
    status, document = auditor.download(f"/awards/{play.reference}/evaluation.json")
    assert status == 200
    file = folder / "evaluation.json"
    file.write_bytes(document)
    again = subprocess.run(
        [sys.executable, "-m", "marketplace.cli", "score", str(file)],
        capture_output=True,
        check=True,
    )
    names = {bid: name for name, bid in play.bids.items()}
    ranked = sorted(json.loads(again.stdout)["bids"], key=lambda bid: bid["rank"])
    assert [[str(b["rank"]), names[b["id"]], b["total"]["display"]] for b in ranked] == shown

    status, full = auditor.download(f"/awards/{play.reference}/report-full.pdf")
    assert status == 200
    reader = PdfReader(io.BytesIO(full))
    assert reader.attachments["evaluation.json"] == [document]
    words = _words(reader)
    assert _squeezed("Eva Evaluator") in words
    assert PRICES[RIVAL] in words


def read_report(play: Play) -> None:
    """Anybody takes the public report away: no losing price and no answer within."""
    visitor = play.come("Vito Visitor")
    visitor.go(f"/awards/{play.reference}")
    visitor.told(f"{BODY} has signed a contract with {OWN}.", "C-2027-014", PRICES[OWN])
    assert visitor.main.get_by_role("link", name="Download the award report").count() == 1
    status, public = visitor.download(f"/awards/{play.reference}/report.pdf")
    assert status == 200
    reader = PdfReader(io.BytesIO(public))
    words = _words(reader)
    facts = b"".join(file for files in reader.attachments.values() for file in files).decode()
    assert _squeezed(OWN) in words
    for secret in (PRICES[RIVAL], PRICES[THIRD], "Quokkaproof lanterns", f"{THIRD} would ask"):
        assert _squeezed(secret) not in words
        # Digits that stand alone: a digest or a salt can hold any.
        assert not re.search(rf"\b{secret.replace(',', '')}(00)?\b", facts)
    held_back = json.loads(reader.attachments["evaluation.json"][0])
    assert held_back["format"] == "evaluation-redacted/1"
    for name in ("report-full.pdf", "evaluation.json"):
        visitor.go(f"/awards/{play.reference}/{name}")
        assert visitor.path == "/sign-in"


def _words(reader: PdfReader) -> str:
    return _squeezed("".join(page.extract_text() for page in reader.pages))


def _squeezed(text: str) -> str:
    """Drop white space: a line of a PDF ends wherever the page does."""
    return "".join(text.split())
