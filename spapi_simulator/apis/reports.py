"""Reports API 2021-06-30: reports on demand and their documents."""

from dataclasses import dataclass, field
from datetime import datetime

from ..clock import iso, parse_iso
from ..documents import REPORT as REPORT_DOCUMENT
from ..errors import invalid_input, not_found
from ..operations import Operation
from ..parameters import Parameter
from ..reports import TYPES
from .job_lists import cancel_job, describe_job, list_jobs, list_parameters
from .orders import check_marketplaces
from .report_bodies import SPECIFICATION

REPORT = "report"
_PATH = "/reports/2021-06-30"


@dataclass
class ReportInput:
    """What a report was asked for, beside its type and marketplaces.

    ``locale`` is the language that it was written in, where that can be chosen.
    """

    data_start: datetime
    data_end: datetime
    options: dict = field(default_factory=dict)
    schedule_id: str | None = None
    locale: str | None = None


def create_report(simulator, call):
    """createReport: 202 with the id of a report that is written later."""
    body = call.body
    check_request(call.account, body)
    now = simulator.clock.now()
    start = _moment(body, "dataStartTime", now)
    end = _moment(body, "dataEndTime", now)
    if start > end:
        raise invalid_input("dataStartTime must be equal to or before dataEndTime.")
    data = ReportInput(start, end, body.get("reportOptions", {}))
    job = start_report(simulator, call.account.seller_id, body, data, now)
    return 202, {"reportId": job.id}


def check_request(account, body):
    """Refuse report types, options and marketplaces that there are not."""
    name = body["reportType"]
    if name not in TYPES:
        raise invalid_input(f"Invalid Report Type {name}")
    options = body.get("reportOptions", {})
    unknown = sorted(set(options) - set(TYPES[name].options))
    if unknown:
        raise invalid_input(f"The report option {unknown[0]} is not valid.")
    check_marketplaces(account, body["marketplaceIds"])


def start_report(simulator, seller_id, body, data, created):
    """A new report of the account; ``body`` names its type and marketplaces."""
    kind = TYPES[body["reportType"]]
    marketplace_ids = list(dict.fromkeys(body["marketplaceIds"]))
    if kind.one_marketplace:
        marketplace_ids = marketplace_ids[:1]

    def work(job):
        return _write(simulator, job)

    return simulator.processing.start(
        work,
        created,
        kind=REPORT,
        seller_id=seller_id,
        type=kind.name,
        marketplace_ids=marketplace_ids,
        input=data,
    )


def _moment(body, name, now):
    text = body.get(name)
    if text is None:
        return now
    try:
        moment = parse_iso(text)
    except ValueError:
        message = f"{name} must be a date and time in ISO 8601 format."
        raise invalid_input(message) from None
    if moment > now:
        raise invalid_input(f"{name} must not be in the future.")
    return moment


def _write(simulator, job):
    """Write the document of a report; long work."""
    documents, finish = simulator.documents, simulator.processing.finish
    reason = simulator.processing.take_failure(job)
    if reason is not None:
        chunks = [reason.encode("utf-8", "replace")]
        outcome, content_type = "FATAL", "text/plain; charset=UTF-8"
    else:
        table = yield from TYPES[job.type].write(simulator, job)
        if table is None:
            finish(job, "CANCELLED")
            return
        chunks, content_type, outcome = table.chunks, table.content_type, "DONE"
    document = yield from documents.add_result(
        job.seller_id, REPORT_DOCUMENT, content_type, chunks
    )
    finish(job, outcome, document.id)


def get_report(simulator, call):
    """getReport: the state of one report."""
    return 200, describe_report(_require(simulator, call), simulator.clock.now())


def describe_report(job, now):
    """A report as the API shows it."""
    names = ("reportId", "reportType", "reportDocumentId")
    view = {
        **describe_job(job, now, names),
        "dataStartTime": iso(job.input.data_start),
        "dataEndTime": iso(job.input.data_end),
    }
    if job.input.schedule_id is not None:
        view["reportScheduleId"] = job.input.schedule_id
    return view


def get_reports(simulator, call):
    """getReports: a page of the reports of the account, newest first."""
    return list_jobs(simulator, call, REPORT, "reportTypes", describe_report)


def cancel_report(simulator, call):
    """cancelReport: only while the report is in the queue; 200 without a body."""
    return cancel_job(simulator, _require(simulator, call), REPORT)


def get_report_document(simulator, call):
    """getReportDocument: an address of the document that works for five minutes."""
    document_id = call.path["reportDocumentId"]
    document = simulator.documents.get(
        document_id, call.account.seller_id, (REPORT_DOCUMENT,)
    )
    if document is None:
        raise not_found(f"The report document {document_id} was not found.")
    return 200, document_view(simulator, call, document, "reportDocumentId")


def document_view(simulator, call, document, id_name):
    """A finished document as getReportDocument and getFeedDocument show it."""
    decoding = call.query["enableContentEncodingUrlHeader"]
    view = {
        id_name: document.id,
        "url": simulator.documents.download_url(call.base_url, document, decoding),
    }
    if document.compressed:
        view["compressionAlgorithm"] = "GZIP"
    return view


def _require(simulator, call):
    report_id = call.path["reportId"]
    job = simulator.processing.get(REPORT, call.account.seller_id, report_id)
    if job is None:
        raise not_found(f"The report {report_id} was not found.")
    return job


#: Of getReportDocument and getFeedDocument.
DOCUMENT_QUERY = (Parameter("enableContentEncodingUrlHeader", "flag", default=False),)
OPERATIONS = (
    Operation(
        "createReport",
        "POST",
        f"{_PATH}/reports",
        create_report,
        body=SPECIFICATION,
    ),
    Operation("getReport", "GET", f"{_PATH}/reports/{{reportId}}", get_report),
    Operation(
        "getReports",
        "GET",
        f"{_PATH}/reports",
        get_reports,
        list_parameters("reportTypes"),
    ),
    Operation("cancelReport", "DELETE", f"{_PATH}/reports/{{reportId}}", cancel_report),
    Operation(
        "getReportDocument",
        "GET",
        f"{_PATH}/documents/{{reportDocumentId}}",
        get_report_document,
        DOCUMENT_QUERY,
    ),
)
