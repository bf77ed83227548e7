"""Forms of who does the work: shape and words of input."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovTextArea, GovTextInput
from wtforms import BooleanField, EmailField, StringField, TextAreaField
from wtforms.validators import InputRequired

from bids.forms import DraftForm, WholeNumberField
from bids.team.document import Subcontractor
from marketplace.core.accounts.forms import kept_address, plain_name
from marketplace.core.forms import BaseForm


class SubcontractorForm(DraftForm):
    """A subcontractor: its name, what it does, and its share where that is known."""

    name = StringField(_l("Name of the subcontractor"), widget=GovTextInput())
    does = TextAreaField(_l("What it does"), widget=GovTextArea())
    share = WholeNumberField(
        _l("Its share of the work, in percent (optional)"),
        description=_l("A whole number from 1 to 99. Leave it empty if you do not know it yet."),
    )

    @property
    def told(self) -> Subcontractor:
        """Give what was typed."""
        return Subcontractor(self.name.data or "", self.does.data or "", self.share.data)


class InviteForm(BaseForm):
    """A partner to invite: somebody there, the organisation, its part and its share."""

    email = EmailField(
        _l("E-mail address of somebody there who may accept"),
        description=_l("They sign in, or create an account, with this very address."),
        widget=GovTextInput(),
        render_kw={"type": "email", "autocomplete": "off", "spellcheck": "false"},
        validators=[InputRequired(_l("Enter the person's e-mail address.")), kept_address],
    )
    name = StringField(
        _l("Name of the organisation"), widget=GovTextInput(), validators=[plain_name]
    )
    does = TextAreaField(_l("What it does"), widget=GovTextArea())
    share = WholeNumberField(
        _l("Its share of the work, in percent"), description=_l("A whole number from 1 to 99.")
    )


class AcceptForm(BaseForm):
    """The word with which somebody accepts for their organisation."""

    agreed = BooleanField(
        _l("I may accept this for my organisation"),
        widget=GovCheckboxInput(),
        validators=[InputRequired(_l("Tick the box to accept"))],
    )


class DeclineForm(BaseForm):
    """A refusal, with a few words to the bidder."""

    words = TextAreaField(
        _l("A few words to the bidder (optional)"),
        widget=GovTextArea(),
        description=_l("Only the bidder reads them."),
    )
