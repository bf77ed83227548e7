"""Pages of questions and answers ask the database as much for many as for few."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import count_statements, sign_in
from tests.integration.asking.conftest import Asking
from tests.journeys import Journey

MOST = 14


def test_lists_of_questions_ask_as_much_for_many_as_for_few(
    client: FlaskClient, journey: Journey, ask: Asking, answer: Asking, session: Session
) -> None:
    at = f"/challenges/{journey.reference}/questions"

    def more(first: int, last: int) -> None:
        for number in range(first, last):
            journey.clock.instant += timedelta(minutes=20)
            answer([ask(f"Which, {number}?"), ask(f"When, {number}?")], "Soon.")
            ask(f"Waits, {number}?", journey.cast.rival_admin)

    def counts() -> dict[str, int]:
        found = {}
        for person, path in (
            (journey.cast.supplier_admin, at),
            (journey.cast.supplier_admin, f"{at}/mine"),
            (journey.cast.lead, f"/work{at}"),
        ):
            sign_in(client, person)
            client.get(path)
            with count_statements(session) as counted:
                assert client.get(path).status_code == 200
            found[path] = len(counted)
        return found

    more(0, 2)
    few = counts()
    more(2, 8)

    assert counts() == few
    assert max(few.values()) <= MOST
