"""A page that is read changes nothing, except where the reading itself is what is recorded."""

from tests.integration.whole.conftest import Crawl

# The log entry that a GET may append, with its reason. Each comes with the row of the log's head.
RECORDED = {
    # A body's people and the panel read what a bidder wrote: each reading is on record.
    "opening.bid": "bid.read",
    "opening.decide": "bid.read",
    "panel.question": "bid.read",
    "panel.correct": "bid.read",
    "panel.cell": "bid.read",
    # Restricted evidence leaves the service.
    "awards.report_full": "report.downloaded",
    "awards.evaluation": "evaluation.downloaded",
}


def test_get_by_anybody_writes_nothing_but_recorded_readings(crawl: Crawl) -> None:
    unexpected = [
        f"{row.endpoint} ({row.thing}) as {actor}: {written.table} {written.action}"
        for (row, actor), seen in crawl.seen.items()
        if row.method == "GET"
        for written in seen.written
        if written.table != "log_head"
        and (written.table, written.action) != ("log_entry", RECORDED.get(row.endpoint))
    ]

    assert unexpected == []


def test_get_that_is_refused_records_no_reading(crawl: Crawl) -> None:
    recorded = [
        f"{row.endpoint} ({row.thing}) as {actor}: {seen.status}"
        for (row, actor), seen in crawl.seen.items()
        if row.method == "GET" and seen.written and seen.status >= 300
    ]

    assert recorded == []


def test_get_of_what_bidders_wrote_is_recorded_each_time(crawl: Crawl) -> None:
    served = {
        (row.endpoint, row.thing, actor): [written.action for written in seen.written]
        for (row, actor), seen in crawl.seen.items()
        if row.method == "GET" and row.endpoint in RECORDED and seen.status == 200
    }

    assert {endpoint for endpoint, _thing, _actor in served} == set(RECORDED)
    for (endpoint, thing, actor), actions in served.items():
        assert RECORDED[endpoint] in actions, (endpoint, thing, actor)
