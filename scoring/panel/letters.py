"""The text of the panel's messages to people. Pure."""

NAMED_SUBJECT = "You are on a panel: {title}"
LEFT_SUBJECT = "You no longer sit on the panel: {title}"


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


def left(*, name: str, title: str, reference: str) -> str:
    """Tell a person that somebody else has their seat; why is told by people, not by a letter."""
    return (
        f"Dear {name},\n\n"
        f"Somebody else has taken your place on the panel of this challenge:\n"
        f"{title} ({reference})\n\n"
        "You can no longer read its bids. What you have read stays confidential, as you accepted "
        "in the briefing. If this is a surprise, ask the procurement officer of the challenge.\n"
    )
