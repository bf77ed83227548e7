"""Writes what a letter says, out of what the panel wrote: no text is typed but additions.

Each part of it answers something that the rules ask a letter to tell; what nothing
answers is named.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _

from marketplace.core.dates import format_date, format_instant
from marketplace.core.papers import Block, Heading, Letterhead, Paper, Paragraph, Table
from marketplace.core.printing import signed
from marketplace.core.regimes.shapes import LetterItem, LetterKind, Told
from marketplace.core.regimes.working_days import LONDON
from scoring.award.announcing import outcome_words
from scoring.award.letters.lifecycle import Hidden, hide
from scoring.explanation.shortfalls import in_words

Facts = Mapping[str, Any]
# By bid what is left out of its reasons; under None of why the decision was made.
HiddenWords = Mapping[str | None, Sequence[Hidden]]


@dataclass(frozen=True)
class Around:
    """What a letter says besides its facts: its date, when the standstill ends (None: there is
    none), what the rules ask it to tell, until when a bidder may ask for more in days (0: no limit)
    and within how many days it is answered."""

    date: datetime
    ends: datetime | None
    told: Sequence[Told]
    head: Letterhead
    ask_within_days: int = 0
    answer_within_days: int = 0
    has_account: bool = True


@dataclass
class _Writing:
    facts: Facts
    around: Around
    hidden: HiddenWords
    blocks: list[Block] = field(default_factory=list)
    answers: set[LetterItem] = field(default_factory=set)

    def say(self, *texts: str, answers: Iterable[LetterItem] = ()) -> None:
        written = [Paragraph(text) for text in texts if text.strip()]
        self.blocks.extend(written)
        if written:
            self.answers.update(answers)

    def asks(self, item: LetterItem) -> bool:
        return any(told.item is item for told in self.around.told)

    def shown(self, text: str, bid: str | None) -> str:
        return hide(text, self.hidden.get(bid, ()), withheld_mark())


@dataclass(frozen=True)
class Written:
    """A letter, and of what the rules ask it to tell what it answers, and what not."""

    paper: Paper
    answered: Sequence[Told]
    missing: Sequence[Told]


def withheld_mark() -> str:
    """Give what stands in the place of words that are left out; `{ground}` is filled in."""
    return str(_("[withheld: {ground}]"))


def compose(
    kind: LetterKind,
    facts: Facts,
    around: Around,
    hidden: HiddenWords,
    additions: Sequence[str] = (),
) -> Written:
    """Write a letter of one kind."""
    writing = _Writing(facts, around, hidden)
    writing.say(_("Dear %(supplier)s", supplier=facts["supplier"]))
    _tell_outcome(writing, kind)
    if kind is LetterKind.NOT_ELIGIBLE:
        _tell_why_excluded(writing)
    elif kind is LetterKind.FURTHER_INFORMATION:
        _tell_further(writing)
    else:
        _tell_why(writing)
        _tell_scores(writing)
        _tell_reasons(writing)
        if writing.asks(LetterItem.RELATIVE_ADVANTAGES):
            _tell_advantages(writing)
    if any(text.strip() for text in additions):
        writing.blocks.append(Heading(_("What we want to add")))
        writing.say(*additions)
    if around.ends is not None and kind is not LetterKind.FURTHER_INFORMATION:
        _tell_standstill(writing, around.ends)
    if kind is not LetterKind.FURTHER_INFORMATION:
        _tell_how_to_ask(writing)
    head = around.head
    told = list(around.told)
    # Where no standstill runs there is none to tell of.
    if around.ends is None:
        told = [each for each in told if each.item is not LetterItem.STANDSTILL]
    reference = f"{head.reference_prefix}{facts['reference']}"
    paper = Paper(
        title=_title(kind, facts),
        opening=(
            format_date(around.date.astimezone(LONDON).date()),
            _("Our reference: %(reference)s", reference=reference),
            _("To: %(supplier)s (bid %(bid)s)", supplier=facts["supplier"], bid=facts["bid"]),
        ),
        blocks=tuple(writing.blocks),
        closing=signed(head),
        letterhead=head,
    )
    return Written(
        paper,
        [each for each in told if each.item in writing.answers],
        [each for each in told if each.item not in writing.answers],
    )


def _title(kind: LetterKind, facts: Facts) -> str:
    title = facts["title"]
    match kind:
        case LetterKind.NOT_SHORTLISTED:
            said = _("Your bid does not go on: %(title)s", title=title)
        case LetterKind.FURTHER_INFORMATION:
            said = _("Further information about your bid: %(title)s", title=title)
        case LetterKind.NOT_ELIGIBLE if facts["about"] == "sift":
            said = _("Your bid does not go on: %(title)s", title=title)
        case _other:
            said = _("Intention to award: %(title)s", title=title)
    return str(said)


def _tell_outcome(writing: _Writing, kind: LetterKind) -> None:
    facts = writing.facts
    if kind is LetterKind.FURTHER_INFORMATION:
        writing.say(
            _(
                "You asked us on %(day)s for further information about the decision on your bid.",
                day=facts["asked_on"],
            ),
            _("You asked: %(words)s", words=facts["asked"]) if facts.get("asked") else "",
        )
    if facts["about"] == "sift":
        names = ", ".join(facts["going_on"])
        writing.say(
            _(
                "Your bid does not go on from stage %(number)d, “%(name)s”.",
                number=facts["number"],
                name=facts["stage"],
            )
        )
        writing.say(
            _(
                "To the next stage, “%(next)s”, go on: %(names)s.",
                next=facts["next_stage"],
                names=names,
            ),
            answers=[LetterItem.NAMES_GOING_ON, LetterItem.SUCCESSFUL_NAME],
        )
    else:
        others = [each["name"] for each in _others(facts)]
        writing.say(
            outcome_words(others, own=_is_preferred(facts)),
            answers=[LetterItem.SUCCESSFUL_NAME],
        )
    own = facts["own"]
    if own is None:
        writing.say(_("You were invited to this stage and did not answer it."))
    elif own.get("rank") and not _is_preferred(facts):
        writing.say(_("Your bid was ranked %(rank)s.", rank=own["rank"]))
    elif own["outcome"] == "below_minimum":
        titles = {criterion["id"]: criterion["title"] for criterion in facts["criteria"]}
        reasons = "; ".join(in_words(own.get("reasons") or (), titles))
        shown = writing.shown(reasons, facts["bid"])
        writing.say(f"{_('Your bid was below a minimum.')} {shown}".strip())


def _tell_why_excluded(writing: _Writing) -> None:
    own = writing.facts["own"]
    if own is None:
        return
    said = {
        "ineligible": _("Your bid did not meet the requirements."),
        "excluded": _("Your bid was excluded."),
        "withdrawn": _("Your bid was withdrawn."),
    }[own["outcome"]]
    reasons = writing.shown("; ".join(own.get("reasons") or ()), writing.facts["bid"])
    writing.blocks.append(Heading(_("Why your bid was not judged")))
    writing.say(f"{said} {reasons}".strip(), answers=[LetterItem.WHY_EXCLUDED])


def _tell_why(writing: _Writing) -> None:
    facts = writing.facts
    if facts.get("tie"):
        writing.blocks.append(Heading(_("Your bid tied for the last place")))
        writing.say(
            _(
                "Nothing in the published plan parted these bids, so the panel decided, with this "
                "reason:"
            ),
            writing.shown(facts["tie"], None),
        )
    if facts["about"] == "sift":
        heading = _("Why these bids went on")
    elif len(facts["preferred"]) > 1:
        heading = _("Why the panel recommended those bids")
    elif _is_preferred(facts):
        heading = _("Why the panel recommended your bid")
    else:
        heading = _("Why the panel recommended that bid")
    writing.blocks.append(Heading(heading))
    writing.say(
        writing.shown(facts["why"], None),
        answers=[LetterItem.RELATIVE_ADVANTAGES],
    )


def _tell_scores(writing: _Writing) -> None:
    facts, own = writing.facts, writing.facts["own"]
    others = _others(facts)
    if own is None:
        return
    rows = [
        (
            criterion["title"],
            str(criterion["weight"]),
            _points(own, criterion),
            *(_points(each["row"], criterion) for each in others),
        )
        for criterion in facts["criteria"]
    ]
    rows.append((_("Total"), "", _total(own), *(_total(each["row"]) for each in others)))
    if facts.get("ranked_by"):
        rows.append(
            (
                _(facts["ranked_by"]),
                "",
                _ranking(own),
                *(_ranking(each["row"]) for each in others),
            )
        )
    writing.blocks.append(Heading(_("Your scores and the reasons for them")))
    writing.blocks.append(
        Table(
            _("Points by criterion"),
            (_("Criterion"), _("Weight"), _("Your points"), *(each["name"] for each in others)),
            tuple(rows),
            numeric=tuple(range(1, 3 + len(others))),
        )
    )
    writing.answers.update((LetterItem.CRITERIA, LetterItem.OWN_SCORES))
    if others or _is_preferred(facts):
        writing.answers.add(LetterItem.SUCCESSFUL_SCORES)


def _tell_reasons(writing: _Writing) -> None:
    """Give the panel's reasons by criterion: all of them, or the item is not answered."""
    facts = writing.facts
    whole = facts["own"] is not None
    for criterion in facts["criteria"]:
        reasons = facts["reasons"].get(criterion["id"], ())
        match criterion["kind"]:
            case "price":
                said: Sequence[str] = (_("By the published formula"),)
            case "carried":
                said = (_("What your bid reached in an earlier stage"),)
            case _kind:
                said = [writing.shown(each, facts["bid"]) for each in reasons]
                whole = whole and any(each.strip() for each in reasons)
        if said:
            writing.blocks.append(Heading(criterion["title"], level=2))
            writing.say(*said)
    own = facts["own"] or {}
    # Of a bid that was not scored to the end, why is told above.
    if whole or own.get("reasons"):
        writing.answers.add(LetterItem.OWN_REASONS)


