"""Forms of evidence of a preferred bidder: shape and words of input."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovFileInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField

from bids.evidence.kinds import EVIDENCE_WORDS, Evidence
from marketplace.core.forms import BaseForm, DayField, LondonInstantField
from scoring.award.evidence.kinds import CONCERN_WORDS, VERDICT_WORDS, Concern, Verdict
from scoring.award.evidence.service import Wanted
from scoring.award.evidence.suggesting import Suggestion

_TAKEN = _l("PDF, DOCX, ODT, XLSX, CSV, PNG or JPEG, up to 20 MB. It is kept encrypted.")


class AskForm(BaseForm):
    """Which documents a preferred bidder is to show, and by when."""

    documents = SelectMultipleField(
        _l("Documents that follow from this challenge"),
        widget=GovCheckboxesInput(),
        validate_choice=False,
    )
    document = StringField(
        _l("Another document (optional)"),
        widget=GovTextInput(),
        description=_l("Such as “Cyber Essentials certificate”. Ask for more of them one by one."),
    )
    kind = SelectField(
        _l("What is it evidence of?"),
        widget=GovSelect(),
        choices=[(kind.value, _l(words)) for kind, words in EVIDENCE_WORDS.items()],
        default=Evidence.OTHER.value,
    )
    says = TextAreaField(
        _l("What should the documents show? (optional)"),
        widget=GovTextArea(),
        description=_l("The bidder reads this with each document that you ask for now."),
    )
    beyond = TextAreaField(
        _l("Why is the check that is in force not enough?"),
        widget=GovTextArea(),
        description=_l("Only where you ask for something that was checked already."),
    )
    answer_by = LondonInstantField(
        _l("By when must the bidder show them?"),
        description=_l(
            "A working day, and at least 24 hours from now that are not a weekend or a holiday."
        ),
    )

    def offer(self, found: Sequence[Suggestion]) -> None:
        """Offer these documents."""
        self.documents.choices = [(each.key, _(each.words, **each.data)) for each in found]

    def wanted(self, found: Sequence[Suggestion]) -> list[Wanted]:
        """Give what was chosen of the documents that are offered, and what was named."""
        says, chosen = self.says.data or "", set(self.documents.data or ())
        wanted = [
            Wanted(each.kind, _(each.words, **each.data), says)
            for each in found
            if each.key in chosen
        ]
        if (self.document.data or "").strip():
            wanted.append(Wanted(Evidence(self.kind.data), self.document.data or "", says))
        return wanted


class AskAgainForm(BaseForm):
    """What is missing from a document that was refused, and by when it is wanted."""

    says = TextAreaField(
        _l("What is missing?"),
        widget=GovTextArea(),
        description=_l("The bidder reads this."),
    )
    answer_by = LondonInstantField(
        _l("By when must the bidder show it?"),
        description=_l(
            "A working day, and at least 24 hours from now that are not a weekend or a holiday."
        ),
    )


class MoreTimeForm(BaseForm):
    """More time for a document."""

    answer_by = LondonInstantField(
        _l("By when must the bidder show it now?"),
        description=_l("A working day, after the present limit."),
    )
    because = TextAreaField(
        _l("Why does the bidder get more time?"),
        widget=GovTextArea(),
        description=_l("The reason is recorded."),
    )


class GiveForm(BaseForm):
    """What a supplier gives for a document."""

    file = FileField(_l("File"), widget=GovFileInput(), description=_TAKEN)
    note = TextAreaField(
        _l("Or say where it is, or what we should know"),
        widget=GovTextArea(),
        description=_l("Such as a public register with the number of your entry."),
    )


class RecordForm(BaseForm):
    """What came in some other way for a document."""

    received_at = LondonInstantField(_l("When did it come in?"))
    note = TextAreaField(
        _l("What came in, and how?"),
        widget=GovTextArea(),
        description=_l("Such as: certificate by e-mail from the company’s secretary."),
    )
    file = FileField(_l("Its file (optional)"), widget=GovFileInput(), description=_TAKEN)


class DecideForm(BaseForm):
    """What an officer makes of a document."""

    # Whether a choice was made is the rules' matter, which say it in their own words.
    verdict = RadioField(
        _l("What do you find?"),
        widget=GovRadioInput(),
        validate_choice=False,
    )
    reason = TextAreaField(
        _l("Reason"),
        widget=GovTextArea(),
        description=_l(
            "Facts only: what it shows, and how you know that it is genuine. The approver and the "
            "supplier read it, and it stands in the award report."
        ),
    )
    valid_until = DayField(
        _l("If you accept it: until which day does it hold? (optional)"),
        description=_l("The last day, such as 31 3 2027. Leave it empty if it has no end."),
    )

    def offer(self, *, anything_came: bool) -> None:
        """Offer what can be found: what never came is not accepted."""
        self.verdict.choices = [
            (each.value, _l(VERDICT_WORDS[each]))
            for each in Verdict
            if anything_came or each is not Verdict.ACCEPTED
        ]

    @property
    def found(self) -> Verdict | None:
        """Give what was chosen, nothing where it is none of the choices."""
        return next((each for each in Verdict if each.value == self.verdict.data), None)


class LookUpForm(BaseForm):
    """What an officer looked up for due diligence."""

    subject = StringField(
        _l("What did you look up?"),
        widget=GovTextInput(),
        description=_l("Such as “Is the company still trading?”"),
    )
    source = StringField(
        _l("Where?"),
        widget=GovTextInput(),
        description=_l("Such as the Companies House register, on 3 March 2027."),
    )
    concern = RadioField(
        _l("What came of it?"),
        widget=GovRadioInput(),
        choices=[(each.value, _l(CONCERN_WORDS[each])) for each in Concern],
        validate_choice=False,
    )
    result = TextAreaField(_l("What did you find?"), widget=GovTextArea())

    @property
    def found(self) -> Concern | None:
        """Give what was chosen, nothing where it is none of the choices."""
        return next((each for each in Concern if each.value == self.concern.data), None)


class FailForm(BaseForm):
    """Why a preferred bidder cannot have the contract."""

    reason = TextAreaField(
        _l("Why can this bidder not have the contract?"),
        widget=GovTextArea(),
        description=_l(
            "It is the reason for finding that the bid does not meet the requirements. The bidder "
            "is told it with the decision, and it stands in the award report."
        ),
    )
