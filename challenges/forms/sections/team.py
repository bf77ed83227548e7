"""The form of the team: for each duty somebody with an account, or a name and job."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovSelect, GovTextInput
from wtforms import BooleanField, SelectField, StringField

from challenges.drafting.kinds import DUTY_WORDS, Colleague, Duty
from challenges.forms import typed
from challenges.forms.numbers import WholeField
from challenges.forms.sections.base import SectionForm
from challenges.sections import Member, Team


def _as_id(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None


class TeamForm(SectionForm):
    """Your team. Each duty has two fields, `DUTY` and `DUTY_name`, made below."""

    panel_planned = WholeField(
        _l("How many people will score the bids?"),
        description=_l(
            "At least three. A panel with somebody who runs a service and somebody technical "
            "judges best."
        ),
    )
    contact_name = StringField(
        _l("Who can be asked about this? (optional)"),
        widget=GovTextInput(),
        description=_l("A person or a team."),
    )
    contact_email = StringField(
        _l("E-mail address (optional)"),
        widget=GovTextInput(),
        description=_l("One that several people read is best."),
    )
    contact_shown = BooleanField(
        _l("Show this contact on the public page"), widget=GovCheckboxInput()
    )

    @property
    def duties(self) -> list[tuple[Duty, str, Any, Any]]:
        """Give each duty with its words and its two fields."""
        return [(duty, DUTY_WORDS[duty], self[duty], self[f"{duty}_name"]) for duty in Duty]

    def offer_colleagues(self, colleagues: Sequence[Colleague]) -> None:
        """Let each duty be given to one of these people."""
        for duty in Duty:
            self[duty].choices = [
                ("", _l("Nobody with an account")),
                *((str(each.user_id), each.name) for each in colleagues),
            ]

    def content(self) -> Team:
        """Give what was typed."""
        return Team(
            members=tuple(
                Member(duty, _as_id(person.data), typed(name))
                for duty, _words, person, name in self.duties
            ),
            panel_planned=self.panel_planned.data,
            contact_name=typed(self.contact_name),
            contact_email=typed(self.contact_email),
            contact_shown=bool(self.contact_shown.data),
        )

    @classmethod
    def data_of(cls, content: Team) -> dict[str, object]:
        """Give what the fields show of a saved team."""
        data: dict[str, object] = dict(vars(content))
        for member in content.members:
            data[member.duty] = str(member.user_id or "")
            data[f"{member.duty}_name"] = member.name
        return data


for _duty in Duty:
    # Whom one may choose is the service's to say: somebody may have left since the page was made.
    setattr(
        TeamForm,
        _duty,
        SelectField(
            _l("%(duty)s: somebody with an account here", duty=_l(DUTY_WORDS[_duty])),
            widget=GovSelect(),
            choices=[("", "")],
            validate_choice=False,
        ),
    )
    setattr(
        TeamForm,
        f"{_duty}_name",
        StringField(
            _l("%(duty)s: name and job", duty=_l(DUTY_WORDS[_duty])), widget=GovTextInput()
        ),
    )
