"""A page that is read changes nothing, except where the reading itself is what is recorded."""

from tests.integration.whole.conftest import Crawl
from tests.integration.whole.world import Seen

# The log entry that a GET may append, with its reason. Each comes with the row of the log's head.
RECORDED = {
    # A body's people and the panel read what a bidder wrote: each reading is on record.
    "elsewhere.check": "bringing.read",
    "opening.bid": "bid.read",
    "opening.decide": "bid.read",
    "bid_queries.show": "bid.read",
    "bid_queries.ask": "bid.read",
    "bid_queries.extend": "bid.read",
    "bid_queries.withdraw": "bid.read",
    "bid_queries.decide": "bid.read",
    "panel.question": "bid.read",
    "panel.bid": "bid.read",
    "panel.correct": "bid.read",
    "panel.cell": "bid.read",
    "panel_sheets.take": "bid.read",
    # What bidders asked for so that they can take part.
    "interviews.offer": "bid.read",
    "panel_masking.masks": "bid.read",
    "panel_observing.record": "panel.read",
    "panel.moderation": "panel.read",
    "award.trace": "bid.read",
    "award.result": "result.read",
    "delivery.index": "delivery.read",
    "delivery.show": "delivery.read",
    # Restricted evidence leaves the service.
    "awards.report_full": "report.downloaded",
    "auditing.report": "report.downloaded",
    "awards.debrief": "report.downloaded",
    "awards.debrief_page": "report.downloaded",
    "awards.scores_full": "report.downloaded",
    "awards.evaluation": "evaluation.downloaded",
    # What came of a check of it is told to an auditor.
    "auditing.check": "report.checked",
    "timeline.download": "log.downloaded",
    # An auditor looks at all purchases at once; lists of them leave the service.
    "records.purchases": "purchases.read",
    "records.download": "purchases.exported",
}
# Of these the first reading alone: it is the proof of when a bidder knew, kept with the letter.
ONCE = {"own_letters.show", "own_letters.file"}
# There most people work with the page; recorded is who audits, and who observes, whom this world
# has not.
RECORDED_OF = {
    "award.result": {"auditor"},
    "delivery.index": {"auditor"},
    "delivery.show": {"auditor"},
    "records.purchases": {"auditor"},
    "panel.moderation": set[str](),
}
# Nor is an attempt to read bids that is refused left without a trace.
REFUSED = "bid.read_refused"
# What comes with every entry.
WITH_AN_ENTRY = {"log_head", "log_detail", "log_node", "job"}
FIRST = {("letter", ""), ("log_entry", "letter.read")}


def is_attempt(seen: Seen) -> bool:
    """Tell whether a request came to a refusal, and to the record of it."""
    return seen.status in (403, 404, 409) and REFUSED in {w.action for w in seen.written}


def test_get_by_anybody_writes_nothing_but_recorded_readings(crawl: Crawl) -> None:
    unexpected = [
        f"{row.endpoint} ({row.thing}) as {actor}: {written.table} {written.action}"
        for (row, actor), seen in crawl.seen.items()
        if row.method == "GET"
        for written in seen.written
        if written.table not in WITH_AN_ENTRY
        and not (is_attempt(seen) and written.action == REFUSED)
        and not (row.endpoint in ONCE and (written.table, written.action) in FIRST)
        and (written.table, written.action) != ("log_entry", RECORDED.get(row.endpoint))
    ]

    assert unexpected == []


def test_get_that_is_refused_records_no_reading(crawl: Crawl) -> None:
    recorded = [
        f"{row.endpoint} ({row.thing}) as {actor}: {seen.status}"
        for (row, actor), seen in crawl.seen.items()
        if row.method == "GET" and seen.written and seen.status >= 300 and not is_attempt(seen)
    ]

    assert recorded == []


def test_get_of_bids_that_is_refused_leaves_a_trace_somewhere(crawl: Crawl) -> None:
    attempts = {
        (row.endpoint, actor)
        for (row, actor), seen in crawl.seen.items()
        if row.method == "GET" and is_attempt(seen)
    }

    assert {"rival", "officer", "officer@2", "platform"} <= {actor for _endpoint, actor in attempts}
    assert {"opening.bid", "panel.question", "bids.task_list"} <= {e for e, _actor in attempts}


def test_get_of_what_bidders_wrote_is_recorded_each_time(crawl: Crawl) -> None:
    served = {
        (row.endpoint, row.thing, actor): [written.action for written in seen.written]
        for (row, actor), seen in crawl.seen.items()
        if row.method == "GET" and row.endpoint in RECORDED and seen.status == 200
    }

    # No panel of this world judges without names, so nothing is masked in it.
    assert {endpoint for endpoint, _thing, _actor in served} == set(RECORDED) - {
        "panel_masking.masks"
    }
    for (endpoint, thing, actor), actions in served.items():
        if actor in RECORDED_OF.get(endpoint, {actor}):
            assert RECORDED[endpoint] in actions, (endpoint, thing, actor)
