"""A passport in the order of the Single Procurement Document, as text to paste. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bids.passport.kinds import Subject
from bids.passport.subjects import ASKED
from bids.portable import telling
from bids.portable.comparing import GROUNDS
from bids.portable.telling import Said, Translate
from marketplace.core.regimes.spd import SpdForm
from marketplace.core.text import N_

Values = Mapping[str, Any]

# What the document asks of the size that nobody typed: the class, in the values as its words.
SIZE_CLASS = "class"


@dataclass(frozen=True)
class Answered:
    """One question with the text that answers it, empty where the passport says nothing."""

    section: str
    label: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class Filled:
    """One part of the document with its questions."""

    number: str
    title: str
    note: str
    fields: Sequence[Answered]


def filled(form: SpdForm, answers: Mapping[str, Values], translate: Translate) -> list[Filled]:
    """Answer the document from a passport's values by subject, the declaration among them."""
    return [
        Filled(
            part.number,
            part.title,
            part.note or "",
            [
                Answered(item.number or "", item.label, _text(item.answer, answers, translate))
                for item in part.items
            ],
        )
        for part in form.parts
    ]


def as_text(parts: Sequence[Filled], translate: Translate) -> str:
    """Write the document as plain text, a question and its answer by turns."""
    lines: list[str] = []
    for part in parts:
        heading = f"{translate(N_('Part'))} {part.number}: {part.title}"
        lines += [heading, "=" * len(heading), *([part.note] if part.note else []), ""]
        for field in part.fields:
            text = field.text or translate(N_("(not in the passport)"))
            lines += [f"{field.section}  {field.label}".strip(), text, ""]
    return "\n".join(lines).rstrip() + "\n"


def _text(answer: str | None, answers: Mapping[str, Values], translate: Translate) -> str:
    subject, _dot, part = (answer or "").partition(".")
    values = answers.get(subject)
    if values is None:
        return ""
    return (
        telling.plain(_said(subject, part, values, translate))
        if not part
        else "\n".join(each.answer for each in _said(subject, part, values, translate))
    )


def _said(subject: str, part: str, values: Values, translate: Translate) -> list[Said]:
    if subject == GROUNDS:
        wanted = {name: values[name] for name in values if name in (part, "rules")}
        return telling.grounds(wanted, translate)
    if (subject, part) == (Subject.SIZE, SIZE_CLASS):
        return [Said("", translate(values[SIZE_CLASS]))]
    wanted = {name: given for name, given in values.items() if not part or name == part}
    return telling.answers(ASKED[Subject(subject)], wanted, translate)
