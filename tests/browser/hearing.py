"""The acts of a staged challenge that choose: who goes on, who is heard, and what follows."""

import re

from tests.browser import staging
from tests.browser.judging import PANEL
from tests.browser.play import BODY, OWN, RIVAL, THIRD, Play

# What the panel gives after each interview, on every question.
HEARD = {OWN: 4, RIVAL: 3}


def sift(play: Play) -> None:
    """The chair proposes who goes on, another person confirms it."""
    chair = play.at_work("Cora Chair")
    chair.go(play.hub)
    chair.follow("Decide who goes on to the next stage")
    chair.told("The chair proposes next who goes on.")
    chair.follow("Propose who goes on")
    chair.press("Propose this list", status=422)
    chair.refused("Say why these bids go on")
    chair.fill({"Why do these bids go on?": "They begin with the people who wait."})
    chair.press("Propose this list")
    chair.told("Your proposal is recorded. An approver confirms it now.")
    confirm_who_goes_on(play)


def tell_who_does_not(play: Play) -> None:
    """Who does not go on learns nothing before an officer has looked at the letter and sent it."""
    third = play.at_work("Sample Supplier")
    third.told("Nothing presses.", "Being evaluated")
    play.site.sweep()
    officer = play.at_work("Oona Officer")
    officer.follow(re.compile("^Write to bidders who wait for a letter"))
    officer.follow(re.compile("^Does not go on"))
    officer.told("The others do not know before you send these letters.", THIRD)
    officer.not_told(OWN)
    officer.follow(THIRD)
    officer.told("does not go on")
    officer.page.go_back()
    officer.press("Send the letter now")
    officer.told("cannot be called back")
    officer.press("Yes, send it now")
    officer.told("Sent. Every bidder of these letters can read its own now.")
    third = play.at_work("Sample Supplier")
    third.follow(re.compile("^Your scores, the reasons, and who went on"))
    third.told(OWN, RIVAL, f"We agreed that {THIRD} is plain about solves.")
    third.not_told(f"We agreed that {OWN} is plain")


def confirm_who_goes_on(play: Play) -> None:
    """An approver, who is another person, confirms the list that the chair proposes."""
    approver = play.at_work("Asa Approver")
    approver.follow(re.compile("^Confirm who goes on"))
    approver.told("What your confirmation does")
    approver.press("Record my decision", status=422)
    approver.refused("Choose whether to confirm or to return", "Give the reason for your decision")
    approver.choose("Confirm: invite these suppliers to the next stage now")
    approver.fill({"Reason for your decision": "The reasons are clear."})
    approver.press("Record my decision")
    approver.told("Confirmed. The suppliers who go on are invited")


def hear(play: Play, stage: int) -> None:
    """An officer begins a stage for which nobody writes, and the suppliers are told."""
    officer = play.at_work("Oona Officer")
    officer.go(play.hub)
    officer.follow("Begin the next stage")
    officer.press(f"Begin stage {stage}")
    officer.told("2 suppliers go on to this stage.")
    officer.press("Begin the stage", status=422)
    officer.refused("Choose how suppliers take part")
    officer.choose("They are heard, and write nothing")
    officer.press("Begin the stage")
    officer.told("The stage has begun.")
    supplier = play.at_work("Specimen Supplier")
    supplier.told(f"stage {stage}", "You are heard")


def name_panel(play: Play, stage: int) -> None:
    """The lead names who hears them; each of these is briefed and has no interest to declare."""
    lead = play.at_work("Lena Lead")
    lead.go(play.hub)
    lead.follow("Name the panel")
    lead.select("Chair", PANEL[0])
    lead.choose(*PANEL[1:], group="Evaluators")
    lead.press("Name the panel")
    lead.told("The panel is named")
    for member_name in PANEL:
        member = play.at_work(member_name)
        member.follow(re.compile("^Read the briefing and accept confidentiality"))
        member.choose("I have read this and I accept it")
        member.press("Accept and go on")
        member.go(f"{play.hub}/stages/{stage}/panel/interests")
        for bidder in HEARD:
            member.choose("No interest", group=bidder)
        member.press("Make this declaration")
        member.told("Your declaration is recorded.")
    chair = play.people[PANEL[0]]
    chair.go(f"{play.hub}/stages/{stage}/panel/progress")
    chair.press("Begin scoring")
    chair.press("Begin scoring")
    chair.told("Scoring has begun.")


def judge(play: Play, stage: int) -> None:
    """One evaluator scores what was heard on the pages, the others by the services; the chair
    records what they agree on, and locks."""
    evaluator = play.at_work(PANEL[1])
    evaluator.follow(re.compile("^Score the bids"))
    evaluator.follow(re.compile("^1. "))
    while True:
        for bidder, score in HEARD.items():
            evaluator.choose(str(score), group=f"Score for {bidder}")
            reason = f"I heard that {bidder} is plain about {evaluator.heading}."
            evaluator.fill({f"Reason for the score of {bidder}": reason})
        more = evaluator.main.get_by_role("button", name="Save and next question").count()
        evaluator.press("Save and next question" if more else "Save and check all scores")
        if not more:
            break
    evaluator.press("Submit all my scores")
    evaluator.told("Your scores are submitted.")
    staging.score(play, stage, PANEL[2:], HEARD)
    chair = play.at_work(PANEL[0])
    at = f"{play.hub}/stages/{stage}/panel"
    chair.go(f"{at}/progress")
    chair.press("Begin moderation")
    chair.press("Begin moderation")
    chair.told("Moderation has begun.")
    staging.agree(play, stage, HEARD)
    chair.go(f"{at}/progress")
    chair.follow("Lock quality and see the result")
    chair.press("Lock quality and compute the result")
    chair.told("Quality is locked and the result is computed.")


def award(play: Play) -> None:
    """The first is recommended and signed off; both who were heard read a letter of their own."""
    chair = play.people[PANEL[0]]
    chair.go(f"{play.hub}/stages/4/decision")
    chair.follow("Recommend a bid")
    chair.main.get_by_role("radio").first.check()
    chair.fill({"Why this bid?": "It shows from afar which door is open."})
    chair.press("Recommend this bid")
    approver = play.at_work("Asa Approver")
    approver.follow(re.compile("^Sign off the recommendation, or return it"))
    approver.choose("Approve: letters to all bidders follow")
    approver.fill({"Reason for your decision": "The reasons are clear."})
    approver.press("Record my decision")
    play.site.sweep()
    rival = play.at_work(f"{RIVAL.split(maxsplit=1)[0]} Supplier")
    rival.told("Nothing presses.")
    officer = play.at_work("Oona Officer")
    officer.follow(re.compile("^Send the letters to the bidders"))
    officer.told("Nobody outside knows of it before you send these letters.", OWN, RIVAL)
    officer.follow(RIVAL)
    officer.told(f"Letter to {RIVAL}", OWN, f"We agreed that {RIVAL} is plain about solves.")
    officer.not_told(f"We agreed that {OWN} is plain")
    officer.page.go_back()
    officer.press("Send all letters now")
    officer.told("No contract is signed before")
    officer.press("Yes, send them now")
    officer.told("Sent. Every bidder of these letters can read its own now.")
    play.site.sweep()
    visitor = play.come("Vic Visitor")
    visitor.go(f"/awards/{play.reference}")
    visitor.told(f"{BODY} intends to award the contract to {OWN}.", "Standstill ends")
    rival = play.at_work(rival.name)
    rival.follow(re.compile("^Read the outcome"))
    rival.told(f"{BODY} intends to award the contract to {OWN}.")
    rival.not_told(f"We agreed that {OWN} is plain")
