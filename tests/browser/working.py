"""The acts of a staged challenge in which work is done: contracts, milestones, gates, demo day."""

import re
from collections.abc import Sequence
from datetime import date

from tests.browser.person import Person
from tests.browser.play import Play

CONTRACT_DAYS = ("First day of the contract", "Last day of the contract")
WENT_ON = "They met twelve people at three stops."


def record_contract(
    play: Play,
    reference: str,
    pounds: str,
    days: tuple[date, date],
    *,
    step: str = "",
    choosing: Sequence[str] = (),
) -> None:
    """An officer records a contract that was signed, from the step of their own work that tells
    them to, or from the list of contracts where none does.

    `choosing` is what there is to choose: the supplier, where there are several, and the work.
    """
    officer = play.at_work("Oona Officer")
    if step:
        officer.follow(re.compile(f"^{step}"))
    else:
        officer.go(f"{play.hub}/contracts")
    if officer.heading == "Contracts":
        officer.follow(re.compile("^Record a signed contract"))
    for chosen in choosing:
        officer.main.get_by_role("radio", name=chosen).check()
    officer.fill({"Contract reference": reference, "Value without VAT, in pounds": pounds})
    for group, day in zip(CONTRACT_DAYS, days, strict=True):
        _fill_day(officer, group, day)
    officer.press("Record the contract")
    officer.told("The contract is recorded.", reference)


def plan(play: Play, supplier: str, work: str, *, count: int) -> None:
    """The officer writes the milestones of a contract, from what is suggested."""
    officer = play.at_work("Oona Officer")
    officer.go(f"{play.hub}/delivery")
    officer.follow(f"{supplier}: {work}")
    officer.follow("Write the milestones")
    for number in range(1, count + 1):
        within = officer.main.get_by_role("group", name=f"Milestone {number}")
        within.get_by_label("What does the supplier deliver?").fill("A report, and what was made.")
        within.get_by_label("How will you tell that it is done?").fill("We read it and try it.")
    officer.press("Save the milestones")
    officer.told("The milestones are written. The supplier is told.")


def deliver(play: Play, supplier: str, *, paid: str) -> None:
    """A milestone is reported by its supplier, accepted by the lead, and paid by an officer."""
    on = play.site.clock.instant.date()
    person = play.at_work(name_of(supplier))
    person.follow(re.compile("^Deliver a milestone"))
    person.press("Report it as delivered")
    person.press("Report it", status=422)
    person.fill({"What did you deliver?": "Lamps at three stops, and what people said."})
    person.press("Report it")
    person.told("The milestone is reported as delivered.")
    lead = play.at_work("Lena Lead")
    lead.follow(re.compile("^Accept a milestone or send it back"))
    lead.choose("Accept it")
    lead.fill({"What did you see?": "We stood there ourselves and it worked."})
    lead.press("Record your answer")
    lead.told("Accepted. The supplier is told")
    officer = play.at_work("Oona Officer")
    officer.follow(re.compile("^Record a payment"))
    assert officer.value("Amount paid without VAT, in pounds").replace(",", "") == paid
    _fill_day(officer, "When was it paid?", on)
    officer.fill({"Reference of the payment": f"P-{on:%m%d}"})
    officer.press("Record the payment")
    officer.told("The payment is recorded.")


def hold_gate(play: Play, supplier: str, work: str, *, count: int) -> None:
    """The lead says what was found at the gate, and an approver confirms that the work goes on."""
    lead = play.at_work("Lena Lead")
    lead.go(f"{play.hub}/delivery")
    lead.follow(f"{supplier}: {work}")
    lead.follow("Hold the gate")
    for number in range(1, count + 1):
        within = lead.main.get_by_role("group", name=re.compile(f"^Criterion {number}"))
        within.get_by_label("Met", exact=True).check()
        within.get_by_label("What did you find?").fill(WENT_ON)
    lead.choose("The work goes on")
    lead.fill({"Why?": "It helps those who wait."})
    lead.press("Propose this")
    lead.told("Your proposal is recorded. An approver confirms it now.")
    approver = play.at_work("Asa Approver")
    approver.follow(re.compile("^Confirm what follows from a gate"))
    approver.told("What your confirmation does", WENT_ON)
    approver.choose("Confirm it")
    approver.fill({"Reason for your decision": "I read the report."})
    approver.press("Record your decision")
    approver.told("Confirmed. The supplier is told.")


def show(play: Play, day: date) -> None:
    """The lead announces the demo day, and everybody reads when and where it is."""
    lead = play.at_work("Lena Lead")
    lead.go(f"{play.hub}/delivery")
    lead.follow("Announce a demo day")
    lead.press("Announce it", status=422)
    lead.fill({"Title": "See the lanterns", "What is it about?": "Try them at a stop."})
    _fill_day(lead, "When does it begin?", day)
    lead.fill({"Hour": "14", "Minute": "00"}, group="When does it begin?")
    lead.fill({"Place": "Example Hall, 1 Fictional Street"})
    lead.press("Announce it")
    visitor = play.come("Vera Visitor")
    visitor.go(f"/challenges/{play.reference}")
    visitor.told("See the lanterns", "Example Hall, 1 Fictional Street")


def _fill_day(person: Person, group: str, day: date) -> None:
    parts = {"Day": str(day.day), "Month": str(day.month), "Year": str(day.year)}
    person.fill(parts, group=group)


def name_of(supplier: str) -> str:
    """Give who acts for a supplier."""
    return f"{supplier.split(maxsplit=1)[0]} Supplier"
