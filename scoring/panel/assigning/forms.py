"""The form of what an evaluator scores and knows best."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import Optional

from marketplace.core.forms import BaseForm
from scoring.panel.lifecycle import EXPERTISE_WORDS, Expertise


class CriteriaForm(BaseForm):
    """Which questions an evaluator scores; the choices are set by the view."""

    questions = SelectMultipleField(
        _l("Which criteria do they score?"),
        widget=GovCheckboxesInput(),
        description=_l("Tick none and they score all of them."),
        validators=[Optional()],
    )
    expertise = RadioField(
        _l("What do they know best?"),
        widget=GovRadioInput(),
        choices=[
            *((each.value, _l(words)) for each, words in EXPERTISE_WORDS.items()),
            ("", _l("Not known")),
        ],
        validators=[Optional()],
    )

    @property
    def chosen_expertise(self) -> Expertise | None:
        """Give the expertise that was chosen."""
        return Expertise(self.expertise.data) if self.expertise.data else None
