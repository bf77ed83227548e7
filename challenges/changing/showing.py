"""Shows what a change says before and after, question by question, by the words of the forms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from challenges.changing.contents import CHANGEABLE, Criteria, Item, Said, read_text
from challenges.comparing import Row, compare
from challenges.forms.criteria import QuestionForm
from challenges.forms.sections import FORMS, SectionForm
from challenges.forms.sections.money import MoneyForm
from challenges.method.document import steps_of
from challenges.method.rules import step_words
from challenges.models import Challenge
from challenges.plan import plain
from challenges.sections import SECTION_WORDS, Content, Money, Section
from challenges.views.differing import Difference, differences, shown


@dataclass(frozen=True)
class Changed:
    """One section in which two texts differ, with its heading and its questions."""

    section: Section
    heading: str
    differences: Sequence[Difference]


def changes_between(before: bytes, after: bytes) -> list[Changed]:
    """Give what differs between two `changeable-text/1`, in the order in which the public reads."""
    old, new = read_text(before), read_text(after)
    found = []
    for section in CHANGEABLE:
        was, will = old.get(section), new.get(section)
        if was is not None and will is not None and was != will:
            said = [Difference(each.label, _side_by_side(each.rows)) for each in _of(was, will)]
            found.append(Changed(section, SECTION_WORDS[section], said))
    return found


def steps_gone(challenge: Challenge, copy: Challenge) -> list[str]:
    """Give in words the tie-breaks of a challenge that hold no more in its changed copy."""
    titles = {criterion.key: criterion.title for criterion in challenge.stage.criteria}
    left = steps_of(copy.stage)
    return [
        _(step_words(step, titles) or step)
        for step in steps_of(challenge.stage)
        if step not in left
    ]


def _side_by_side(rows: Sequence[Row]) -> list[Row]:
    """Put a line that went beside the one that came for it, as with two amounts."""
    found: list[Row] = []
    for row in rows:
        last = found[-1] if found else None
        if last is not None and last.after is None and row.before is None:
            found[-1] = Row(last.before, row.after)
        else:
            found.append(row)
    return found


def form_of(content: Content) -> SectionForm:
    """Make the form of a section that shows its content, whatever was sent."""
    kind = FORMS[content.section]
    return ready(kind(formdata=None, data=kind.data_of(content)), content)


def ready(form: SectionForm, content: Content) -> SectionForm:
    """Give a section's form the choices that what it shows needs."""
    if isinstance(form, MoneyForm) and isinstance(content, Money):
        form.offer(content.price_model)
    return form


def _of(was: Said, will: Said) -> Iterator[Difference]:
    if isinstance(was, Criteria) and isinstance(will, Criteria):
        yield from _criteria(was, will)
    elif not isinstance(was, Criteria) and not isinstance(will, Criteria):
        yield from differences(form_of(was), form_of(will))


def _criteria(was: Criteria, will: Criteria) -> Iterator[Difference]:
    """Say what was asked and is not, what is new, and what is asked or weighed in another way."""
    old, new = was.by_key, will.by_key
    for item in was.items:
        if item.key not in new:
            label = _("Criterion taken out: %(title)s", title=_title(item))
            yield Difference(label, compare(_whole(item), ""))
    for item in will.items:
        if item.key not in old:
            label = _("New criterion: %(title)s", title=_title(item))
            yield Difference(label, compare("", _whole(item)))
        elif item != old[item.key]:
            yield from _criterion(old[item.key], item)
    kept = [item.key for item in was.items if item.key in new]
    if kept != [item.key for item in will.items if item.key in old]:
        yield Difference(
            str(_("Order of the criteria")),
            compare(
                "\n".join(_title(item) for item in was.items),
                "\n".join(_title(item) for item in will.items),
            ),
        )


def _criterion(was: Item, will: Item) -> Iterator[Difference]:
    title = _title(will)
    if was.question is None or will.question is None:
        yield Difference(
            _("%(title)s: %(question)s", title=title, question=_("Weight")),
            compare(plain(was.weight), plain(will.weight)),
        )
        return
    for found in differences(_form(was), _form(will)):
        yield Difference(
            _("%(title)s: %(question)s", title=title, question=found.label), found.rows
        )


def _title(item: Item) -> str:
    return item.question.title if item.question is not None else str(_("Price"))


def _whole(item: Item) -> str:
    """Give all that a criterion says, a line each."""
    if item.question is None:
        return str(_("Weight: %(weight)s", weight=plain(item.weight)))
    return "\n".join(
        f"{field.label.text}: {text}"
        for field in _form(item)
        if field.short_name not in ("seen", "csrf_token") and (text := shown(field))
    )


def _form(item: Item) -> QuestionForm:
    return QuestionForm(formdata=None, data=dict(vars(item.question)))
