"""The text of a reminder. Pure."""

from collections.abc import Sequence

REMINDED_SUBJECT = "The panel waits for you: {title}"


def reminded(
    *,
    name: str,
    title: str,
    reference: str,
    steps: Sequence[tuple[str, str | None]],
    by: str,
    link: str,
) -> str:
    """Tell a member what the panel waits for; of each step its words and its due day, if any."""
    told = "\n".join(f"- {words}, by {due}" if due else f"- {words}" for words, due in steps)
    return (
        f"Dear {name},\n\n"
        f"The panel of this challenge waits for you:\n{title} ({reference})\n\n"
        f"{told}\n\n"
        f"Go on here:\n{link}\n\n"
        f"{by} asked us to remind you.\n"
    )
