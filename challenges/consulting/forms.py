"""Forms of drafts under public comment."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput, GovTextArea
from wtforms import BooleanField, RadioField, TextAreaField

from challenges.topics import TOPIC_WORDS, Topic, topic_of
from marketplace.core.forms import BaseForm, LondonInstantField


class OpenForm(BaseForm):
    """Until when comments are taken."""

    ends_at = LondonInstantField(_l("Until when can people comment?"))


class CommentForm(BaseForm):
    """A comment on a draft."""

    topic = RadioField(
        _l("What is your comment about?"),
        widget=GovRadioInput(),
        choices=[(topic.value, _l(words)) for topic, words in TOPIC_WORDS.items()],
        validate_choice=False,
    )
    text = TextAreaField(
        _l("Your comment"),
        widget=GovTextArea(),
        description=_l("Everybody can read it. At most 5,000 characters."),
    )
    named = BooleanField(
        _l("Show my name and organisation"),
        widget=GovCheckboxInput(),
        description=_l(
            "Without a tick neither the public body nor anybody else is told who you are."
        ),
    )

    @property
    def about(self) -> Topic | None:
        """Give the topic, or nothing where none was chosen."""
        return topic_of(self.topic.data)


class ReplyForm(BaseForm):
    """The body's reply."""

    reply = TextAreaField(
        _l("Reply"),
        widget=GovTextArea(),
        description=_l("Everybody can read it. At most 5,000 characters."),
    )


class HideForm(BaseForm):
    """Why a comment is hidden."""

    because = TextAreaField(
        _l("Why is it hidden?"),
        widget=GovTextArea(),
        description=_l("Its author is told, and the log keeps it. At most 2,000 characters."),
    )
