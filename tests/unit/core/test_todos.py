"""What is to be done stands in the order in which it presses."""

import uuid
from datetime import UTC, datetime, timedelta

from marketplace.core.todos import Kind, Todo, by_urgency

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
OURS = uuid.uuid4()


def todo(title: str, kind: Kind = Kind.DRAFT, days: int | None = None) -> Todo:
    """Give something to do within some days."""
    due = None if days is None else NOW + timedelta(days=days)
    return Todo(OURS, kind, title, "web.home", due=due)


def test_what_is_due_first_comes_first_and_what_has_no_end_last() -> None:
    found = by_urgency([todo("never"), todo("later", days=5), todo("first", days=1)])

    assert [each.title for each in found] == ["first", "later", "never"]


def test_of_what_is_due_together_a_query_comes_before_a_draft() -> None:
    found = by_urgency([todo("draft", days=1), todo("query", Kind.QUERY, days=1)])

    assert [each.title for each in found] == ["query", "draft"]
