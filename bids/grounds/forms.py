"""The form of a declaration, made from the rules' groups, and that of a decision about a bid."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
)
from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from bids.forms import YES_NO, FindingForm, WholeNumberField
from bids.grounds.document import DeclaredGround
from bids.grounds.policy import VERDICT_WORDS, Awaited, Found, Verdict
from marketplace.core.forms import BaseForm, DayField, MoneyField
from marketplace.core.regimes.grounds import ExclusionGround, GroundRules

# More staff than any enterprise has; it keeps the number within the column.
_MOST_STAFF = 5_000_000


class DeclarationForm(BaseForm):
    """Eligibility: a question for each group of grounds, and what is asked of those that apply.

    What applies is asked once a group was answered yes: `told` names the groups whose grounds the
    page showed. So nobody is asked for what does not concern them, and nothing needs a script.
    """

    told = HiddenField()
    rules: GroundRules

    def group(self, key: str) -> Any:
        """Give the field of a group."""
        return self[f"group-{key}"]

    def ground(self, key: str, part: str) -> Any:
        """Give a field of a ground: `applies`, `on` or `right`."""
        return self[f"{key}-{part}"]

    @property
    def applying(self) -> list[str]:
        """Give the groups that were answered yes."""
        return [each.key for each in self.rules.groups if self.group(each.key).data == "yes"]

    @property
    def shown(self) -> list[str]:
        """Give the groups whose grounds the page showed."""
        known = {each.key for each in self.rules.groups}
        return [key for key in (self.told.data or "").split(",") if key in known]

    @property
    def unseen(self) -> list[str]:
        """Give the groups that were answered yes and whose grounds were not shown yet."""
        return [key for key in self.applying if key not in self.shown]

    @property
    def declared(self) -> list[DeclaredGround]:
        """Give the grounds that were ticked in groups that apply."""
        return [
            DeclaredGround(
                each.key,
                self.ground(each.key, "on").data if each.look_back_months else None,
                self.ground(each.key, "right").data or "",
            )
            for each in self.rules.grounds
            if each.group in self.applying and self.ground(each.key, "applies").data
        ]

    def validate_staff(self, field: WholeNumberField) -> None:
        """Keep the number within what an enterprise can have."""
        if field.data is not None and field.data > _MOST_STAFF:
            raise ValidationError(_l("Enter a smaller number of people"))

    def complete(self) -> bool:
        """Tell whether each group that applies has a ground; say of each that has none."""
        ticked = {each.key for each in self.declared}
        for group in self.rules.groups:
            grounds = {each.key for each in self.rules.of_group(group.key)}
            if group.key in self.applying and not ticked & grounds:
                field = self.group(group.key)
                field.errors = [
                    *field.errors,
                    _l("%(group)s: tick what applies, or answer no", group=_l(group.title)),
                ]
        return not self.errors

    def validate(self, extra_validators: Any = None) -> bool:
        """Leave out what belongs to no ground that is ticked: the page does not show it."""
        for each in self.rules.grounds:
            applies = self.ground(each.key, "applies").data and each.group in self.applying
            if not applies:
                day = self.ground(each.key, "on")
                day.data, day.raw_data, day.process_errors = None, None, []
        return bool(super().validate(extra_validators))

    def show(self, declared: Sequence[DeclaredGround]) -> None:
        """Put what was declared before, by these rules, into the fields."""
        before = {each.key: each for each in declared}
        for group in self.rules.groups:
            applies = any(each.key in before for each in self.rules.of_group(group.key))
            self.group(group.key).data = "yes" if applies else "no"
        for each in self.rules.grounds:
            if (known := before.get(each.key)) is not None:
                self.ground(each.key, "applies").data = True
                self.ground(each.key, "on").data = known.happened_on
                self.ground(each.key, "right").data = known.put_right
        self.told.data = ",".join(self.applying)


@cache
def declaration_form(rules: GroundRules) -> type[DeclarationForm]:
    """Make the form for a version of the rules."""
    fields: dict[str, Any] = {"rules": rules}
    for group in rules.groups:
        fields[f"group-{group.key}"] = RadioField(
            _l(group.asks),
            widget=GovRadioInput(),
            choices=YES_NO,
            description=_l(group.hint),
            validators=[InputRequired(_l("%(group)s: answer yes or no", group=_l(group.title)))],
        )
        for ground in rules.of_group(group.key):
            fields |= _of_ground(ground)
    fields |= {
        "staff": WholeNumberField(
            _l("How many people work for you?"),
            description=_l("Full time, or the same in part time. Sole trader with no staff: 1."),
            validators=[InputRequired(_l("Enter how many people work for you"))],
        ),
        "turnover": MoneyField(
            _l("Your turnover in the last full year, in pounds"),
            description=_l("If you have not traded for a year yet, enter what you have or 0."),
            validators=[InputRequired(_l("Enter your turnover"))],
        ),
        "balance": MoneyField(
            _l("Your balance sheet total, in pounds"),
            description=_l("Everything the organisation owns, before debts are taken off."),
            validators=[InputRequired(_l("Enter your balance sheet total"))],
        ),
        "agreed": BooleanField(
            _l("These answers are true, and I may make this declaration for the supplier"),
            widget=GovCheckboxInput(),
            validators=[InputRequired(_l("Tick the box to make the declaration"))],
        ),
    }
    return type("RulesDeclarationForm", (DeclarationForm,), fields)


def _of_ground(ground: ExclusionGround) -> dict[str, Any]:
    # Every ground has a day here, so that a change of the rules changes no names.
    return {
        f"{ground.key}-applies": BooleanField(_l(ground.plain), widget=GovCheckboxInput()),
        f"{ground.key}-on": DayField(_l("When was the conviction or the event?")),
        f"{ground.key}-right": TextAreaField(
            _l("What happened, and what did you do to put it right?"), widget=GovTextArea()
        ),
    }


class DecisionForm(FindingForm):
    """What an officer finds about an opened bid, and of each ground that was declared."""

    other_reason = TextAreaField(
        _l("How you know, and why it applies"),
        widget=GovTextArea(),
        description=_l("Only where you chose a ground. Let the bidder answer first."),
    )
    grounds: Sequence[Awaited]

    def validate_other_reason(self, field: TextAreaField) -> None:
        """Ask which ground is meant, so that nothing that was written is left out."""
        if field.data and not self["other"].data:
            raise ValidationError(_l("Choose the ground that this is about"))

    def verdict(self, ground: Awaited) -> Any:
        """Give the field for what is found of a ground."""
        return self[ground.name]

    def reason_for(self, ground: Awaited) -> Any:
        """Give the field for why."""
        return self[f"{ground.name}-reason"]

    @property
    def found(self) -> list[Found]:
        """Give what was found of grounds, that from elsewhere among it."""
        given = [
            Found(
                each.party,
                each.ground.key,
                Verdict(self.verdict(each).data),
                self.reason_for(each).data or "",
            )
            for each in self.grounds
            if self.verdict(each).data in set(Verdict)
        ]
        party, _dot, key = (self["other"].data or "").partition(":")
        if key:
            given.append(Found(party, key, Verdict.APPLIES, self.other_reason.data or ""))
        return given


def decision_form(
    grounds: Sequence[Awaited], others: Sequence[tuple[str, str, ExclusionGround]]
) -> type[DecisionForm]:
    """Make the form for the grounds that were declared; `others` can be added.

    Each of the others is the party's identifier, its name where there are several, and a ground.
    """
    verdicts = [(each.value, _l(VERDICT_WORDS[each])) for each in Verdict]
    fields: dict[str, Any] = {"grounds": grounds}
    for each in grounds:
        # Whether a choice was made is the rules' matter, which say it in their own words.
        fields[each.name] = RadioField(
            _l("What do you find?"), widget=GovRadioInput(), choices=verdicts, validate_choice=False
        )
        fields[f"{each.name}-reason"] = TextAreaField(_l("Why"), widget=GovTextArea())
    fields["other"] = SelectField(
        _l("A ground that you know of from elsewhere (optional)"),
        widget=GovSelect(),
        default="",
        choices=[
            ("", _l("None")),
            *(
                (f"{party}:{ground.key}", f"{name}: {ground.name}" if name else ground.name)
                for party, name, ground in others
            ),
        ],
    )
    return type("BidDecisionForm", (DecisionForm,), fields)
