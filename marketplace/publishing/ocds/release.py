"""Writes a release package of the Open Contracting Data Standard from a challenge's facts. Pure.

Source: Open Contracting Data Standard 1.1.5, release and release package schemas; extensions for
bids, enquiries, lots, award criteria and the size of a party.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from marketplace.publishing.ocds.facts import (
    Award,
    Challenge,
    Contract,
    Counted,
    Criterion,
    Enquiry,
    Money,
    Party,
    Stage,
)

VERSION = "1.1"
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
_LONDON = ZoneInfo("Europe/London")
_EXTENSIONS = "https://raw.githubusercontent.com/open-contracting-extensions"
EXTENSIONS = tuple(
    f"{_EXTENSIONS}/{name}/extension.json"
    for name in (
        "ocds_bid_extension/v1.1.5",
        "ocds_enquiry_extension/v1.1.5",
        "ocds_lots_extension/v1.1.5",
        "ocds_awardCriteriaBreakdown_extension/master",
        "ocds_partyDetails_scale_extension/master",
    )
)
# Every challenge is one lot: whoever buys it, buys all of it.
_LOT = "1"
_SCALES = {"micro": "micro", "small": "sme", "medium": "sme", "large": "large"}


@dataclass(frozen=True)
class Publisher:
    """Who publishes: its name, its address, and its prefix of contracting processes."""

    name: str
    url: str
    prefix: str


def package(challenge: Challenge, publisher: Publisher) -> dict[str, Any]:
    """Give the release package of a challenge: one release for each stage that has begun.

    A later stage is a contracting process of its own, which names the one before it as prior.
    """
    return {
        "uri": f"{challenge.url}/ocds.json",
        "version": VERSION,
        "extensions": list(EXTENSIONS),
        "publisher": {"name": publisher.name, "uri": publisher.url},
        "license": LICENCE,
        "publishedDate": _instant(challenge.told_at),
        "releases": [_release(challenge, stage, publisher) for stage in challenge.stages],
    }


def ocid(reference: str, stage: int, prefix: str) -> str:
    """Give the identifier of a stage's contracting process; the first has the challenge's own."""
    return f"{prefix}-{reference}" if stage == 1 else f"{prefix}-{reference}-{stage}"


def _release(challenge: Challenge, stage: Stage, publisher: Publisher) -> dict[str, Any]:
    identity = ocid(challenge.reference, stage.number, publisher.prefix)
    return _full(
        ocid=identity,
        id=f"{identity}-{challenge.told_at:%Y-%m-%dT%H%M%S.%f}Z",
        date=_instant(challenge.told_at),
        language=challenge.language,
        tag=_tags(stage),
        initiationType="tender",
        parties=_parties(challenge, stage),
        buyer=_named(challenge.buyer),
        planning=_planning(challenge) if stage.number == 1 else None,
        tender=_tender(challenge, stage),
        bids=_bids(stage.counted),
        awards=[_award(each) for each in stage.awards],
        contracts=[_contract(each) for each in stage.contracts],
        relatedProcesses=_prior(challenge, stage, publisher),
    )


def _tags(stage: Stage) -> list[str]:
    """Tell what a release tells of: each is a picture of all that is known so far."""
    tags = ["planning", "tender"] if stage.number == 1 else ["tender"]
    if stage.awards:
        tags.append("award")
    if stage.contracts:
        tags.append("contract")
    if any(each.milestones for each in stage.contracts):
        tags.append("implementation")
    return tags


def _prior(challenge: Challenge, stage: Stage, publisher: Publisher) -> list[dict[str, Any]]:
    before = [each for each in challenge.stages if each.number < stage.number]
    if not before:
        return []
    return [
        {
            "id": "1",
            "relationship": ["prior"],
            "title": before[-1].name,
            "scheme": "ocid",
            "identifier": ocid(challenge.reference, before[-1].number, publisher.prefix),
            "uri": f"{challenge.url}/ocds.json",
        }
    ]


def _parties(challenge: Challenge, stage: Stage) -> list[dict[str, Any]]:
    roles: dict[str, tuple[Party, list[str]]] = {}

    def add(party: Party, *held: str) -> None:
        has = roles.setdefault(party.id, (party, []))[1]
        has.extend(role for role in held if role not in has)

    add(challenge.buyer, "buyer", "procuringEntity")
    for each in challenge.sponsors:
        add(each, "funder")
    for award in stage.awards:
        add(award.supplier, "supplier", "tenderer")
    return [
        _full(
            id=party.id,
            name=party.name,
            roles=held,
            details=_full(scale=_SCALES.get(party.scale)) or None,
        )
        for party, held in roles.values()
    ]


def _planning(challenge: Challenge) -> dict[str, Any]:
    budget = _full(
        amount=_value(challenge.value), description=challenge.later, project=challenge.round
    )
    rationale = "\n\n".join(part for part in (challenge.problem, challenge.why_now) if part)
    return _full(rationale=rationale, budget=budget or None)


def _tender(challenge: Challenge, stage: Stage) -> dict[str, Any]:
    first = stage.number == 1
    kinds = {each.kind for each in stage.criteria}
    return _full(
        id=challenge.reference if first else f"{challenge.reference}-{stage.number}",
        title=challenge.title if first else f"{challenge.title} – {stage.name}",
        description=challenge.outcome if first else stage.says,
        status=stage.status,
        procuringEntity=_named(challenge.buyer),
        items=_items(challenge.codes),
        lots=[_lot(stage)],
        value=_value(challenge.value) if first else None,
        procurementMethod=challenge.procurement if first else "selective",
        procurementMethodDetails=challenge.route,
        procurementMethodRationale=challenge.provision,
        mainProcurementCategory=challenge.category,
        awardCriteria="ratedCriteria" if "price" in kinds else "qualityOnly",
        awardCriteriaDetails=stage.method,
        submissionMethod=[challenge.submission],
        submissionMethodDetails=challenge.url,
        tenderPeriod=_period(stage.begins_at, stage.closes_at),
        enquiryPeriod=_period(challenge.published_at, challenge.questions_until) if first else None,
        hasEnquiries=bool(challenge.enquiries) if first else None,
        eligibilityCriteria=challenge.eligibility if first else None,
        awardPeriod=_period(None, _day(challenge.decision_on)) if first else None,
        contractPeriod=_period(_day(challenge.starts_on), None) if first else None,
        numberOfTenderers=stage.counted.bids if stage.counted else None,
        documents=[_document(each) for each in challenge.documents] if first else None,
        amendments=[
            _full(
                id=str(each.number),
                date=_instant(each.at),
                rationale=each.why,
                description=each.what,
            )
            for each in challenge.changes
        ]
        if first
        else None,
        enquiries=[_enquiry(each) for each in challenge.enquiries] if first else None,
    )


def _items(codes: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    if not codes:
        return []
    main, *others = [{"scheme": "CPV", "id": code, "description": label} for code, label in codes]
    return [
        _full(
            id="1",
            description=main["description"],
            classification=main,
            additionalClassifications=others,
            relatedLot=_LOT,
        )
    ]


def _lot(stage: Stage) -> dict[str, Any]:
    criteria = [_criterion(each) for each in stage.criteria]
    return _full(id=_LOT, title=stage.name, awardCriteria={"criteria": criteria})


def _criterion(criterion: Criterion) -> dict[str, Any]:
    numbers: list[dict[str, Any]] = [
        {"number": _number(criterion.weight), "weight": "percentageExact"}
    ]
    if criterion.min_score:
        numbers.append({"number": _number(criterion.min_score), "threshold": "minimumScore"})
    kind = "price" if criterion.kind == "price" else "quality"
    return _full(type=kind, name=criterion.title, description=criterion.says, numbers=numbers)


def _bids(counted: Counted | None) -> dict[str, Any] | None:
    if counted is None:
        return None
    told = (
        ("1", "bids", counted.bids),
        ("2", "validBids", counted.valid),
        ("3", "smeBids", counted.of_smes),
    )
    return {
        "statistics": [
            {"id": key, "measure": code, "date": _instant(counted.counted_at), "value": value}
            for key, code, value in told
        ]
    }


def _enquiry(enquiry: Enquiry) -> dict[str, Any]:
    return _full(
        id=enquiry.id,
        date=_instant(enquiry.asked_at),
        title=enquiry.topic,
        description=enquiry.question,
        answer=enquiry.answer,
        dateAnswered=_instant(enquiry.answered_at),
    )


def _award(award: Award) -> dict[str, Any]:
    return _full(
        id=award.id,
        status=award.status,
        date=_instant(award.at),
        suppliers=[_named(award.supplier)],
    )


def _contract(contract: Contract) -> dict[str, Any]:
    milestones = [
        _full(
            id=each.id,
            title=each.title,
            type="delivery",
            description=each.says,
            dueDate=_day_text(each.due_on),
            dateMet=_instant(each.met_at) if each.met_at else None,
            status=each.status,
        )
        for each in contract.milestones
    ]
    return _full(
        id=contract.id,
        awardID=contract.award,
        title=contract.title,
        description=contract.reference,
        status=contract.status,
        period=_period(_day(contract.starts_on), _day(contract.ends_on)),
        value=_value(contract.value),
        dateSigned=_instant(contract.signed_at),
        implementation={"milestones": milestones} if milestones else None,
        amendments=[
            _full(id=each.id, date=_instant(each.at), rationale=each.why, description=each.what)
            for each in contract.changes
        ],
    )


def _document(document: Any) -> dict[str, Any]:
    return _full(
        id=document.id,
        documentType=document.kind,
        title=document.title,
        url=document.url,
        datePublished=_instant(document.published_at) if document.published_at else None,
        format=document.media_type,
        language="en",
    )


def _named(party: Party) -> dict[str, str]:
    return {"id": party.id, "name": party.name}


def _value(money: Money | None) -> dict[str, Any] | None:
    """Write an amount as a number. Two decimal places are exact as text below 2**46 pounds."""
    if money is None:
        return None
    whole, rest = divmod(money.minor, 100)
    return {"amount": whole if rest == 0 else money.minor / 100, "currency": money.currency}


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value


def _period(starts: datetime | None, ends: datetime | None) -> dict[str, Any] | None:
    found = _full(
        startDate=_instant(starts) if starts else None, endDate=_instant(ends) if ends else None
    )
    return found or None


def _instant(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(day: date | None) -> datetime | None:
    """Give midnight of a day where the buyer is: the standard knows no days without a time."""
    if day is None:
        return None
    return datetime.combine(day, time(), _LONDON).astimezone(ZoneInfo("UTC"))


def _day_text(day: date | None) -> str | None:
    at = _day(day)
    return _instant(at) if at else None


def _full(**fields: Any) -> dict[str, Any]:
    """Leave out what is not known: the standard has no empty fields."""
    return {key: value for key, value in fields.items() if not _empty(value)}


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, list, dict)) and not value)
