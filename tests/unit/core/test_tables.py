"""Tables whose rows stand as cards on a narrow screen."""

from marketplace.core.tables import stacked

TABLE = """<div><table class="govuk-table"><caption>Bids</caption>
<thead><tr><th scope="col">Bid</th><th scope="col">Points<br><span>of “25”</span></th>
<th scope="col">A &lt;b&gt; "c"</th></tr></thead>
<tbody><tr><th scope="row">Acorn</th><td class="n">20.00</td><td>Good &lt;td&gt;.</td></tr>
<tr><th scope="row">Birch</th><td colspan="2">Left out</td></tr></tbody></table></div>"""


def test_each_cell_is_told_what_its_column_is_called() -> None:
    told = str(stacked(TABLE))

    assert '<td class="n" role="cell" data-label="Points of “25”:">20.00</td>' in told
    assert '<td role="cell" data-label="A &lt;b&gt; &#34;c&#34;:">Good &lt;td&gt;.</td>' in told
    assert '<th scope="row" role="rowheader">Acorn</th>' in told


def test_a_cell_across_columns_has_no_name_of_one_of_them() -> None:
    assert '<td colspan="2" role="cell">Left out</td>' in stacked(TABLE)


def test_a_table_stays_a_table_where_its_rows_are_laid_out_as_blocks() -> None:
    told = stacked(TABLE)

    assert '<table class="govuk-table fw-stack" role="table">' in told
    assert '<tbody role="rowgroup">' in told
    assert told.count('role="rowgroup"') == 2
    assert told.count('role="row"') == 3
    assert told.count('role="columnheader"') == 3


def test_two_tables_keep_their_own_columns() -> None:
    other = "<table><thead><tr><th>Day</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    told = stacked(TABLE + other + "<table><tbody><tr><td>bare</td></tr></tbody></table>")

    assert '<td role="cell" data-label="Day:">1</td>' in told
    assert '<table class="fw-stack" role="table">' in told
    assert '<td role="cell">bare</td>' in told


def test_a_title_above_two_columns_names_neither() -> None:
    told = stacked(
        '<table><thead><tr><th>Bid</th><th colspan="2">Points</th><th>Total</th></tr></thead>'
        "<tbody><tr><td>A</td><td>1</td><td>2</td><td>3</td></tr></tbody></table>"
    )

    assert (
        '<td role="cell">1</td><td role="cell">2</td><td role="cell" data-label="Total:">3</td>'
        in told
    )


def test_a_question_that_names_a_column_stays_a_question() -> None:
    asked = (
        "<table><thead><tr><th>Met?</th></tr></thead><tbody><tr><td>Yes</td></tr></tbody></table>"
    )

    assert 'data-label="Met?"' in stacked(asked)
