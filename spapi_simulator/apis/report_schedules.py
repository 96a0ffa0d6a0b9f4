"""Reports API 2021-06-30: schedules that create reports as the clock moves on."""

import calendar
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..clock import iso, parse_iso
from ..errors import invalid_input, not_found
from ..operations import Operation
from ..parameters import Parameter
from .report_bodies import SCHEDULE
from .reports import ReportInput, check_request, start_report

_PATH = "/reports/2021-06-30/schedules"
#: Of the reports that a clock jumped over, so many of the latest are made up for.
MAX_MISSED = 100
_PERIOD = re.compile(r"P(?:(\d+)D|T(?:(\d+)H|(\d+)M))", re.ASCII)


@dataclass
class ReportSchedule:
    """A schedule of an account; ``body`` is that of createReportSchedule."""

    id: str
    seller_id: str
    body: dict
    next: datetime

    def key(self):
        """What tells schedules of an account apart."""
        places = frozenset(self.body["marketplaceIds"])
        return self.seller_id, self.body["reportType"], places

    def step(self):
        """Go on to the next report; returns the time of this one."""
        this, self.next = self.next, later(self.next, self.body["period"])
        return this

    def skip(self, now):
        """Leave out all but the latest of the reports that the clock jumped over."""
        usual = later(self.next, self.body["period"]) - self.next
        missed = (now - self.next) // usual - MAX_MISSED
        for _ in range(max(0, missed) if self.body["period"] == "P1M" else 0):
            self.step()
        if missed > 0 and self.body["period"] != "P1M":
            self.next += missed * usual


@dataclass
class ReportSchedules:
    """The schedules of all accounts by what tells them apart."""

    by_key: dict = field(default_factory=dict)
    count: int = 0

    def reset(self):
        """Forget all schedules."""
        self.by_key = {}
        self.count = 0

    def add(self, seller_id, body, moment):
        """A new schedule; one for the same reports is replaced."""
        self.count += 1
        schedule = ReportSchedule(
            str(60_000_000_000 + self.count), seller_id, body, moment
        )
        self.by_key[schedule.key()] = schedule
        return schedule

    def is_active(self, schedule):
        """Whether it was neither cancelled nor replaced."""
        return self.by_key.get(schedule.key()) is schedule

    def remove(self, schedule):
        """Cancel a schedule."""
        del self.by_key[schedule.key()]

    def of(self, seller_id):
        """The schedules of an account, oldest first."""
        found = (s for s in self.by_key.values() if s.seller_id == seller_id)
        return sorted(found, key=lambda schedule: schedule.id)


def later(moment, period):
    """The moment one ISO 8601 period later."""
    if period == "P1M":
        year, month = divmod(moment.year * 12 + moment.month, 12)
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day)
    match = _PERIOD.fullmatch(period)
    if not match:
        raise ValueError(f"{period} is no period of a schedule.")
    days, hours, minutes = (int(n or 0) for n in match.groups())
    return moment + timedelta(days=days, hours=hours, minutes=minutes)


def create_report_schedule(simulator, call):
    """createReportSchedule: 201 with its id."""
    body = call.body
    check_request(call.account, body)
    now = simulator.clock.now()
    moment = _first(body, now)
    schedules = simulator.report_schedules
    schedule = schedules.add(call.account.seller_id, body, moment)
    _wait(simulator, schedule)
    return 201, {"reportScheduleId": schedule.id}


def _first(body, now):
    text = body.get("nextReportCreationTime")
    if text is None:
        return later(now, body["period"])
    try:
        moment = parse_iso(text)
    except ValueError:
        message = "nextReportCreationTime must be a date and time in ISO 8601 format."
        raise invalid_input(message) from None
    if moment < now:
        raise invalid_input("nextReportCreationTime must not be in the past.")
    return moment


def _wait(simulator, schedule):
    def work():
        _create_due(simulator, schedule)

    simulator.agenda.at(schedule.next.timestamp(), work)


def _create_due(simulator, schedule):
    if not simulator.report_schedules.is_active(schedule):
        return
    now = simulator.clock.now()
    schedule.skip(now)
    options = schedule.body.get("reportOptions", {})
    while schedule.next <= now:
        moment = schedule.step()
        begin = moment - (schedule.next - moment)
        data = ReportInput(begin, moment, options, schedule.id)
        start_report(simulator, schedule.seller_id, schedule.body, data, moment)
    _wait(simulator, schedule)


def get_report_schedules(simulator, call):
    """getReportSchedules: the schedules of some report types."""
    wanted = call.query["reportTypes"]
    found = simulator.report_schedules.of(call.account.seller_id)
    views = [_describe(s) for s in found if s.body["reportType"] in wanted]
    return 200, {"reportSchedules": views}


def get_report_schedule(simulator, call):
    """getReportSchedule: one schedule."""
    return 200, _describe(_require(simulator, call))


def cancel_report_schedule(simulator, call):
    """cancelReportSchedule: 200 without a body; reports it created stay."""
    simulator.report_schedules.remove(_require(simulator, call))
    return 200, None


def _require(simulator, call):
    schedule_id = call.path["reportScheduleId"]
    for schedule in simulator.report_schedules.of(call.account.seller_id):
        if schedule.id == schedule_id:
            return schedule
    raise not_found(f"The report schedule {schedule_id} was not found.")


def _describe(schedule):
    return {
        **schedule.body,
        "reportScheduleId": schedule.id,
        "nextReportCreationTime": iso(schedule.next),
    }


_ONE = f"{_PATH}/{{reportScheduleId}}"
OPERATIONS = (
    Operation(
        "createReportSchedule", "POST", _PATH, create_report_schedule, body=SCHEDULE
    ),
    Operation(
        "getReportSchedules",
        "GET",
        _PATH,
        get_report_schedules,
        (Parameter("reportTypes", "list", required=True, most=10),),
    ),
    Operation("getReportSchedule", "GET", _ONE, get_report_schedule),
    Operation("cancelReportSchedule", "DELETE", _ONE, cancel_report_schedule),
)
