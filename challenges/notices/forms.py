"""Forms about codes and notices."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField

from challenges.forms import typed
from challenges.notices.rules import Noticed
from marketplace.core.forms import BaseForm, DayField


class RecordForm(BaseForm):
    """Where a notice was published."""

    reference = StringField(
        _l("Reference of the notice"),
        widget=GovTextInput(),
        description=_l("As it stands there, such as NOV523456."),
    )
    published_on = DayField(
        _l("When was it published there?"), description=_l("For example, 27 11 2026.")
    )
    url = StringField(
        _l("Address of the notice (optional)"),
        widget=GovTextInput(),
        description=_l("Copy it from your browser. Everybody can follow it from your challenge."),
    )

    def content(self) -> Noticed:
        """Give what was typed."""
        return Noticed(
            reference=typed(self.reference),
            published_on=self.published_on.data,
            url=typed(self.url) or None,
        ).kept()
