"""Forms about organisations and the people who act for them: shape and words of input."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security.mail_util import EmailValidateException
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovRadioInput,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    EmailField,
    RadioField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length

from marketplace.core.accounts.mail import normal_address
from marketplace.core.accounts.models import BodyType, SupplierType
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import ROLE_WORDS, Role
from marketplace.core.text import N_

BODY_TYPE_WORDS = {
    BodyType.CENTRAL: N_("Scottish Government, agency or other central body"),
    BodyType.LOCAL: N_("Council or other local body"),
    BodyType.HEALTH: N_("Health board or other NHS body"),
    BodyType.OTHER: N_("Another public body"),
}
SUPPLIER_TYPE_WORDS = {
    SupplierType.COMPANY: N_("Company"),
    SupplierType.CHARITY: N_("Charity or social enterprise"),
    SupplierType.UNIVERSITY: N_("University or college"),
    SupplierType.SOLE_TRADER: N_("Sole trader"),
    SupplierType.FORMING: N_("People who will form a business before contract"),
}
ROLE_HINTS = {
    Role.SUPPLIER_ADMIN: N_("Makes declarations, submits bids, looks after the people here"),
    Role.SUPPLIER_CONTRIBUTOR: N_("Writes bids"),
    Role.CHALLENGE_LEAD: N_("Writes challenges, answers questions, runs the timeline"),
    Role.PROCUREMENT_OFFICER: N_("Approves, publishes, opens bids, looks after the people here"),
    Role.EVALUATOR: N_("Scores bids"),
    Role.CHAIR: N_("Leads the panel and recommends"),
    Role.APPROVER: N_("Signs off the award"),
    Role.AUDITOR: N_("Reads the record, changes nothing"),
    Role.FACILITATOR: N_("Connects bodies that have like problems"),
    Role.PLATFORM_ADMIN: N_("Verifies organisations and manages accounts"),
    Role.GUEST_EVALUATOR: N_("Sees the panels they sit on, and nothing else"),
}

# An address in a name would turn our invitations into somebody's advertisement.
_ADDRESS = re.compile(r"://|www\.|[<>]", re.IGNORECASE)


def plain_name(_form: Any, field: Any) -> None:
    """Refuse a name that holds an address of the web."""
    if field.data and _ADDRESS.search(field.data):
        raise ValidationError(_("Enter the name alone, without an address of the web."))


class OrganisationForm(BaseForm):
    """What is asked to register an organisation; the kind is known from the page before."""

    name = StringField(
        _l("Name of the organisation"),
        description=_l("As it stands in its constitution or in the register"),
        widget=GovTextInput(),
        render_kw={"autocomplete": "organization", "spellcheck": "false"},
        validators=[
            InputRequired(_l("Enter the name of the organisation.")),
            Length(max=200, message=_l("The name must have 200 characters or fewer.")),
            plain_name,
        ],
        filters=[lambda text: " ".join(text.split()) if text else text],
    )
    type = RadioField(
        _l("What is it?"),
        widget=GovRadioInput(),
        validators=[InputRequired(_l("Choose what it is."))],
    )
    submit = SubmitField(_l("Register"), widget=GovSubmitInput())

    def offer(self, words: dict[Any, str], chosen: str | None = None) -> None:
        """Offer these types, in the person's language; one of them chosen, if it is offered."""
        self.type.choices = [(kind.value, _(text)) for kind, text in words.items()]
        if chosen in [kind.value for kind in words]:
            self.type.data = chosen


def _roles_field() -> SelectMultipleField:
    return SelectMultipleField(
        _l("Roles"),
        widget=GovCheckboxesInput(),
        validators=[InputRequired(_l("Choose at least one role."))],
    )


class RolesForm(BaseForm):
    """Which roles a membership gives."""

    roles = _roles_field()
    submit = SubmitField(_l("Save roles"), widget=GovSubmitInput())

    def offer(self, roles: frozenset[Role]) -> None:
        """Offer these roles, in the order of the work."""
        self.roles.choices = [(role.value, _(ROLE_WORDS[role])) for role in Role if role in roles]

    @property
    def chosen(self) -> frozenset[Role]:
        """Give the roles that were ticked."""
        return frozenset(Role(value) for value in self.roles.data or ())


def kept_address(_form: BaseForm, field: EmailField) -> None:
    """Bring an address into the form in which addresses are kept; a validator of forms."""
    try:
        field.data = normal_address(field.data or "")
    except EmailValidateException:
        raise ValidationError(
            _("Enter an e-mail address in the right form, like name@example.com")
        ) from None


class InviteForm(RolesForm):
    """Whom to invite, and with which roles."""

    email = EmailField(
        _l("E-mail address"),
        widget=GovTextInput(),
        render_kw={"type": "email", "autocomplete": "off", "spellcheck": "false"},
        validators=[InputRequired(_l("Enter the person's e-mail address.")), kept_address],
    )
    # Once more, so that it follows the address on the page and in the list of errors.
    roles = _roles_field()
    submit = SubmitField(_l("Send invitation"), widget=GovSubmitInput())


class VerifyForm(BaseForm):
    """How it was found out that an organisation is what it says."""

    note = TextAreaField(
        _l("How did you find out?"),
        description=_l(
            "For instance: number in the register, who was called on which number. This goes into "
            "the log."
        ),
        widget=GovTextArea(),
        validators=[
            InputRequired(_l("Write down how you found out.")),
            Length(max=1000, message=_l("The note must have 1,000 characters or fewer.")),
        ],
    )
    submit = SubmitField(_l("Verify"), widget=GovSubmitInput())


class ActionForm(BaseForm):
    """A button alone: the token against forged requests is all it carries."""
