"""The text of the panel's messages to people. Pure."""

NAMED_SUBJECT = "You are on a panel: {title}"


def named(*, name: str, title: str, reference: str, link: str | None) -> str:
    """Tell a person that they sit on a panel and what they do first."""
    where = f"Begin here:\n{link}" if link else "Sign in and open “Your work” to begin."
    return (
        f"Dear {name},\n\n"
        f"You have been named to the panel of this challenge:\n{title} ({reference})\n\n"
        "First read the briefing and accept its rules on keeping bids confidential. Once the bids "
        "are opened, you declare your interests. You can do both in ten minutes.\n\n"
        f"{where}\n"
    )
