"""The second act: suppliers register, declare, write, and submit; two come too late."""

import re

from marketplace.core.regimes.grounds import GroundRules, ground_versions
from tests.browser.person import PASSWORD, Person
from tests.browser.play import LATE, OWN, PRICES, RIVAL, TEAM, THIRD, Play


def newest_grounds() -> GroundRules:
    """Give the rules by which a supplier declares today."""
    return ground_versions("scotland")[-1]


def register(play: Play) -> Person:
    """A founder makes an account, confirms the address, and registers the supplier."""
    founder = play.come("Rowan Founder", "rowan@lanterns.example")
    play.people[founder.name] = founder
    founder.go(f"/challenges/{play.reference}/bid")
    founder.follow("Create an account")
    founder.press("Create account")
    founder.refused("Enter your full name.")
    founder.fill({"Full name": founder.name, "E-mail address": founder.email, "Password": PASSWORD})
    founder.press("Create account")
    (letter,) = play.letters(founder.email)
    link = re.search(r"https?://[^/\s]+(/\S*)", letter)
    assert link, letter
    founder.go(link[1])
    founder.press("Confirm my address")
    founder.sign_in()
    founder.go("/organisation")
    founder.press("Register an organisation")
    founder.follow("A supplier")
    founder.press("Register", status=422)
    founder.refused("Enter the name of the organisation.", "Choose what it is.")
    founder.fill({"Name of the organisation": OWN})
    founder.choose("Company")
    founder.press("Register")
    founder.told(OWN)
    return founder


def declare(founder: Person) -> None:
    """The founder declares, once, that the supplier may bid."""
    founder.follow("Eligibility")
    founder.press("Declare your eligibility")
    founder.press("Make the declaration", status=422)
    founder.refused("Convictions: answer yes or no", "Tick the box to make the declaration")
    for group in newest_grounds().groups:
        founder.choose("No", group=group.asks)
    founder.fill(
        {
            "How many people work for you?": "7",
            "Your turnover in the last full year, in pounds": "400,000",
            "Your balance sheet total, in pounds": "100,000",
        }
    )
    founder.choose("These answers are true, and I may make this declaration for the supplier")
    founder.press("Make the declaration")
    founder.told("Your declaration is made.")


def bid(play: Play, founder: Person) -> None:
    """The founder writes a draft in any order, checks it, and submits it."""
    founder.go(f"/challenges/{play.reference}/bid")
    founder.press("Start your bid")
    play.bids[OWN] = founder.path.split("/")[2]
    declare(founder)
    founder.go(f"/bids/{play.bids[OWN]}")
    founder.follow("Solves")
    founder.fill({"Your answer": "We would ask first. " * 60})
    founder.press("Save and go to the next question")
    founder.fill({"Your answer": "Two people who wait for buses, and one who drives them."})
    founder.press("Save and go back to your bid")
    founder.told("Needs a change")
    founder.follow("Solves")
    founder.told("240 of 200 words")
    founder.fill({"Your answer": "Quokkaproof lanterns show from afar which door is open."})
    founder.press("Save and go back to your bid")
    founder.follow("Price")
    founder.fill({"Your price, without VAT": "a lot"})
    founder.press("Save", status=422)
    founder.refused("Enter an amount in pounds")
    assert founder.value("Your price, without VAT") == "a lot"
    founder.fill({"Your price, without VAT": PRICES[OWN]})
    founder.press("Save")
    founder.follow("Contract, and use of AI")
    founder.choose("Yes, as it stands")
    founder.press("Save")
    founder.follow("Check your answers and submit")
    founder.told("Quokkaproof lanterns")
    founder.press("Go on to submit")
    founder.press("Submit your bid", status=422)
    founder.refused("Tick the box to make the declaration")
    founder.choose("I declare this for the supplier")
    founder.press("Submit your bid")
    assert founder.heading == "Bid submitted"
    founder.told("Your receipt", "What happens next", "Quokkaproof lanterns")
    assert any("receipt" in letter.lower() for letter in play.letters(founder.email))


def replace(play: Play, founder: Person) -> None:
    """The founder begins to change the bid and thinks better of it, then replaces it after all."""
    at = f"/bids/{play.bids[OWN]}"
    founder.go(at)
    founder.told("Version 1 is submitted and counts.", "It is sealed.")
    founder.press("Change this bid")
    founder.follow("Team")
    founder.fill({"Your answer": "Nobody yet."})
    founder.press("Save and go back to your bid")
    founder.told("You are changing it. Nothing changes until you submit again.")
    founder.follow("Give up these changes")
    founder.press("Give up these changes")
    founder.go(f"{at}/receipts/1")
    founder.told("Two people who wait for buses")
    founder.not_told("Nobody yet.")
    founder.go(at)
    founder.press("Change this bid")
    founder.follow("Team")
    assert founder.value("Your answer").startswith("Two people who wait for buses")
    founder.fill({"Your answer": TEAM})
    founder.press("Save and go back to your bid")
    founder.follow("Check your answers and submit")
    founder.press("Go on to submit")
    founder.told("This replaces version 1")
    founder.choose("I declare this for the supplier")
    founder.press("Submit your bid")
    founder.told("version 2", TEAM)
    founder.go(at)
    founder.told("Version 2 is submitted and counts.", "Version 1", "Version 2, counts")


def others_bid(play: Play) -> None:
    """Two suppliers that have been here before submit; a third keeps its draft for later."""
    for name in (RIVAL, THIRD):
        play.bid_by_service(name, submit=True)
    play.bid_by_service(LATE, submit=False)


def too_late(play: Play) -> None:
    """The third submits at the instant of closing, and a second after: neither counts."""
    play.at(15, 11, 59, 30)
    late = play.as_("Tardy Supplier")
    for second, said in ((0, "Arrived midday"), (1, "Arrived 12:00:01pm")):
        play.at(15, 11, 59, 30)
        late.go(f"/bids/{play.bids[LATE]}/check")
        late.press("Go on to submit")
        late.choose("I declare this for the supplier")
        play.at(15, 12, 0, second)
        late.press("Submit your bid", status=409)
        assert late.heading == "This came too late"
        late.told("The rule is the same for everybody.", said)
        late.told("Nothing you wrote is lost.")
    late.follow("Read and copy your draft")
    late.told(f"{LATE} would ask first (solves).", "This bid was not submitted.")
