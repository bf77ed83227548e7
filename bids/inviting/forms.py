"""The form by which an officer begins a stage."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import RadioField
from wtforms.validators import InputRequired

from challenges.forms.steps import OpenersForm
from challenges.stages.kinds import Source
from marketplace.core.forms import LondonInstantField

WAYS = [
    (Source.SEALED.value, _l("They answer in writing")),
    (Source.HEARD.value, _l("They are heard, and write nothing")),
]


class BeginForm(OpenersForm):
    """How suppliers take part in a stage, until when they answer, and who opens what they send."""

    source = RadioField(
        _l("How do suppliers take part?"),
        widget=GovRadioInput(),
        choices=WAYS,
        validators=[InputRequired(_l("Choose how suppliers take part"))],
    )
    closes_at = LondonInstantField(_l("When does bidding close?"))

    def offer_hearing(self, *, possible: bool) -> None:
        """Offer to hear suppliers only where the stage asks for nothing that must be sent."""
        self.source.choices = WAYS if possible else WAYS[:1]
        if not possible and not self.source.data:
            self.source.data = Source.SEALED.value

    @property
    def way(self) -> Source:
        """Give how suppliers take part, once the form was found valid."""
        return Source(self.source.data)
