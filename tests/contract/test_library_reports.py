"""python-amazon-sp-api, unmodified, orders reports and downloads them."""

import csv
import io
from datetime import datetime, timedelta, timezone

import pytest
from sp_api.api import Reports
from sp_api.base.exceptions import SellingApiBadRequestException

from spapi_simulator.accounts import US

LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
MINUTE = 60


@pytest.fixture
def reports(library):
    """The Reports API."""
    return library(Reports)


def create(reports, **changes):
    """Order a report of all listings; return its id."""
    query = {"reportType": LISTINGS, "marketplaceIds": [US.id], **changes}
    return reports.create_report(**query).payload["reportId"]


def rows(text):
    """The rows of a report by SKU."""
    table = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["seller-sku"]: row for row in table}


def test_all_listings(reports, admin):
    report_id = create(reports)
    assert reports.get_report(report_id).payload["processingStatus"] == "IN_QUEUE"
    admin.advance_clock(MINUTE)
    done = reports.get_report(report_id).payload
    assert (done["reportType"], done["processingStatus"]) == (LISTINGS, "DONE")
    assert done["marketplaceIds"] == [US.id]
    answer = reports.get_report_document(done["reportDocumentId"], download=True)
    found = rows(answer.payload["document"])
    for product in admin.products():
        row = found[product["sku"]]
        assert row["asin1"] == product["asin"]
        assert row["price"] == product["price"]


def test_the_document_goes_to_a_file(reports, admin, tmp_path):
    report_id = create(reports)
    admin.advance_clock(MINUTE)
    document_id = reports.get_report(report_id).payload["reportDocumentId"]
    whole = reports.get_report_document(document_id, download=True)
    path = tmp_path / "report.txt"
    with open(path, "wb") as file:
        reports.get_report_document(document_id, file=file, stream=True)
    assert rows(path.read_text(whole.character_code)) == rows(whole.payload["document"])


def test_a_report_of_a_period(reports):
    now = datetime.now(timezone.utc)
    report_id = create(
        reports,
        dataStartTime=now - timedelta(days=30),
        dataEndTime=now - timedelta(days=1),
    )
    report = reports.get_report(report_id).payload
    assert report["dataStartTime"] < report["dataEndTime"] < report["createdTime"]


def test_reports_are_listed(reports):
    ids = [create(reports) for _ in range(3)]
    page = reports.get_reports(reportTypes=[LISTINGS], pageSize=2)
    assert [entry["reportId"] for entry in page.payload["reports"]] == ids[:0:-1]
    rest = reports.get_reports(nextToken=page.next_token)
    assert [entry["reportId"] for entry in rest.payload["reports"]] == ids[:1]


def test_a_report_is_cancelled(reports, admin):
    report_id = create(reports)
    reports.cancel_report(report_id)
    admin.advance_clock(MINUTE)
    status = reports.get_report(report_id).payload["processingStatus"]
    assert status == "CANCELLED"


def test_an_unknown_report_type_is_refused(reports):
    with pytest.raises(SellingApiBadRequestException, match="GET_NOTHING"):
        create(reports, reportType="GET_NOTHING")
