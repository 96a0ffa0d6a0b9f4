"""Schedules create reports as the simulator's clock moves on."""

from datetime import datetime, timezone
from itertools import pairwise

import pytest
from document_client import LISTINGS_REPORT, ORDER_DATE_REPORT, REPORTS, Reader

from spapi_simulator.accounts import CA, US
from spapi_simulator.apis.report_schedules import MAX_MISSED, later
from spapi_simulator.clock import parse_iso

ALL = f"{REPORTS}/schedules"
ONE = f"{REPORTS}/schedules/{{reportScheduleId}}"
HOUR = 3600


@pytest.fixture
def reader(api, admin):
    """The North American account."""
    return Reader(api, admin)


@pytest.fixture
def judge(model):
    """Amazon's model of the API."""
    return model("reports_2021-06-30.json")


def create(reader, **changes):
    body = {
        "reportType": LISTINGS_REPORT,
        "marketplaceIds": [US.id],
        "period": "PT1H",
        **changes,
    }
    return reader.send("POST", ALL, {k: v for k, v in body.items() if v is not None})


def schedules(reader, types=LISTINGS_REPORT):
    answer = reader.send("GET", ALL, reportTypes=types)
    return answer.json()["reportSchedules"]


def advance(reader, seconds):
    """Move the clock on and sign in again, as a token lasts for an hour."""
    reader.admin.advance_clock(seconds)
    reader.api.fetch_token()


def made(reader, report_type=LISTINGS_REPORT):
    answer = reader.reports(reportTypes=report_type, pageSize=100)
    return answer.json()["reports"]


def test_a_schedule_is_created_shown_and_cancelled(reader, judge):
    created = create(reader, reportOptions={"custom": "true"})
    judge.validate(created, ALL, "post")
    assert created.status_code == 201
    schedule_id = created.json()["reportScheduleId"]
    path = f"{ALL}/{schedule_id}"
    one = reader.send("GET", path)
    judge.validate(one, ONE)
    schedule = one.json()
    assert schedule["period"] == "PT1H"
    assert schedule["reportOptions"] == {"custom": "true"}
    found = reader.send("GET", ALL, reportTypes=LISTINGS_REPORT)
    judge.validate(found, ALL)
    assert found.json()["reportSchedules"] == [schedule]
    assert schedules(reader, ORDER_DATE_REPORT) == []
    cancelled = reader.send("DELETE", path)
    assert (cancelled.status_code, cancelled.content) == (200, b"")
    judge.validate(cancelled, ONE, "delete")
    for method in ("GET", "DELETE"):
        missing = reader.send(method, path)
        assert missing.status_code == 404
        judge.validate(missing, ONE, method.lower())


def test_reports_come_with_the_clock(reader, admin):
    schedule_id = create(reader).json()["reportScheduleId"]
    assert made(reader) == []
    advance(reader, HOUR + 10)
    first = made(reader)
    assert [report["processingStatus"] for report in first] == ["DONE"]
    assert first[0]["reportScheduleId"] == schedule_id
    advance(reader, 2 * HOUR)
    reports = made(reader)
    assert len(reports) == 3
    times = [parse_iso(report["createdTime"]) for report in reports]
    assert [(a - b).total_seconds() for a, b in pairwise(times)] == [HOUR] * 2
    newest = reports[0]
    assert newest["dataEndTime"] == newest["createdTime"]
    assert newest["dataStartTime"] == reports[1]["createdTime"]
    assert schedules(reader)[0]["nextReportCreationTime"] > newest["createdTime"]


def test_orders_of_the_period(reader, admin):
    create(reader, reportType=ORDER_DATE_REPORT, period="P1D")
    order = admin.create_order(
        reader.api.account.seller_id, marketplace_id=US.id, age_seconds=0
    )
    advance(reader, 24 * HOUR + 10)
    (report,) = made(reader, ORDER_DATE_REPORT)
    answer = reader.report_document(report["reportDocumentId"]).json()
    text = reader.download(answer)[0].decode()
    assert order["orderId"] in text


def test_the_first_time_can_be_chosen(reader, admin):
    now = parse_iso(admin.clock()["now"])
    moment = now.replace(microsecond=0).isoformat().replace("+00:00", "Z")
    assert create(reader, nextReportCreationTime=moment).status_code == 400
    in_a_minute = later(now, "PT5M").isoformat().replace("+00:00", "Z")
    assert create(reader, nextReportCreationTime=in_a_minute).status_code == 201
    admin.advance_clock(310)
    assert len(made(reader)) == 1


def test_a_schedule_for_the_same_reports_replaces_the_other(reader, admin):
    create(reader, marketplaceIds=[US.id, CA.id])
    create(reader, marketplaceIds=[US.id])
    create(reader, marketplaceIds=[CA.id, US.id], period="P1D")
    periods = sorted(schedule["period"] for schedule in schedules(reader))
    assert periods == ["P1D", "PT1H"]
    advance(reader, HOUR + 10)
    assert len(made(reader)) == 1


def test_a_cancelled_schedule_creates_no_more(reader, admin):
    schedule_id = create(reader).json()["reportScheduleId"]
    advance(reader, HOUR + 10)
    reader.send("DELETE", f"{ALL}/{schedule_id}")
    advance(reader, HOUR)
    assert len(made(reader)) == 1


@pytest.mark.parametrize("period", ["PT5M", "P1M"])
def test_a_long_jump_of_the_clock_makes_up_for_the_latest_reports(
    reader, admin, period
):
    create(reader, period=period)
    years = 20
    advance(reader, years * 366 * 24 * HOUR)
    found = admin.reports(reader.api.account.seller_id)
    assert 1 <= len(found) <= MAX_MISSED + 1
    assert found[-1]["createdTime"] < schedules(reader)[0]["nextReportCreationTime"]


def test_schedules_of_others_are_not_seen(reader, admin, europe):
    schedule_id = create(reader).json()["reportScheduleId"]
    other = Reader(europe, admin)
    assert schedules(other) == []
    assert other.send("GET", f"{ALL}/{schedule_id}").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"period": None},
        {"period": "PT7M"},
        {"reportType": None},
        {"reportType": "nonsense"},
        {"marketplaceIds": []},
        {"nextReportCreationTime": "tomorrow"},
        {"dataStartTime": "2026-01-01T00:00:00Z"},
        {"reportOptions": {"wish": "true"}},
    ],
)
def test_bad_schedules(reader, judge, change):
    answer = create(reader, **change)
    assert answer.status_code == 400
    judge.validate(answer, ALL, "post")


def test_schedules_are_listed_by_type_only(reader, judge):
    answer = reader.send("GET", ALL)
    assert answer.status_code == 400
    judge.validate(answer, ALL)


def test_periods():
    def moment(*parts):
        return datetime(*parts, tzinfo=timezone.utc)

    assert later(moment(2026, 1, 31), "P1M") == moment(2026, 2, 28)
    assert later(moment(2026, 12, 15), "P1M") == moment(2027, 1, 15)
    assert later(moment(2026, 11, 30), "P1M") == moment(2026, 12, 30)
    assert later(moment(2026, 1, 1), "PT84H") == moment(2026, 1, 4, 12)
    assert later(moment(2026, 1, 1), "PT15M") == moment(2026, 1, 1, 0, 15)
    assert later(moment(2026, 1, 1), "P18D") == moment(2026, 1, 19)
