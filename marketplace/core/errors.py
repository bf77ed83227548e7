"""What a use case refuses, and why: one tree, data as attributes, no HTTP.

`marketplace.app` holds the one table that turns each into a page.
"""

from collections.abc import Mapping


class DomainError(Exception):
    """A use case could not be carried out, for a reason a person can be told.

    `message` is English marked by `N_`, with `%(name)s` places that `data` fills.
    """

    def __init__(self, message: str, **data: object) -> None:
        super().__init__(message % data if data else message)
        self.message = message
        self.data: Mapping[str, object] = data


class NotFound(DomainError):
    """No such thing, or it belongs to another organisation: the two are not told apart."""


class Forbidden(DomainError):
    """The person lacks the right, whatever the moment."""


class WrongMoment(DomainError):
    """The person has the right, but the state of the thing or the time does not allow it."""


class StaleEdit(WrongMoment):
    """Somebody else changed the thing since the person's page was made."""


class Invalid(DomainError):
    """What was given breaks a rule.

    `fields` maps a field's name to its message; the message of the error itself stands for
    what belongs to no single field.
    """

    def __init__(
        self, message: str, fields: Mapping[str, str] | None = None, **data: object
    ) -> None:
        super().__init__(message, **data)
        self.fields: Mapping[str, str] = fields or {}
