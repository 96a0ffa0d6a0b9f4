"""Rules of the Reports API: creation, states, lists, cancellation, documents."""

import pytest
from document_client import (
    LISTINGS_REPORT,
    LONG_ENOUGH,
    ORDERS_REPORT,
    REPORTS,
    Reader,
)

from spapi_simulator.accounts import US

MODEL = "reports_2021-06-30.json"
ALL = f"{REPORTS}/reports"
ONE = f"{REPORTS}/reports/{{reportId}}"
DOCUMENT = f"{REPORTS}/documents/{{reportDocumentId}}"
DAY = 86400


@pytest.fixture
def reader(api, admin):
    """The North American account."""
    return Reader(api, admin)


@pytest.fixture
def judge(model):
    """Amazon's model of the API."""
    return model(MODEL)


def refused(judge, answer, path, method="get", status=400):
    """The error of a refusal that follows Amazon's model."""
    assert answer.status_code == status, answer.text
    judge.validate(answer, path, method)
    return answer.json()["errors"][0]


def test_a_report_goes_through_its_states(reader, admin, judge):
    admin.set_processing(seconds=40)
    created = reader.create_report()
    judge.validate(created, ALL, "post")
    report_id = created.json()["reportId"]
    seen = []
    for _ in range(3):
        answer = reader.report(report_id)
        judge.validate(answer, ONE)
        seen.append(answer.json())
        admin.advance_clock(20)
    states = [report["processingStatus"] for report in seen]
    assert states == ["IN_QUEUE", "IN_PROGRESS", "DONE"]
    assert "processingStartTime" not in seen[0]
    assert "processingEndTime" not in seen[1]
    assert "reportDocumentId" not in seen[1]
    done = seen[2]
    assert done["reportType"] == LISTINGS_REPORT
    assert done["marketplaceIds"] == [US.id]
    assert done["createdTime"] < done["processingStartTime"] < done["processingEndTime"]
    document = reader.report_document(done["reportDocumentId"])
    judge.validate(document, DOCUMENT)


