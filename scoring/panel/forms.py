"""Forms of the panel: shape and words of input. Rules stand in the services.

Some forms have a field for each bidder or for one question's scale, so they are made to measure.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
)
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from marketplace.core.forms import BaseForm, ExactDecimalField
from marketplace.core.text import N_
from scoring.panel.lifecycle import (
    MEASURE_WORDS,
    PLACES,
    Interest,
    Measure,
    PartyRole,
    Seat,
)
from scoring.panel.parties import Party
from scoring.panel.queries import Question

LONGEST = 10_000
# Up to this many a person sees the whole scale at a glance and picks by one key.
MOST_RADIOS = 10


def _text(label: Any, description: Any = "", *, required: Any = None) -> TextAreaField:
    validators: list[Any] = [
        Length(max=LONGEST, message=_l("Use at most 10,000 characters")),
    ]
    if required is not None:
        validators.insert(0, InputRequired(required))
    return TextAreaField(
        label, widget=GovTextArea(), description=description, validators=validators
    )


class NamePanelForm(BaseForm):
    """Who chairs, who scores, who looks on. Choices are user ids, set by the view."""

    chair = SelectField(_l("Chair"), widget=GovSelect(), validators=[Optional()])
    evaluators = SelectMultipleField(
        _l("Evaluators"), widget=GovCheckboxesInput(), validators=[Optional()]
    )
    observers = SelectMultipleField(
        _l("Observers, if any"),
        widget=GovCheckboxesInput(),
        description=_l("They follow the moderation and do not score."),
        validators=[Optional()],
    )
    more_follow = BooleanField(
        _l("I invite more evaluators by e-mail next, from outside the organisation too"),
        widget=GovCheckboxInput(),
        validators=[Optional()],
    )


class ChangeMemberForm(BaseForm):
    """Who joins, or takes a place, and why."""

    person = SelectField(
        _l("Person"),
        widget=GovSelect(),
        validators=[InputRequired(_l("Choose a person"))],
    )
    reason = _text(
        _l("Why does the panel change?"),
        _l("It stands in the award report."),
        required=_l("Say why the panel changes"),
    )


class AddMemberForm(ChangeMemberForm):
    """Who joins, in which seat, and why."""

    seat = RadioField(
        _l("What will they do?"),
        widget=GovRadioInput(),
        choices=[
            (Seat.EVALUATOR.value, _l("Score bids, as an evaluator")),
            (Seat.OBSERVER.value, _l("Look on, as an observer")),
        ],
        validators=[InputRequired(_l("Choose what they will do"))],
    )


class BriefingForm(BaseForm):
    """That the briefing is accepted; `read` is the digest of the text that the page showed."""

    read = HiddenField(default="")
    accept = BooleanField(
        _l("I have read this and I accept it"),
        widget=GovCheckboxInput(),
        validators=[InputRequired(_l("Tick the box to accept, or ask the procurement officer"))],
    )


class DecideForm(BaseForm):
    """What follows from a declared interest, and why."""

    measure = RadioField(
        _l("What follows from it?"),
        widget=GovRadioInput(),
        choices=[(measure.value, _l(words)) for measure, words in MEASURE_WORDS.items()],
        validators=[InputRequired(_l("Choose what follows from the interest"))],
    )
    reason = _text(
        _l("Reason, and the conditions if there are any"),
        _l("It stands in the award report."),
        required=_l("Give the reason for your decision"),
    )

    @property
    def chosen(self) -> Measure | None:
        """Give the measure that was chosen."""
        return Measure(self.measure.data) if self.measure.data else None


def interests_form(parties: Iterable[Party]) -> Any:
    """Make the declaration: for each party none or declared, and what the interest is."""
    fields: dict[str, Any] = {}
    for party in parties:
        fields[f"interest-{party.key}"] = RadioField(
            party.name,
            description=_part_of(party),
            choices=[
                (Interest.NONE.value, _("No interest")),
                (Interest.DECLARED.value, _("I have an interest to declare")),
            ],
            validators=[Optional()],
        )
        fields[f"statement-{party.key}"] = _text(
            _("Your interest in %(bidder)s", bidder=party.name)
        )
    return _made("InterestsForm", fields)


def _part_of(party: Party) -> str:
    """Say what a party does in bids of others; nothing where it bids and no more."""
    words = {
        PartyRole.PARTNER: N_("Partner of %(bidder)s"),
        PartyRole.SUBCONTRACTOR: N_("Does a large part of the work for %(bidder)s"),
    }
    said = [_(words[part.role], bidder=part.bidder) for part in party.beside]
    if said and len(said) < len(party.parts):
        said.insert(0, _("Bids itself"))
    return ". ".join(said)


def scoring_form(cells: Iterable[tuple[str, str, Question]]) -> Any:
    """Make the form of several scores: for each a score, its reason and a private note.

    Each may wait. A cell is what its fields are called, how its bid or question is shown, and the
    question whose scale it has. `seen` holds the marks of what the form was filled with, `shown`
    those of what another window saved and this page now shows beside it (see `desk.windows`).
    """
    fields: dict[str, Any] = {"seen": HiddenField(), "shown": HiddenField()}
    for name, shown, question in cells:
        fields[f"score-{name}"] = _score(
            _("Score for %(bidder)s", bidder=shown), question.max_score
        )
        fields[f"reason-{name}"] = _text(_("Reason for the score of %(bidder)s", bidder=shown))
        fields[f"note-{name}"] = _text(_("Your note on %(bidder)s", bidder=shown))
    return _made("ScoringForm", fields)


def trial_form(question: Question) -> Any:
    """Make the form by which an evaluator scores the example of a trial."""
    return _made(
        "TrialForm",
        {
            "value": _score(_("Your score"), question.max_score),
            "rationale": _text(_("Reason for the score")),
        },
    )


def correction_form(question: Question) -> Any:
    """Make the form that corrects one submitted score."""
    return _made(
        "CorrectionForm",
        {
            "value": _score(_("Score"), question.max_score),
            "rationale": _text(_("Reason for the score")),
            "reason": _text(
                _("Why do you correct it?"),
                _("The score before stays on record beside this one."),
            ),
        },
    )


def consensus_form(question: Question, members: Sequence[tuple[str, str]]) -> Any:
    """Make the form of one agreed score; `members` are label and name of who may be present."""
    return _made(
        "ConsensusForm",
        {
            "value": _score(_("Agreed score"), question.max_score),
            "rationale": _text(
                _("The panel’s reason"),
                _("The bidder will read this: say what was good and what was not."),
            ),
            "present": SelectMultipleField(
                _("Who was present?"),
                widget=GovCheckboxesInput(),
                choices=list(members),
                validators=[Optional()],
            ),
        },
    )


def score_of(field: Field) -> Decimal | None:
    """Read the score out of its field; None where none was given. A genuine 0 is a score."""
    if field.data is None or field.data == "":
        return None
    return Decimal(str(field.data))


def show_score(field: Field, value: Decimal | None) -> None:
    """Put a stored score into its field."""
    if isinstance(field, RadioField):
        field.data = None if value is None else f"{value:f}"
    else:
        field.data = value


def _score(label: str, max_score: Decimal) -> Any:
    if max_score == int(max_score) and max_score <= MOST_RADIOS:
        return RadioField(
            label,
            choices=[(str(score), str(score)) for score in range(int(max_score) + 1)],
            validators=[Optional()],
        )
    return ExactDecimalField(
        label,
        places=PLACES,
        description=_("A number from 0 to %(top)s", top=f"{max_score:f}"),
        validators=[Optional()],
    )


def _made(name: str, fields: dict[str, Any]) -> Any:
    return cast(Any, type(name, (BaseForm,), fields))()
