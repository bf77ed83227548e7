"""What the forms of all sections share."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField

from challenges.drafting.kinds import Colleague
from challenges.sections import Content
from marketplace.core.forms import BaseForm


class SectionForm(BaseForm):
    """A form of one section; `seen` is the edition of it that the writer began from."""

    seen = HiddenField()

    def offer_colleagues(self, colleagues: Sequence[Colleague]) -> None:
        """Take the people of the body, for a section that names some of them."""

    @classmethod
    def data_of(cls, content: Any) -> dict[str, object]:
        """Give what the fields show of saved content, by field."""
        return dict(vars(content))

    def content(self) -> Content:
        """Give what was typed."""
        raise NotImplementedError
