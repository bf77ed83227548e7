"""Forms of challenges: how what people type becomes a section, a criterion, a step, a filter."""

from typing import Any


def typed(field: Any) -> str:
    """Give the text of a field, empty where nothing was sent."""
    return str(field.data or "")
