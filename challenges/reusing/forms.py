"""Forms with which one body writes to another, and adopts its result."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField

from marketplace.core.forms import BaseForm


class ContactForm(BaseForm):
    """A message to the lead organisation."""

    text = TextAreaField(
        _l("Your message"),
        widget=GovTextArea(),
        description=_l(
            "Such as: “We have the same problem in our schools. Could we talk for half an hour?”"
        ),
    )


class AdoptForm(BaseForm):
    """What of a result a body wants to use."""

    interest = TextAreaField(
        _l("What do you want to use, and for whom?"),
        widget=GovTextArea(),
        description=_l("The lead organisation reads this. Your organisation's name is public."),
    )
