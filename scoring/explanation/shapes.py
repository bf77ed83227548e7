"""What the explanations need to know of criteria and events, whoever holds them."""

from datetime import datetime
from typing import Protocol


class Criterion(Protocol):
    """A criterion: its id in the evaluation document, its title, its weight as exact text."""

    @property
    def id(self) -> str:
        """The id in the evaluation document."""
        ...

    @property
    def title(self) -> str:
        """The title shown to people."""
        ...

    @property
    def weight(self) -> str:
        """The weight as exact text."""
        ...


class Event(Protocol):
    """Something that happened; `milestone` is its short name in a picture, empty for most."""

    @property
    def at(self) -> datetime:
        """When it happened, in UTC."""
        ...

    @property
    def milestone(self) -> str:
        """The short name, or nothing."""
        ...
