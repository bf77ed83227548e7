"""What a challenge says in each field of its notices: plain text, to be pasted. Pure.

Which fields a notice has, and in which order, is data of the regime.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from challenges.asking.policy import asking_ends
from challenges.drafting.kinds import Topic
from challenges.law import route_names
from challenges.notices import codes
from challenges.notices.kinds import NoticeKind
from challenges.notices.rules import holding
from challenges.plan import PRICE, plain
from challenges.words import SECTOR_WORDS
from marketplace.core.regimes.book import LONDON
from marketplace.core.regimes.notice_forms import NoticeForm

if TYPE_CHECKING:
    from challenges.models import Challenge, Stage

# Where the service's form shows no more; the rest of a text stays on the page that it links to.
DESCRIPTION_MOST = 4_000

_ONLY_ELECTRONIC = "Bids are given electronically only, at the address above, and are sealed."


@dataclass(frozen=True)
class Place:
    """A statistical region, by its ITL code and its NUTS code."""

    itl: str
    nuts: str
    name: str

    def __str__(self) -> str:
        return f"{self.itl} (NUTS {self.nuts}) {self.name}"


@dataclass(frozen=True)
class Filled:
    """One field of a notice with its text; `text` is empty where the challenge does not say it."""

    section: str
    label: str
    text: str
    note: str


@dataclass(frozen=True)
class Surroundings:
    """What a notice says that a challenge does not hold itself.

    `link` is the address of its public page, `buyer_type` the body's type in words, `review_body`
    who hears complaints under the law that holds.
    """

    link: str
    buyer_type: str
    contact_name: str
    contact_email: str
    gpa: bool
    review_body: str


def filled(form: NoticeForm, answers: Mapping[str, str]) -> list[Filled]:
    """Fill in a notice's fields, in the form's order.

    Raises:
        KeyError: the form asks for something that nobody here can answer.
    """
    return [
        Filled(field.section, field.label, answers[field.answer], field.note)
        for field in form.fields
    ]


def as_text(heading: str, fields: Sequence[Filled]) -> str:
    """Write a filled notice as plain text, to be kept or sent."""
    parts = [f"{each.section}  {each.label}\n{each.text or '-'}" for each in fields]
    return "\n\n".join([heading, *parts]) + "\n"


def challenge_answers(challenge: "Challenge", around: Surroundings) -> dict[str, str]:
    """Give the answers that a challenge itself holds, by their names."""
    stage = challenge.stage
    records = holding(challenge.notices)
    bid_at = challenge.elsewhere_link if challenge.bids_elsewhere else around.link
    return {
        "additional_codes": "\n".join(_codes(challenge, main=False)),
        "award_notice": _reference(records.get((NoticeKind.AWARD, 1))),
        "buyer_name": challenge.buyer.name,
        "buyer_type": around.buyer_type,
        "closes_at": instant(stage.closes_at),
        "conditions": _conditions(challenge),
        "contact": f"{around.contact_name}, {around.contact_email}",
        "contract_notice": _reference(records.get((NoticeKind.CONTRACT, 1))),
        "contract_type": "Services",
        "criteria": "\n".join(
            f"{'Price' if each.kind == PRICE else 'Quality criterion'}: {each.title}, "
            f"weighting {plain(each.weight)}"
            for each in stage.criteria
        ),
        "description": _description(challenge),
        "duration": _duration(challenge),
        "gpa": "Yes" if around.gpa else "No",
        "how_to_bid": f"{bid_at}\n{_ONLY_ELECTRONIC}",
        "language": "English",
        "link": around.link,
        "lots": _lots(challenge),
        "main_code": "\n".join(_codes(challenge, main=True)),
        "opening": _opening(stage, here=not challenge.bids_elsewhere),
        "options": _options(challenge),
        "places": "\n".join(str(place) for place in places_of(challenge.region)),
        "procedure": route_names(challenge.buyer.regime).get(challenge.legal_route or "", ""),
        "questions_until": "\n".join(
            filter(
                None,
                (
                    instant(asking_ends(challenge)),
                    f"Questions are asked and answered at {bid_at}",
                ),
            )
        ),
        "reference": challenge.reference,
        "review_body": around.review_body,
        "sector": SECTOR_WORDS.get(challenge.sector or "", challenge.sector or ""),
        "summary": challenge.summary,
        "title": challenge.title,
        "value": amount(challenge.value_minor),
        "variants": "No: bidders choose freely how to solve the problem.",
    }


def amount(minor: int | None) -> str:
    """Write an amount of minor units as a form takes it: 250000.00."""
    return "" if minor is None else f"{Decimal(minor).scaleb(-2):.2f}"


def instant(when: datetime | None) -> str:
    """Write an instant as a form takes it, in London's time: 08/12/2026 12:00."""
    return "" if when is None else f"{when.astimezone(LONDON):%d/%m/%Y %H:%M}"


