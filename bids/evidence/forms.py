"""Forms of checked evidence: shape and words of input."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import (
    GovFileInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import FileField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from bids.evidence.kinds import EVIDENCE_WORDS
from marketplace.core.forms import BaseForm, DayField


class CheckForm(BaseForm):
    """What an officer saw."""

    kind = RadioField(
        _l("What is it evidence of?"),
        widget=GovRadioInput(),
        choices=[(kind.value, _l(words)) for kind, words in EVIDENCE_WORDS.items()],
        validators=[InputRequired(_l("Choose what it is evidence of"))],
    )
    document = StringField(
        _l("Which document did you see?"),
        widget=GovTextInput(),
        description=_l("With its number and date, such as “Employer’s liability policy, number …”"),
    )
    seen = TextAreaField(
        _l("What did you see in it?"),
        widget=GovTextArea(),
        description=_l(
            "Facts only, such as the sum insured, and how you know that it is genuine. "
            "The supplier reads this, and may show it to other public bodies."
        ),
    )
    valid_until = DayField(
        _l("Until which day does it hold? (optional)"),
        description=_l("The last day, such as 31 3 2027. Leave it empty if it has no end."),
    )
    file = FileField(
        _l("Its file (optional)"),
        widget=GovFileInput(),
        description=_l(
            "Up to 10 MB. It is not kept here: only its fingerprint is, by which anybody can "
            "tell later whether a file is the one you saw. Keep the file in your own records."
        ),
    )


class WithdrawCheckForm(BaseForm):
    """Why a check no longer stands."""

    reason = TextAreaField(
        _l("Why does it no longer stand?"),
        widget=GovTextArea(),
        description=_l("The supplier reads this, and so do the bodies that see the check."),
    )


class SharingForm(BaseForm):
    """The button by which a supplier shows a check to other bodies, or hides it from them."""
