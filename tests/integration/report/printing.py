"""The reports of the signed award of a kept journey, printed once in a run."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from sqlalchemy import select, update

from bids.models import Submission
from challenges.stages.disclosing import public_file
from marketplace.core import jobs
from marketplace.core.audit import checkpoints, keys
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.jobs import Job
from marketplace.core.transaction import transaction
from scoring.report.models import DebriefFile, ReportFile
from scoring.report.service import DEBRIEF, MAKE
from scoring.report.values import Edition
from scoring.report.verifying import files
from tests.applications import make_app
from tests.conftest import NOW, make_settings
from tests.databases import Databases, Kept
from tests.journeys import Step, recall
from tests.kept import bring_envelopes
from tests.once import once_in_a_run


@dataclass(frozen=True)
class Printed:
    """The newest edition of each kind, the first receipt of a bid, and the database afterwards.

    `checkpoint` is the log's newest, `keys` its public keys, one a line. `log` is the public file
    of the challenge's chain a moment later, when a checkpoint covers that the reports were made.
    """

    editions: Mapping[Edition, bytes]
    receipt: str
    checkpoint: str
    keys: str
    kept: Kept
    log: bytes


def print_reports(
    steps: Mapping[Step, Kept], databases: Databases, folders: pytest.TempPathFactory
) -> Printed:
    """Have the reports printed, in a copy of the database at the end."""

    def make() -> bytes:
        folder = folders.mktemp("printed")
        bring_envelopes(folder)
        url = databases.make(steps[Step.SIGNED], folder)
        clock = FixedClock(NOW)
        app = make_app(make_settings(folder, url), clock)
        with app.app_context():
            session = db.session()
            recall(session, clock)
            wanted = (MAKE, DEBRIEF)
            session.execute(update(Job).where(Job.kind.not_in(wanted)).values(done_at=Job.due_at))
            session.commit()
            jobs.run_due(clock)
            store = app.extensions["files"]
            editions = {
                file.edition: store.read(file.sha256)
                for file in session.scalars(select(ReportFile).order_by(ReportFile.made_at))
            }
            debrief = session.scalars(select(DebriefFile)).first()
            assert debrief is not None
            editions[Edition.DEBRIEF] = store.read(debrief.sha256)
            text = session.scalars(select(Submission.receipt).order_by(Submission.entry_n)).first()
            newest = checkpoints.newest(session)
            assert text is not None
            assert newest is not None
            receipt = keys.signer().sign(text)
            named = "".join(f"{key}\n" for key in keys.known(session))
            note = newest.note
            db.session.remove()
            db.engine.dispose()
            kept = databases.keep(url)
            with transaction() as later:
                checkpoints.make(later, clock=clock)
            told = files.read(files.take_out(editions[Edition.FULL]))
            log = public_file(db.session(), told.manifest["chain"])
            assert log is not None
            db.session.remove()
            db.engine.dispose()
        return pickle.dumps(Printed(editions, receipt, note, named, kept, log))

    found = once_in_a_run(folders, "printed-reports", make)
    printed: Printed = pickle.loads(found)  # noqa: S301  (written by a worker of this run)
    return printed