def _tell_advantages(writing: _Writing) -> None:
    """Tell in which criteria a preferred bid has more points, with what the panel wrote of it."""
    facts, own = writing.facts, writing.facts["own"]
    for each in _others(facts):
        better = [
            criterion
            for criterion in facts["criteria"]
            if criterion["kind"] not in ("price", "carried")
            and own is not None
            and _exact(each["row"], criterion) > _exact(own, criterion)
        ]
        told = [
            (criterion, "\n".join(each["reasons"].get(criterion["id"], ()))) for criterion in better
        ]
        said = [
            (criterion, writing.shown(words, each["bid"]))
            for criterion, words in told
            if words.strip()
        ]
        if said:
            writing.blocks.append(
                Heading(_("Where the bid of %(name)s did better", name=each["name"]))
            )
        for criterion, words in said:
            writing.blocks.append(Heading(criterion["title"], level=2))
            writing.say(words, answers=[LetterItem.RELATIVE_ADVANTAGES])


def _tell_further(writing: _Writing) -> None:
    facts = writing.facts
    if facts["own"] is not None and not (facts["own"].get("criteria") or {}):
        _tell_why_excluded(writing)
        if facts["own"].get("reasons"):
            writing.answers.add(LetterItem.OWN_REASONS)
        return
    if _is_preferred(facts):
        _tell_scores(writing)
        _tell_reasons(writing)
        _tell_improvements(writing)
        return
    _tell_why(writing)
    _tell_scores(writing)
    _tell_reasons(writing)
    _tell_advantages(writing)


