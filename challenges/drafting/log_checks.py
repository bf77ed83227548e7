"""Holds the text that was published against the one that the log says was approved."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import Connection, select

from challenges.drafting.models import ApprovedText
from challenges.log_words import APPROVED, PUBLISHED
from challenges.models import Challenge
from marketplace.core.audit import verifying
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.verifying.recorded import recorded
from marketplace.core.text import N_


@verifying.also
def check(connection: Connection) -> Iterator[Finding]:
    """Compare each publication with the approval before it, and both with what is stored."""
    approved: dict[str, object] = {}
    published: dict[str, object] = {}
    for entry in recorded(connection, APPROVED, PUBLISHED):
        text = entry.values.get("text")
        if entry.action == APPROVED:
            approved[entry.chain] = text
        elif text is not None:
            published[entry.chain] = text
            if approved.get(entry.chain) != text:
                yield failed(
                    N_("The text that was published is not the one that was approved"),
                    f"challenge {entry.chain}",
                )
    stored: dict[str, set[str]] = {}
    for row in connection.execute(
        select(Challenge.reference, ApprovedText.canonical, ApprovedText.sha256).join(
            ApprovedText, ApprovedText.challenge_id == Challenge.id
        )
    ):
        if hashlib.sha256(row.canonical).hexdigest() == row.sha256:
            stored.setdefault(row.reference, set()).add(row.sha256)
    for reference, text in published.items():
        if text not in stored.get(reference, set()):
            yield failed(
                N_("The text that was approved is not stored as the log names it"),
                f"challenge {reference}",
            )
