"""The third act: bids are opened, the panel is named, scores alone, agrees, and locks."""

import re

from tests.browser.person import Person, columns, turn_page
from tests.browser.play import (
    BODY_PEOPLE,
    OWN,
    PASSPHRASES,
    RIVAL,
    SCORES,
    THIRD,
    TROUBLE,
    Play,
)

PANEL = ("Cora Chair", "Eva Evaluator", "Edgar Evaluator", "Elin Evaluator")
PASSPHRASE = "Your opening passphrase"
QUESTIONS = ("Solves", "Team")
BIDDERS = (OWN, RIVAL, THIRD)


def open_bids(play: Play) -> None:
    """Two officers sign for the opening, the service opens; one of them decides who may go on."""
    first = play.as_("Oona Officer")
    first.go(f"{play.hub}/bids", status=409)
    first.go(play.hub)
    first.follow("Open the bids, with a second officer")
    first.told("Bids submitted 3", "It cannot be undone.")
    first.fill({PASSPHRASE: PASSPHRASES["Omar Officer"]})
    first.press("Sign as first officer", status=422)
    first.refused("This is not your opening passphrase")
    assert first.value(PASSPHRASE) == ""
    first.fill({PASSPHRASE: PASSPHRASES["Oona Officer"]})
    first.press("Sign as first officer")
    first.told("You have confirmed. A second officer must confirm too.")
    assert first.main.get_by_label(PASSPHRASE).count() == 0
    first.go(f"{play.hub}/bids", status=409)
    second = play.as_("Omar Officer")
    second.go(f"{play.hub}/opening")
    second.fill({PASSPHRASE: PASSPHRASES["Omar Officer"]})
    second.press("Sign as second officer and open the bids")
    second.told("The bids are being opened now.", "0 of 3 bids opened")
    second.go(f"{play.hub}/bids", status=409)
    play.site.sweep()
    second.go(f"{play.hub}/opening")
    second.told("3 bids were opened")
    second.press("See the opened bids")
    second.told(*BIDDERS)
    second.follow(THIRD)
    second.told(TROUBLE, "That you read this bid is recorded.")
    second.press("Decide about eligibility")
    second.press("Record the decision", status=422)
    second.refused("Choose what you find")
    second.choose("Put right: the evidence is enough")
    second.fill({"Why": "It happened once, and the new way of working was shown to us."})
    second.choose("Valid: the bid goes to the panel")
    second.fill({"Reason": "They changed who manages contracts, and showed it."})
    second.press("Record the decision")
    second.told("Your decision about bid")


def name_panel(play: Play) -> None:
    """The lead names a chair and three evaluators; two would be too few."""
    lead = play.as_("Lena Lead")
    lead.go(play.hub)
    lead.follow("Name the panel")
    lead.select("Chair", "Cora Chair")
    lead.choose("Eva Evaluator", "Edgar Evaluator", group="Evaluators")
    lead.press("Name the panel", status=422)
    lead.refused("Choose more evaluators")
    lead.choose("Elin Evaluator", group="Evaluators")
    lead.press("Name the panel")
    lead.told("The panel is named")


def prepare(play: Play) -> None:
    """Each accepts the briefing and declares; the chair decides about the one interest."""
    for name in PANEL:
        member = play.as_(name)
        member.go(play.hub if BODY_PEOPLE[name] == "challenge_lead" else "/work")
        member.follow(re.compile("^Read the briefing and accept confidentiality"))
        member.press("Accept and go on", status=422)
        member.refused("Tick the box to accept")
        member.choose("I have read this and I accept it")
        member.press("Accept and go on")
        member.go(f"{play.hub}/panel/interests")
        for bidder in BIDDERS:
            declares = (name, bidder) == ("Eva Evaluator", RIVAL)
            member.choose(
                "I have an interest to declare" if declares else "No interest", group=bidder
            )
        if name == "Eva Evaluator":
            member.press("Make this declaration", status=422)
            member.refused("interest")
            member.fill({f"Your interest in {RIVAL}": "A cousin worked there years ago."})
        member.press("Make this declaration")
        member.told("Your declaration is recorded.")
    chair = play.as_("Cora Chair")
    chair.go(f"{play.hub}/panel/progress")
    chair.told("Before scoring can begin")
    chair.follow("Declared interests")
    chair.follow(re.compile("^Decide"))
    chair.told("A cousin worked there years ago.")
    chair.press("Record this decision", status=422)
    chair.refused("Choose what follows from the interest", "Give the reason for your decision")
    chair.choose("May score this bid")
    chair.fill({"Reason, and the conditions if there are any": "It was long ago."})
    chair.press("Record this decision")
    chair.go(f"{play.hub}/panel/progress")
    chair.press("Begin scoring")
    chair.press("Begin scoring")
    chair.told("Scoring has begun.")


