"""The text of the messages about invitations to a panel. Pure."""

INVITED_SUBJECT = "Will you judge bids? {title}"
WITHDRAWN_SUBJECT = "An invitation was withdrawn: {title}"
ANSWERED_SUBJECT = "{name} {answer}: {title}"


def invited(
    *, name: str, inviter: str, body: str, title: str, does: str, until: str, link: str
) -> str:
    """Ask a person onto a panel; `does` says what they would do there."""
    return (
        f"Dear {name},\n\n"
        f"{inviter} of {body} asks you to sit on the panel that judges the bids for this "
        f"challenge:\n{title}\n\n"
        f"{does}\n\n"
        "Read what it means, then accept or decline. Sign in with this e-mail address, or create "
        f"an account with it:\n{link}\n\n"
        f"The invitation stands until {until}. You see this panel and nothing else of {body}.\n"
    )


def withdrawn(*, name: str, body: str, title: str) -> str:
    """Tell a person that they are not asked any more."""
    return (
        f"Dear {name},\n\n"
        f"{body} has withdrawn its invitation to the panel of this challenge:\n{title}\n\n"
        "You need do nothing.\n"
    )


def answered(*, name: str, accepted: bool, title: str, label: str, link: str) -> str:
    """Tell whoever invited that a person accepted or declined."""
    if accepted:
        told = f"{name} has joined the panel as {label}. They read the briefing next."
    else:
        told = f"{name} has declined to join the panel. Invite somebody else if you need to."
    return f"{title}\n\n{told}\n\nThe panel:\n{link}\n"
