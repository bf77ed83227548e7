"""What the forms of all sections share."""

from wtforms import HiddenField

from challenges.sections import Content
from marketplace.core.forms import BaseForm


class SectionForm(BaseForm):
    """A form of one section; `seen` is the edition of it that the writer began from."""

    seen = HiddenField()

    def content(self) -> Content:
        """Give what was typed."""
        raise NotImplementedError
