"""Checks the stored full edition of an award report for an auditor, and records that it did."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from challenges.queries import own_challenge
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from marketplace.core.audit import checkpoints, log
from marketplace.core.audit.findings import Finding, Status, failed, failed_first, is_sound
from marketplace.core.audit.receipt_check import Verdict
from marketplace.core.audit.signing import Verifier
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.dates import format_date
from marketplace.core.erased.models import file_erased_at
from marketplace.core.errors import NotFound, WrongMoment
from marketplace.core.files.store import DamagedFile, FileStore
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.publishing.pages import verify_queries
from scoring.award.queries import deciding_stage
from scoring.panel.aliases.queries import judges_unnamed
from scoring.report import log_words, policy
from scoring.report.queries import files, newest_file
from scoring.report.values import Edition
from scoring.report.verifying.report import Checked, Part

# The parts in which findings are read, in the order in which a person asks: by which rules, whose
# bids, which scores, what follows, who decided; then what all of that rests on.
READ_AS: Mapping[str, Sequence[Part]] = {
    N_("The rules"): (Part.RULES,),
    N_("The bids"): (Part.BIDS,),
    N_("The scores"): (Part.SCORES,),
    N_("The result, and what is printed of it"): (Part.RESULT, Part.PAGES),
    N_("The decision"): (Part.DECISION,),
    N_("The log"): (Part.LOG,),
    N_("The signature and the files"): (Part.SIGNATURE, Part.FILES),
}


@dataclass(frozen=True)
class ReportCheck:
    """What came of checking a report: which file, what was found, at which instant.

    `sha256` is the digest that was recorded when the file of `size` bytes was made; `covers` is the
    size of the log's newest checkpoint, null before there is one; `keys` are the log's public keys.
    """

    reference: str
    title: str
    body: str
    number: str
    sha256: str
    size: int
    made_at: datetime
    checked_at: datetime
    checked: Checked
    covers: int | None
    keys: Sequence[Verifier]

    @property
    def groups(self) -> Mapping[str, Sequence[Finding]]:
        """Give what was found by the part that it is read in, without those that are empty."""
        return grouped(self.checked)

    @property
    def counts(self) -> Mapping[Status, int]:
        """Count the findings of each kind."""
        found = Counter(finding.status for finding in self.checked.findings)
        return {status: found[status] for status in Status}


def grouped(checked: Checked) -> Mapping[str, Sequence[Finding]]:
    """Put findings in the order in which they are read, what failed first; none is left out."""
    groups = {
        heading: failed_first(finding for part in parts for finding in checked.parts.get(part, ()))
        for heading, parts in READ_AS.items()
    }
    there = [heading for heading, found in groups.items() if found]
    return {
        heading: groups[heading] for heading in sorted(there, key=lambda h: is_sound(groups[h]))
    }


def check_full(reference: str, *, actor: Actor, store: FileStore, clock: Clock) -> ReportCheck:
    """Check the newest full edition against the log as it is now; record that before it is told.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor is no auditor, or judges these bids without their names.
        WrongMoment: the report is not made yet, or was erased.
    """
    session: Session = db.session()
    challenge = own_challenge(session, reference, actor)
    ensure(policy.can_audit(actor, unnamed=judges_unnamed(session, reference, actor.user_id)))
    decided = deciding_stage(session, challenge)
    file = newest_file(session, decided.id, Edition.FULL) if decided else None
    if file is None:
        raise WrongMoment(
            N_(
                "There is no full report to check yet: it is made when the decision is announced. "
                "Try again in a minute."
            )
        )
    erased_at = file_erased_at(session, file.sha256)
    if erased_at is not None:
        raise WrongMoment(
            N_("The full report was erased on %(day)s: the time to keep it was over."),
            day=format_date(erased_at),
        )
    known = verify_queries.known_keys(session)
    newest = checkpoints.newest(session)
    # All of this takes seconds: no bid must wait for the log meanwhile.
    checked = _checked(session, store, file.sha256, known)
    found = ReportCheck(
        reference=reference,
        title=challenge.title,
        body=challenge.buyer.name,
        number=f"{reference}/{file.number}",
        sha256=file.sha256,
        size=file.size,
        made_at=file.made_at,
        checked_at=clock.now(),
        checked=checked,
        covers=newest.size if newest else None,
        keys=known,
    )
    with transaction() as session:
        log.append(
            session,
            clock=clock,
            action=log_words.CHECKED,
            chain=reference,
            actor=actor,
            number=found.number,
            edition=Edition.FULL.value,
            sha256=found.sha256,
            verdict=checked.verdict.value,
        )
    return found


def download_earlier(
    at: Where,
    number: int,
    edition: Edition,
    *,
    actor: Actor,
    store: FileStore,
    clock: Clock,
) -> bytes:
    """Give an auditor an edition of any report of a stage, by number, and record it first.

    Of a decision that was taken back too: what was told once is kept.

    Raises:
        NotFound: the challenge is another body's, or there is no such report.
        Forbidden: the actor is no auditor, or judges without names again.
        WrongMoment: it was erased.
        DamagedFile: the stored file is gone or has changed.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor)
        reference = stage.challenge.reference
        ensure(policy.can_audit(actor, unnamed=judges_unnamed(session, reference, actor.user_id)))
        file = next(
            (
                each
                for each in files(session, stage.id)
                if (each.number, each.edition) == (number, edition)
            ),
            None,
        )
        if file is None:
            raise NotFound(N_("There is no such report of this challenge."))
        erased_at = file_erased_at(session, file.sha256)
        if erased_at is not None:
            raise WrongMoment(
                N_("This report was erased on %(day)s: the time to keep it was over."),
                day=format_date(erased_at),
            )
        content = store.read(file.sha256)
        log.append(
            session,
            clock=clock,
            action="report.downloaded",
            chain=reference,
            actor=actor,
            number=f"{reference}/{number}",
            edition=edition.value,
        )
    return content


def _checked(session: Session, store: FileStore, sha256: str, known: Sequence[Verifier]) -> Checked:
    """Check a stored file; one that is not what was stored has failed by that."""
    try:
        content = store.read(sha256)
    except DamagedFile:
        broken = failed(
            N_(
                "The file that this site keeps is gone, or is another one than was made: "
                "its digest is not the one that was recorded"
            ),
            "file",
        )
        return Checked({Part.FILES: [broken]}, Verdict.FAILED)
    return verify_queries.check_report(session, content, known)
