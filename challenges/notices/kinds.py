"""Which notices a purchase has. Pure."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """Which of a purchase's notices one is."""

    CONTRACT = "contract"
    AWARD = "award"
    MODIFICATION = "modification"