def test_nothing_is_done_at_once(reader):
    report = reader.report(reader.create_report().json()["reportId"]).json()
    assert report["processingStatus"] == "IN_QUEUE"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reportType": "GET_FBA_STORAGE_FEE_CHARGES_DATA"}, "Invalid Report Type"),
        ({"reportType": "nonsense"}, "Invalid Report Type nonsense"),
        ({"reportType": 5}, "reportType"),
        ({"reportType": None}, "reportType"),
        ({"marketplaceIds": []}, "marketplaceIds"),
        ({"marketplaceIds": US.id}, "marketplaceIds"),
        ({"marketplaceIds": [US.id] * 26}, "marketplaceIds"),
        ({"dataStartTime": "yesterday"}, "dataStartTime"),
        ({"dataEndTime": "2999-01-01T00:00:00Z"}, "future"),
        (
            {
                "dataStartTime": "2026-01-02T00:00:00Z",
                "dataEndTime": "2026-01-01T00:00:00Z",
            },
            "before dataEndTime",
        ),
        ({"reportOptions": {"custom": True}}, "custom"),
        ({"reportOptions": {"wish": "true"}}, "wish"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_requests(reader, judge, change, message):
    body = {"reportType": LISTINGS_REPORT, "marketplaceIds": [US.id], **change}
    error = refused(judge, reader.send("POST", ALL, body), ALL, "post")
    assert error["code"] == "InvalidInput"
    assert message in error["message"]


@pytest.mark.parametrize("missing", ["reportType", "marketplaceIds"])
def test_what_must_be_given(reader, judge, missing):
    body = {"reportType": LISTINGS_REPORT, "marketplaceIds": [US.id]}
    del body[missing]
    error = refused(judge, reader.send("POST", ALL, body), ALL, "post")
    assert missing in error["message"]


def test_marketplaces_of_others_are_denied(reader, judge, europe):
    answer = reader.create_report(marketplaces=europe.account.marketplaces[:1])
    refused(judge, answer, ALL, "post", 403)


def test_reports_and_documents_of_others_are_not_found(reader, admin, judge, europe):
    report = reader.finished_report()
    other = Reader(europe, admin)
    refused(judge, other.report(report["reportId"]), ONE, status=404)
    answer = other.report_document(report["reportDocumentId"])
    refused(judge, answer, DOCUMENT, status=404)
    refused(judge, reader.report("nonsense"), ONE, status=404)
    refused(judge, reader.report_document("nonsense"), DOCUMENT, status=404)


def cancel(reader, report_id):
    return reader.send("DELETE", f"{ALL}/{report_id}")


def test_only_what_is_in_the_queue_can_be_cancelled(reader, admin, judge):
    report_id = reader.create_report().json()["reportId"]
    answer = cancel(reader, report_id)
    assert (answer.status_code, answer.content) == (200, b"")
    for _ in range(2):
        report = reader.report(report_id).json()
        assert report["processingStatus"] == "CANCELLED"
        assert "reportDocumentId" not in report
        assert "processingStartTime" not in report
        refused(judge, cancel(reader, report_id), ONE, "delete")
        admin.advance_clock(LONG_ENOUGH)
    admin.set_processing(seconds=100)
    report_id = reader.create_report().json()["reportId"]
    admin.advance_clock(50)
    refused(judge, cancel(reader, report_id), ONE, "delete")
    refused(judge, cancel(reader, "1"), ONE, "delete", 404)


def test_a_report_without_data_is_cancelled(reader, judge):
    # Without a dataStartTime the time begins now.
    report = reader.finished_report(ORDERS_REPORT)
    assert report["processingStatus"] == "CANCELLED"
    assert "reportDocumentId" not in report


def test_a_report_fails_on_command(reader, admin, judge):
    admin.fail_next("report", type=LISTINGS_REPORT, reason="No luck today.")
    report = reader.finished_report()
    assert report["processingStatus"] == "FATAL"
    judge.validate(reader.report(report["reportId"]), ONE)
    answer = reader.report_document(report["reportDocumentId"]).json()
    assert reader.download(answer)[0] == b"No luck today."
    assert reader.finished_report()["processingStatus"] == "DONE"


def test_commands_to_fail_can_be_taken_back(reader, admin):
    admin.fail_next("report")
    admin.fail_next("feed")
    admin.forget_failures()
    assert reader.finished_report()["processingStatus"] == "DONE"


def test_lists_show_the_newest_first_in_pages(reader, admin, judge):
    made = []
    for _ in range(5):
        made.append(reader.create_report().json()["reportId"])
        admin.advance_clock(1)
    first = reader.reports(reportTypes=LISTINGS_REPORT, pageSize=2)
    judge.validate(first, ALL)
    # A report that comes in between belongs to no later page.
    reader.create_report()
    pages, token = [first.json()], first.json()["nextToken"]
    while token:
        answer = reader.reports(nextToken=token)
        judge.validate(answer, ALL)
        pages.append(answer.json())
        token = pages[-1].get("nextToken")
    found = [report["reportId"] for page in pages for report in page["reports"]]
    assert found == made[::-1]
    assert [len(page["reports"]) for page in pages] == [2, 2, 1]


def test_filters(reader, admin):
    older = reader.finished_report()
    ca = reader.api.account.marketplaces[1]
    newer = reader.create_report(marketplaces=[ca]).json()["reportId"]

    def found(**params):
        answer = reader.reports(**{"reportTypes": LISTINGS_REPORT, **params})
        return [report["reportId"] for report in answer.json()["reports"]]

    both = [newer, older["reportId"]]
    assert found() == both
    assert found(processingStatuses="DONE,FATAL") == both[1:]
    assert found(processingStatuses="IN_QUEUE") == both[:1]
    assert found(marketplaceIds=ca.id) == both[:1]
    assert found(createdUntil=older["createdTime"]) == both[1:]
    assert found(createdSince=older["processingEndTime"]) == both[:1]
    assert found(reportTypes=ORDERS_REPORT) == []
    assert found(reportTypes=f"{ORDERS_REPORT},{LISTINGS_REPORT}") == both


def test_reports_are_visible_for_ninety_days(reader, admin, judge):
    report = reader.finished_report()
    admin.advance_clock(89 * DAY)
    reader.api.fetch_token()
    assert reader.report(report["reportId"]).status_code == 200
    assert reader.report_document(report["reportDocumentId"]).status_code == 200
    admin.advance_clock(DAY)
    reader.api.fetch_token()
    refused(judge, reader.report(report["reportId"]), ONE, status=404)
    answer = reader.report_document(report["reportDocumentId"])
    refused(judge, answer, DOCUMENT, status=404)
    assert reader.reports(reportTypes=LISTINGS_REPORT).json()["reports"] == []


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"reportTypes": ""},
        {"reportTypes": ",".join(["A"] * 11)},
        {"reportTypes": LISTINGS_REPORT, "pageSize": 0},
        {"reportTypes": LISTINGS_REPORT, "pageSize": 101},
        {"reportTypes": LISTINGS_REPORT, "processingStatuses": "READY"},
        {"reportTypes": LISTINGS_REPORT, "createdSince": "yesterday"},
        {"nextToken": "forged"},
        {"colour": "red"},
    ],
)
def test_bad_lists(reader, judge, params):
    refused(judge, reader.reports(**params), ALL)


def test_a_token_must_be_the_only_parameter_and_ones_own(reader, admin, judge, europe):
    for _ in range(2):
        reader.create_report()
    query = {"reportTypes": LISTINGS_REPORT, "pageSize": 1}
    token = reader.reports(**query).json()["nextToken"]
    error = refused(judge, reader.reports(nextToken=token, pageSize=1), ALL)
    assert "only parameter" in error["message"]
    refused(judge, Reader(europe, admin).reports(nextToken=token), ALL)


def test_missing_report_types_are_named_as_at_amazon(reader):
    error = reader.reports().json()["errors"][0]
    assert error["message"] == "One or more required parameters missing"
    assert error["details"] == "reportTypes;"


def test_the_admin_interface_lists_reports_and_sets_the_time(reader, admin):
    assert admin.set_processing(seconds=5)["seconds"] == 5
    created = reader.create_report().json()["reportId"]
    report = admin.reports(reader.api.account.seller_id)[0]
    assert report["reportId"] == created
    assert report["sellerId"] == reader.api.account.seller_id
    admin.reset()
    assert admin.reports() == []
    assert admin.processing()["seconds"] != 5


@pytest.mark.parametrize("values", [{"seconds": 0}, {"gzip_bytes": -1}, {"other": 1}])
def test_bad_settings_are_explained(admin, values):
    with pytest.raises(ValueError, match="error"):
        admin.set_processing(**values)


@pytest.mark.parametrize("values", [{"kind": "order"}, {"kind": "feed", "x": 1}])
def test_bad_failures_are_explained(admin, values):
    with pytest.raises(ValueError, match="error"):
        admin.fail_next(**values)
