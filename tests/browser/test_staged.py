"""A staged challenge without script, from the first sift to the agreement after the demo day."""

from collections.abc import Callable
from datetime import date

from tests.browser import hearing, staging, working
from tests.browser.conftest import Site
from tests.browser.person import Person
from tests.browser.play import OWN, RIVAL, THIRD, Play

# A contract at work is read with its changes, what courts ordered, milestones, reports, payments
# and gates, for each page that tells of it, a person's own work and the published challenge among
# them.
MOST_STATEMENTS = 34
MOST_IN_REFUSAL = 2 * MOST_STATEMENTS
EXPLORING = date(2027, 1, 4), date(2027, 1, 22)
BUILDING = date(2027, 2, 22), date(2027, 6, 4)
AGREED = date(2027, 7, 1), date(2028, 6, 30)


def test_staged_challenge_is_sifted_heard_built_shown_and_agreed_without_script(
    site: Site, person: Callable[..., Person]
) -> None:
    play = Play(site, person)
    play.seed((OWN, RIVAL, THIRD), troubled="")
    play.at(1, 10)
    staging.publish(play)
    play.at(3, 19)
    staging.apply(play)
    play.at(15, 12, 30)
    staging.judge(play)

    play.at(16, 10)
    hearing.sift(play)
    hearing.hear(play, 2)
    hearing.tell_who_does_not(play)
    hearing.name_panel(play, 2)
    hearing.judge(play, 2)
    hearing.sift(play)
    step = "Record the contracts for the paid work"
    working.record_contract(play, "E-1", "5,000", EXPLORING, step=step, choosing=[OWN])
    working.record_contract(play, "E-2", "5,000", EXPLORING, step=step)
    for supplier in (OWN, RIVAL):
        working.plan(play, supplier, "Exploration", count=1)
    for day, supplier in ((20, OWN), (21, RIVAL)):
        play.at(day, 10, month=1)
        working.deliver(play, supplier, paid="5000")
        working.hold_gate(play, supplier, "Exploration", count=4)

    play.at(25, 10, month=1)
    hearing.hear(play, 4)
    hearing.name_panel(play, 4)
    hearing.judge(play, 4)
    hearing.award(play)
    play.at(15, 10, month=2)
    step = "Record the signed contract"
    working.record_contract(play, "A-1", "30,000", BUILDING, step=step, choosing=["Accelerator"])
    working.plan(play, OWN, "Accelerator", count=3)
    for month in (3, 4, 5):
        play.at(20, 10, month=month)
        working.deliver(play, OWN, paid="10000")
    working.hold_gate(play, OWN, "Accelerator", count=4)
    working.show(play, date(2027, 6, 10))
    play.at(14, 10, month=6)
    working.record_contract(play, "P-1", "105,000", AGREED)

    slow = [
        (method, path, count)
        for method, path, count in site.pages
        if count > (MOST_STATEMENTS if method == "GET" else MOST_IN_REFUSAL)
    ]
    assert slow == [], slow
