"""The files that go with a report: checked by their content, kept by digest."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from challenges.documents.kinds import file_name, media_type
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.files import store as files
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award.delivery.milestones.models import MilestoneFile, MilestoneReport

FILES_MOST = 5


@dataclass(frozen=True)
class Checked:
    """A file that may be kept."""

    name: str
    media_type: str
    content: bytes


def checked(sent: Sequence[tuple[str, bytes]]) -> list[Checked]:
    """Look at what was sent, names with contents.

    Raises:
        Invalid: there are too many, or one is refused; the message stands by the field.
    """
    if len(sent) > FILES_MOST:
        message = N_("Attach at most 5 files. Join some, or link to them.")
        raise Invalid(message, {"file": message})
    found = []
    for given, content in sent:
        name = file_name(given)
        found.append(Checked(name, media_type(name, content), content))
    return found


def keep_all(
    session: Session,
    store: files.FileStore,
    report: MilestoneReport,
    attached: Sequence[Checked],
    clock: Clock,
) -> None:
    """Tie files that were written before to a report, in the caller's transaction."""
    for place, each in enumerate(attached, start=1):
        # Somebody may have taken the same bytes away since they were written.
        sha256 = store.write(each.content)
        files.hold(session, sha256)
        files.keep(session, store, sha256, media_type=each.media_type, clock=clock)
        session.add(MilestoneFile(report_id=report.id, place=place, sha256=sha256, name=each.name))
    session.flush()


def discard(store: files.FileStore, digests: Sequence[str]) -> None:
    """Delete bytes that no row refers to, when the change that they were for was refused."""
    for sha256 in digests:
        with transaction() as session:
            files.hold(session, sha256)
            if not files.is_kept(session, sha256):
                store.discard(sha256)
