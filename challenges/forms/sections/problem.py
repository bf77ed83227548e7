"""The form of the problem."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextArea, GovTextInput
from wtforms import StringField, TextAreaField

from challenges.forms import typed
from challenges.forms.sections.base import SectionForm
from challenges.sections import Problem


class ProblemForm(SectionForm):
    """The problem."""

    title = StringField(
        _l("Title"),
        widget=GovTextInput(),
        description=_l("A question that anybody understands. At most 200 characters."),
    )
    summary = TextAreaField(
        _l("Summary"),
        widget=GovTextArea(),
        description=_l(
            "Two or three sentences that tell a stranger what this is about. People see them in "
            "lists. At most 300 characters."
        ),
    )
    problem = TextAreaField(
        _l("What is the problem?"),
        widget=GovTextArea(),
        description=_l(
            "What happens, where, how often, and what it costs people. Describe no solution. You "
            "can use blank lines between paragraphs, * for lists and ** for bold."
        ),
    )
    today = TextAreaField(
        _l("What happens today?"),
        widget=GovTextArea(),
        description=_l("How people cope now, with which tools, and what you cannot change."),
    )
    why_now = TextAreaField(
        _l("Why now?"),
        widget=GovTextArea(),
        description=_l("What makes this the moment: a date, a new law, a budget, a change."),
    )

    def content(self) -> Problem:
        """Give what was typed."""
        return Problem(
            title=typed(self.title),
            summary=typed(self.summary),
            problem=typed(self.problem),
            today=typed(self.today),
            why_now=typed(self.why_now),
        )
