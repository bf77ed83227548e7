"""The messages about organisations, in the reader's language: each gives subject and text."""

from flask_babel import gettext as _


def invitation(inviter: str, organisation: str, link: str) -> tuple[str, str]:
    """Write to somebody who may act for an organisation."""
    return (
        _("Invitation to act for %(organisation)s", organisation=organisation),
        "\n\n".join(
            [
                _(
                    "%(inviter)s invites you to act for %(organisation)s.",
                    inviter=inviter,
                    organisation=organisation,
                ),
                _("Accept here. If you have no account, first create one with this address:")
                + f"\n{link}",
                _("The invitation stands for 14 days. If you expect none, do nothing."),
            ]
        )
        + "\n",
    )


def verified(organisation: str) -> tuple[str, str]:
    """Write to those who look after an organisation's people."""
    return (
        _("%(organisation)s is verified", organisation=organisation),
        _(
            "%(organisation)s is verified now. You need to do nothing.",
            organisation=organisation,
        )
        + "\n",
    )
