"""Everybody at every moment of the evaluation, as one readable table.

`pytest tests/unit/panel/test_evaluation_table.py --write-tables` writes the table anew; what
changed in it is then read, line by line, before it is committed.
"""

from pathlib import Path

import pytest

from tests.unit.panel.evaluation import BID, MOMENTS, PANEL, PEOPLE, cell

TABLE = Path(__file__).parents[2] / "golden" / "evaluation.txt"

LEGEND = """\
What each person may do at each moment while bids are judged, as the policies answer.

  yes      allowed           .        not in this role, or not theirs to do
  not now  theirs, and the moment is wrong
  hidden   allowed for other bids; for this one there is no such page: they are recused from it

Where another stage follows, “recommended” is the moment at which it is proposed who goes on.
Whoever belongs to another body finds nothing of any of this (404, see access.txt), and so does a
guest of all but their own panel.
"""


def render() -> str:
    """Write the table: an act in a block, its moments in lines, people in columns."""
    width = max(len(moment.name) for moment in MOMENTS) + 4
    people = "".join(f"{person.name:>11}" for person in PEOPLE)
    lines = [LEGEND, *(f"  {person.name:11}{person.meaning}" for person in PEOPLE)]
    for heading, acts, of_bid in (
        ("THE PANEL AND THE DECISION", PANEL, False),
        ("ONE BID", BID, True),
    ):
        lines += ["", "", heading, f"{'':{width}}{people}".rstrip()]
        for name, act in acts.items():
            lines += ["", name]
            for moment in MOMENTS:
                cells = [cell(act, person, moment, of_bid=of_bid) for person in PEOPLE]
                told = "".join(f"{each:>11}" for each in cells)
                lines.append(f"  {moment.name:{width - 2}}{told}")
    return "\n".join(lines) + "\n"


def test_evaluation_gives_everybody_what_the_table_says(request: pytest.FixtureRequest) -> None:
    found = render()
    if request.config.getoption("--write-tables"):
        TABLE.write_text(found, encoding="utf-8")

    assert found.splitlines() == TABLE.read_text(encoding="utf-8").splitlines()
