"""Who gets what: every route, method and thing for every kind of person, as one readable table.

`pytest tests/integration/whole/test_access_table.py --write-tables` writes the table anew; what
changed in it is then read, line by line, before it is committed.
"""

from pathlib import Path

import pytest

from tests.integration.whole.conftest import Crawl
from tests.integration.whole.world import ACTORS

TABLE = Path(__file__).parents[2] / "golden" / "access.txt"

LEGEND = """\
What each route answers to whom. Things are challenges by their state (and the bid of `supplier`
in them), or organisations. Forms are sent empty, with a good token.

  200  the page            303  done, see the next page     302  sent elsewhere
  400  malformed           403  not in this role            404  no such thing for this person
  409  not at this moment  422  the form is wrong           415  not this kind of content
  sign-in  sent to the sign-in page

  supplier, contrib   administrator and contributor of the supplier whose bid it is
  rival               administrator of another supplier, who bids for the same challenges
  lead to auditor     people of the body whose challenge it is; evaluator and chair sit on its panel
  facilit, platform   facilitator and administrator of the service
  officer@2           procurement officer of another body; auditor@2 its auditor
"""


def render(crawl: Crawl) -> str:
    """Write the crawl as the table."""
    width = max(len(row.path) for row in crawl.rows) + 1
    head = f"{'':5}{'':{width}}{'':12}" + "".join(f"{name:>10}" for name in ACTORS)
    lines = [LEGEND, head.rstrip()]
    for row in crawl.rows:
        cells = "".join(f"{crawl.seen[row, actor].cell:>10}" for actor in ACTORS)
        lines.append(f"{row.method:5}{row.path:{width}}{row.thing:12}{cells}")
    return "\n".join(lines) + "\n"


def test_access_of_everybody_to_everything_is_as_the_table_says(
    crawl: Crawl, request: pytest.FixtureRequest
) -> None:
    found = render(crawl)
    if request.config.getoption("--write-tables"):
        TABLE.write_text(found, encoding="utf-8")

    assert found.splitlines() == TABLE.read_text(encoding="utf-8").splitlines()


def test_access_never_ends_in_a_fault_of_the_service(crawl: Crawl) -> None:
    broken = [
        f"{row.method} {row.path} ({row.thing}) as {actor}: {seen.status}"
        for (row, actor), seen in crawl.seen.items()
        if seen.status >= 500
    ]

    assert broken == []
