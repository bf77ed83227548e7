"""A debrief meeting from the bidder's outcome to the notes that it reads."""

from datetime import datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.core.dates import PLACE
from marketplace.core.jobs import Job
from marketplace.core.notices.models import Notice
from scoring.award.debriefs import service
from scoring.award.debriefs.models import Debrief
from tests.conftest import sign_in
from tests.journeys import Journey


def five(instant: datetime) -> list[str]:
    local = instant.astimezone(PLACE)
    return [str(part) for part in (local.day, local.month, local.year, local.hour, local.minute)]


def test_debrief_meeting_is_asked_for_agreed_held_and_read(
    journey: Journey, client: FlaskClient
) -> None:
    cast, own = journey.cast, f"/bids/{journey.rival_bid}/debrief"
    work = f"/work/challenges/{journey.reference}/decision/debriefs"
    sign_in(client, cast.rival_admin)
    assert own in client.get(f"/bids/{journey.rival_bid}/outcome").text
    assert client.post(own, data={"wishes": "x" * 10_001}).status_code == 422
    assert client.post(own, data={"wishes": "Why <b>three</b>?"}).status_code == 303
    assert client.post(own, data={"wishes": "Again"}).status_code == 409
    row = journey.session.scalars(select(Debrief)).one()

    sign_in(client, cast.officer)
    assert "See to a debrief meeting" in client.get(f"/work/challenges/{journey.reference}").text
    assert "&lt;b&gt;three" in client.get(work).text
    assert client.post(f"{work}/{row.id}/offer", data={}).status_code == 422
    first = journey.clock.instant.replace(second=0, microsecond=0) + timedelta(days=3)
    offered = {
        "first": five(first),
        "second": five(first + timedelta(hours=2)),
        "minutes": "45",
        "where": "remote",
        "join_url": "https://meet.example/a",
    }
    assert client.post(f"{work}/{row.id}/offer", data=offered).status_code == 303

    sign_in(client, cast.supplier_admin)
    assert client.get(own).status_code == 404
    sign_in(client, cast.rival_admin)
    assert client.get(f"{own}/calendar.ics").status_code == 404
    assert client.post(f"{own}/time", data={"time": "never"}).status_code == 422
    assert "Choose a time for your debrief meeting" in client.get("/work").text
    choice = {"time": first.isoformat()}
    assert client.post(f"{own}/time", data=choice).status_code == 303
    assert client.post(f"{own}/time", data=choice).status_code == 303  # pressed twice
    assert "BEGIN:VEVENT" in client.get(f"{own}/calendar.ics").text
    job = journey.session.scalars(select(Job).where(Job.kind == service.REMIND)).one()
    journey.clock.instant = job.due_at
    service.remind(job.payload, journey.clock)
    service.remind(job.payload, journey.clock)
    reminded = journey.session.scalars(
        select(Notice).where(
            Notice.subject.startswith("Tomorrow"), Notice.to_email == cast.rival_admin.email
        )
    ).all()
    assert len(reminded) == 1
    assert reminded[0].calendar

    journey.clock.instant = first + timedelta(hours=1)
    sign_in(client, cast.officer)
    record = f"{work}/{row.id}/record"
    assert client.post(record, data={"notes": "All of it."}).status_code == 422
    held = {"attended": "Rita and Oona", "notes": "We went through each score."}
    assert client.post(record, data=held).status_code == 303
    assert client.post(record, data=held).status_code == 409
    sign_in(client, cast.rival_admin)
    assert "We went through each score." in client.get(own).text


def test_none_of_the_times_suits_and_officers_offer_others(
    journey: Journey, client: FlaskClient
) -> None:
    cast, own = journey.cast, f"/bids/{journey.rival_bid}/debrief"
    work = f"/work/challenges/{journey.reference}/decision/debriefs"
    sign_in(client, cast.rival_admin)
    assert client.post(own, data={}).status_code == 303
    row = journey.session.scalars(select(Debrief)).one()
    sign_in(client, cast.officer)
    first = journey.clock.instant.replace(second=0, microsecond=0) + timedelta(days=3)
    offered = {"first": five(first), "minutes": "45", "where": "place", "place": "Room 1"}
    assert client.post(f"{work}/{row.id}/offer", data=offered).status_code == 303
    sign_in(client, cast.rival_admin)
    declined = {"time": "none", "words": "Friday would do."}
    assert client.post(f"{own}/time", data=declined).status_code == 303
    told = journey.session.scalars(
        select(Notice.text).where(Notice.subject.startswith("No time suits"))
    ).all()
    assert told
    assert all("Friday would do." in each for each in told)