def day(when: date | None) -> str:
    """Write a day as a form takes it: 08/12/2026."""
    return "" if when is None else f"{when:%d/%m/%Y}"


def places_of(region: str | None) -> Sequence[Place]:
    """Give the places of a region; none for a region that has no codes here."""
    return _places().get(region or "", ())


def unmarked(text: str) -> str:
    """Take the marks of light Markdown out of a text, and keep its lines."""
    lines = [re.sub(r"^\s*(#{1,6}\s+|>\s?)", "", line) for line in text.splitlines()]
    plain_text = "\n".join(re.sub(r"^\s*[*+-]\s+", "- ", line) for line in lines)
    plain_text = re.sub(r"\[([^\]\n]*)\]\(([^)\s]*)\)", r"\1 (\2)", plain_text)
    return re.sub(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1", r"\2", plain_text).strip()


def _codes(challenge: "Challenge", *, main: bool) -> list[str]:
    chosen = [codes.find(each.code) for each in challenge.codes if each.main is main]
    return [f"{code.full} {code.label}" for code in chosen if code is not None]


def _reference(record: object) -> str:
    return "" if record is None else str(getattr(record, "reference", ""))


def _description(challenge: "Challenge") -> str:
    parts = [
        ("The problem", challenge.problem),
        ("Who it affects", challenge.affected),
        ("The outcome wanted", challenge.outcome),
        ("How success is measured", challenge.measures),
        ("What every answer must respect", challenge.constraints),
    ]
    text = "\n\n".join(f"{heading}\n{unmarked(words)}" for heading, words in parts if words)
    if len(text) <= DESCRIPTION_MOST:
        return text
    return text[: DESCRIPTION_MOST - 1].rsplit(" ", 1)[0] + "…"


def _conditions(challenge: "Challenge") -> str:
    asked = [
        "Bidders declare that no ground of exclusion applies to them. The preferred bidder gives "
        "the evidence."
    ]
    if challenge.required_turnover_minor:
        asked.append(f"Yearly turnover: at least {amount(challenge.required_turnover_minor)} GBP")
    if challenge.required_insurance_minor:
        asked.append(f"Insurance: at least {amount(challenge.required_insurance_minor)} GBP")
    if challenge.requirements:
        asked.append(unmarked(challenge.requirements))
    return "\n".join(asked)


def _duration(challenge: "Challenge") -> str:
    lengths = [
        f"{stage.name}: {stage.lasts} {str(stage.lasts_in).removesuffix('s' * (stage.lasts == 1))}"
        for stage in challenge.stages
        if stage.lasts
    ]
    if challenge.starts_on:
        lengths.append(f"Planned to begin: {day(challenge.starts_on)}")
    return "\n".join(lengths)


def _lots(challenge: "Challenge") -> str:
    """Give what the body recorded on lots; without a record, what is so of every challenge."""
    recorded = (each.text for each in challenge.record if each.topic is Topic.LOTS)
    return next(recorded, "No: the challenge is one problem, and each bid answers all of it.")


def _opening(stage: "Stage", *, here: bool) -> str:
    if stage.closes_at is None:
        return ""
    if not here:
        return f"{instant(stage.closes_at)}, or later."
    return f"{instant(stage.closes_at)}, or later. Two named officers open all bids together."


def _options(challenge: "Challenge") -> str:
    options = [
        f"{stage.name}: {amount(stage.options_minor)} GBP"
        for stage in challenge.stages
        if stage.options_minor
    ]
    later = challenge.later
    if later is not None and later.value_minor:
        options.append(f"Later purchases: {amount(later.value_minor)} GBP")
    return "\n".join(options) or "No"


@cache
def _places() -> Mapping[str, tuple[Place, ...]]:
    file = resources.files("challenges.notices") / "places.toml"
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    return {region: tuple(Place(**place) for place in places) for region, places in found.items()}
