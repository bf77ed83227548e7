"""A challenge with two stages as open data knows it: an award, a contract, a question."""

from dataclasses import replace
from datetime import UTC, date, datetime

from marketplace.publishing.ocds import facts
from marketplace.publishing.ocds.release import Publisher

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
BODY = facts.Party("org-body", "Example Council")
FIRM = facts.Party("org-firm", "Example Firm", "small")
PUBLISHER = Publisher("Fairway", "https://market.example", "ocds-abc123")

QUALITY = facts.Criterion("solves", "quality", "Solves the problem", "How?", "62.5", "2")
PRICE = facts.Criterion("price", "price", "Price", "", "37.5")

CONTRACT = facts.Contract(
    id="contract-1",
    award="award-1",
    reference="EC/2026/1",
    title="How can technology help?",
    status="active",
    value=facts.Money(4_999_999, "GBP"),
    signed_at=AT,
    starts_on=date(2026, 4, 1),
    changes=(facts.ContractChange("change-1", AT, "More to do", "Value"),),
    milestones=(facts.Milestone("m1", "First version", "", date(2026, 7, 1), AT, "met"),),
)
FIRST = facts.Stage(
    number=1,
    name="Application",
    says="",
    status="complete",
    begins_at=AT,
    closes_at=AT,
    criteria=(QUALITY, PRICE),
    method="",
    counted=facts.Counted(bids=4, valid=3, of_smes=2, counted_at=AT),
    awards=(facts.Award("award-1", "active", AT, FIRM),),
    contracts=(CONTRACT,),
)
SECOND = replace(
    FIRST, number=2, name="Interview", status="active", counted=None, awards=(), contracts=()
)
CHALLENGE = facts.Challenge(
    reference="CH-7",
    url="https://market.example/challenges/CH-7",
    title="How can technology help?",
    problem="It takes too long.",
    why_now="",
    outcome="It takes less.",
    eligibility="",
    language="en",
    published_at=AT,
    questions_until=AT,
    decision_on=None,
    starts_on=date(2026, 7, 1),
    buyer=BODY,
    sponsors=(),
    round="",
    value=facts.Money(5_000_000, "GBP"),
    later="",
    procurement="open",
    route="Open procedure",
    provision="reg. 28",
    category="services",
    submission="electronicSubmission",
    codes=(("72000000", "IT services"), ("48000000", "Software")),
    documents=(),
    enquiries=(facts.Enquiry("1", "The problem", "Who asks?", AT, "Nobody is told.", AT),),
    changes=(),
    stages=(FIRST, SECOND),
    told_at=AT,
)