def score_alone(play: Play) -> None:
    """Each evaluator scores every bid on every question, with reasons; none may be left out."""
    for name in PANEL[1:]:
        evaluator = play.as_(name)
        evaluator.go("/work")
        evaluator.follow(re.compile("^Score the bids"))
        evaluator.follow("1. Solves")
        for number, question in enumerate(QUESTIONS):
            assert evaluator.heading == question
            for bidder in BIDDERS:
                given = SCORES[bidder][number] + (1 if name.startswith("Elin") else 0)
                evaluator.choose(str(given), group=f"Score for {bidder}")
                evaluator.fill({_reason(bidder): f"{name} finds {bidder} plain about {question}."})
            if (name, question) == ("Eva Evaluator", "Team"):
                evaluator.fill({_reason(RIVAL): ""})
            evaluator.press(
                "Save and next question" if number == 0 else "Save and check all scores"
            )
        if name == "Eva Evaluator":
            _refuse_without_reason(evaluator, play)
        evaluator.told("All 6 scores are complete.")
        evaluator.go(f"{play.hub}/panel/moderation", status=409)
        evaluator.go(f"{play.hub}/panel/scores")
        evaluator.press("Submit all my scores")
        evaluator.told("Your scores are submitted.")
    evaluator.go(f"{play.hub}/panel/scores")
    evaluator.follow(re.compile(f"^Correct.*{OWN}, Team"))
    evaluator.fill({"Reason for the score": "On second reading it is as plain as before."})
    evaluator.press("Correct this score", status=422)
    evaluator.refused("Say why")
    assert evaluator.value("Reason for the score").startswith("On second reading")


def _reason(bidder: str) -> str:
    return f"Reason for the score of {bidder}"


def _refuse_without_reason(evaluator: Person, play: Play) -> None:
    evaluator.press("Submit all my scores", status=422)
    evaluator.refused(f"Team, {RIVAL}: ")
    turn_page(evaluator.page, evaluator.page.locator(".govuk-error-summary a").first)
    assert evaluator.heading == "Team"
    assert evaluator.value(_reason(OWN)) == f"Eva Evaluator finds {OWN} plain about Team."
    evaluator.fill({_reason(RIVAL): "It names nobody who waits for buses."})
    evaluator.press("Save and check all scores")


def moderate(play: Play) -> None:
    """The chair records one agreed score for each cell, with its reason, and locks quality."""
    chair = play.as_("Cora Chair")
    chair.go(f"{play.hub}/decision", status=409)
    chair.go(f"{play.hub}/panel/progress")
    chair.press("Begin moderation")
    chair.press("Begin moderation")
    chair.told("Moderation has begun.")
    chair.go(f"{play.hub}/panel/moderation")
    cells = columns(chair.main.locator("table"))
    assert len(cells) == 6
    turn_page(chair.page, chair.main.locator("tbody a").first)
    for done in range(len(cells)):
        bidder, _colon, question = chair.heading.partition(": ")
        if done == 0:
            chair.press("Record and go to the next", status=422)
            chair.refused("Give")
        chair.choose(str(SCORES[bidder][QUESTIONS.index(question)]), group="Agreed score")
        chair.fill({"The panel’s reason": f"We agreed that {bidder} is plain about {question}."})
        chair.choose(*PANEL, group="Who was present?")
        last = chair.main.get_by_role("button", name="Record and go to the next").count() == 0
        assert last == (done == len(cells) - 1)
        chair.press("Record and see the list" if last else "Record and go to the next")
    chair.told("Every score is agreed.")
    chair.press("Lock quality and see the result")
    chair.press("Lock quality and compute the result")
    chair.told("Quality is locked and the result is computed.")
