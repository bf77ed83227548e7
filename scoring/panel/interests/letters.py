"""The text of the messages about an interest that was found later. Pure."""

SUBJECT = "An interest was found: {title}"


def to_decide(*, name: str, title: str, reference: str, link: str | None) -> str:
    """Tell whoever decides that an interest waits; whose and in whom is said on the page alone."""
    where = f"Decide here:\n{link}" if link else "Sign in and open the panel’s page to decide."
    return (
        f"Dear {name},\n\n"
        "An interest of a member of the panel was found after the declarations:\n"
        f"{title} ({reference})\n\n"
        "The member cannot read or score that bid now, and the panel cannot finish, until you have "
        f"decided what follows.\n\n{where}\n"
    )


def stopped(*, name: str, title: str, reference: str) -> str:
    """Tell a member of whom another said it; in whom is said on the page alone."""
    return (
        f"Dear {name},\n\n"
        "Somebody who leads the work on this challenge says that you have an interest in one of "
        f"its bidders:\n{title} ({reference})\n\n"
        "Until this is decided you cannot read or score that bid. Sign in and open the panel’s "
        "page to see what was said. If it is wrong, tell the chair.\n"
    )