def _tell_improvements(writing: _Writing) -> None:
    """Tell in which criteria the chosen bid did not get all points, with what the panel wrote."""
    facts = writing.facts
    short = [
        criterion["title"]
        for criterion in facts["criteria"]
        if criterion["kind"] not in ("price", "carried")
        and facts["own"] is not None
        and _exact(facts["own"], criterion) < _number(criterion["weight"])
        and facts["reasons"].get(criterion["id"])
    ]
    writing.blocks.append(Heading(_("What your bid could have done better")))
    writing.say(
        _(
            "Your bid did not get all points for these criteria; the reasons above say why: "
            "%(criteria)s.",
            criteria=", ".join(short),
        )
        if short
        else _("Your bid got all points for everything that the panel scored."),
        answers=[LetterItem.IMPROVEMENTS],
    )


def _tell_standstill(writing: _Writing, ends: datetime) -> None:
    writing.blocks.append(Heading(_("The standstill")))
    writing.say(
        _("No contract is signed before %(instant)s.", instant=format_instant(ends)),
        _(
            "Until then you can ask us about this decision, complain to us, or go to court. If "
            "proceedings are served on us before then, no contract is signed before they are "
            "decided or the court allows it."
        ),
        answers=[LetterItem.STANDSTILL],
    )


def _tell_how_to_ask(writing: _Writing) -> None:
    around = writing.around
    writing.blocks.append(Heading(_("If you want to know more")))
    how = (
        _(
            "Sign in, open bid %(bid)s, and ask for further information with one click.",
            bid=writing.facts["bid"],
        )
        if around.has_account
        else _(
            "Write to us and ask for further information about bid %(bid)s.",
            bid=writing.facts["bid"],
        )
    )
    within = (
        _("You can ask for %(days)d days from the day of this letter.", days=around.ask_within_days)
        if around.ask_within_days
        else ""
    )
    answered = (
        _("We answer within %(days)d days of your asking.", days=around.answer_within_days)
        if around.answer_within_days
        else ""
    )
    writing.say(
        " ".join(filter(None, (how, within, answered))), answers=[LetterItem.FURTHER_INFORMATION]
    )


def _is_preferred(facts: Facts) -> bool:
    return any(each["bid"] == facts["bid"] for each in facts["preferred"])


def _others(facts: Facts) -> list[Mapping[str, Any]]:
    return [each for each in facts["preferred"] if each["bid"] != facts["bid"]]


def _points(row: Mapping[str, Any], criterion: Mapping[str, Any]) -> str:
    return str((row.get("criteria") or {}).get(criterion["id"], {}).get("points") or "–")


def _exact(row: Mapping[str, Any], criterion: Mapping[str, Any]) -> Fraction:
    found = (row.get("criteria") or {}).get(criterion["id"], {}).get("exact")
    return Fraction(found) if found else Fraction(0)


def _number(text: object) -> Fraction:
    return Fraction(str(text))


def _total(row: Mapping[str, Any]) -> str:
    return str(row.get("total") or "–")


def _ranking(row: Mapping[str, Any]) -> str:
    return str(row.get("ranking_value") or "–")
