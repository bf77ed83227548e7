"""The whole journey without script, from a problem to an award report that anybody can check."""

from collections.abc import Callable
from pathlib import Path

from tests.browser import bidding, deciding, judging, writing
from tests.browser.conftest import Site
from tests.browser.person import Person
from tests.browser.play import Play

# The review of a draft reads the most: its stages, codes, files, team, record and comments.
MOST_STATEMENTS = 20
# Every room tells there what waits for a person, and none asks more for more of it.
MOST_OF_A_BOARD = 28
# A form that is refused: the attempt, perhaps its entry in the log, and the page again.
MOST_IN_REFUSAL = 2 * MOST_STATEMENTS


def test_challenge_goes_from_problem_to_checked_award_without_script(
    site: Site, person: Callable[..., Person], tmp_path: Path
) -> None:
    play = Play(site, person)
    play.seed()
    play.at(1, 10)
    writing.write(play)
    writing.approve_and_publish(play)
    writing.prepare_to_open(play)
    writing.find(play)

    play.at(3, 19)
    founder = bidding.register(play)
    bidding.bid(play, founder)
    bidding.replace(play, founder)
    bidding.others_bid(play)
    bidding.too_late(play)

    play.at(15, 12, 30)
    judging.open_bids(play)
    judging.name_panel(play)
    play.at(16, 9)
    judging.prepare(play)
    play.at(17, 9)
    judging.score_alone(play)
    play.at(18, 9)
    judging.moderate(play)

    shown = deciding.decide(play)
    deciding.announce(play)
    play.at(21, 9)
    deciding.verify_supplier(play)
    deciding.record_contract(play)
    deciding.check(play, shown, tmp_path)
    deciding.read_report(play)

    slow = [
        (method, path, count) for method, path, count in site.pages if count > _most(method, path)
    ]
    assert slow == [], slow


def _most(method: str, path: str) -> int:
    if method != "GET":
        return MOST_IN_REFUSAL
    return MOST_OF_A_BOARD if path == "/work" else MOST_STATEMENTS
