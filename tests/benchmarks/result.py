"""The page of a stage's result, all that could change it included, beside the engine's own time for
the same evaluation and the same template with everything in hand.

Nothing is computed when the page is asked for: the result was, at the lock. What may cost is to
read both documents, the sentences, the charts and the decision's other rows.
"""

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask_migrate import upgrade
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.app import create_app
from marketplace.core.clock import FixedClock
from marketplace.core.colours import Brand
from marketplace.core.database import db
from marketplace.core.permissions import Role
from scoring.award import pages
from scoring.award.models import Result
from scoring.engine import ENGINE_VERSION, canonical, evaluate_document
from tests.award_reports import Shape, full_report
from tests.benchmarks.pages import NOW, median
from tests.conftest import make_settings, sign_in
from tests.factories import a_body, a_challenge, a_panel, a_person, actor_for

SHAPE = Shape(bids=20, quality=8, evaluators=5)
LIMIT = 1.5


def rows() -> list[dict[str, Any]]:
    """Measure the page of a result of 20 bids, 8 questions and 5 evaluators."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        app = create_app(make_settings(Path(folder), url), FixedClock(NOW))
        with app.app_context():
            upgrade()
            session = db.session()
            body = a_body(session, NOW)
            reader = a_person(session, NOW, body, Role.APPROVER)
            lead = a_person(session, NOW, body, Role.CHALLENGE_LEAD)
            challenge = a_challenge(session, NOW, body, lead, State.EVALUATING)
            document = _decided(session, challenge)
            session.commit()
            client = app.test_client()
            sign_in(client, reader)
            address = f"/work/challenges/{challenge.reference}/decision"
            assert client.get(address).text.count("<svg") > 1

            engine = median(lambda: evaluate_document(document))
            ours = median(lambda: client.get(address))
            held = pages.result(
                session, challenge.reference, actor_for(reader), Brand().colour, NOW
            )
            with patch.object(pages, "result", lambda *_args: held):
                page = median(lambda: client.get(address))
            db.session.remove()
            db.engine.dispose()
    return [
        {
            "name": "Result of 20 bids, 8 questions, 5 evaluators",
            "ratio": round(ours / (engine + page), 2),
            "limit": LIMIT,
            "milliseconds": round(ours * 1000, 1),
            "engine_milliseconds": round(engine * 1000, 1),
            "page_milliseconds": round(page * 1000, 1),
        }
    ]


def _decided(session: Session, challenge: Challenge) -> dict[str, Any]:
    """Put a panel that has locked and its result straight into the tables; give its evaluation."""
    panel = a_panel(session, NOW, challenge)
    panel.scoring_began_at = panel.moderation_began_at = panel.quality_locked_at = NOW
    (stage,) = full_report(SHAPE).stages
    document: dict[str, Any] = json.loads(str(stage.evaluation))
    evaluation, found = canonical(document), canonical(evaluate_document(document))
    session.add(
        Result(
            stage_id=challenge.stage.id,
            evaluation=evaluation,
            evaluation_sha256=hashlib.sha256(evaluation).hexdigest(),
            result=found,
            result_sha256=hashlib.sha256(found).hexdigest(),
            engine_version=ENGINE_VERSION,
            computed_at=NOW,
        )
    )
    return document
