"""Amazon's client library orders reports and downloads them."""

import csv
import gzip
import io
from datetime import datetime, timedelta, timezone

import httpx
import pytest
from spapi.api.reports_v2021_06_30.reports_api import ReportsApi
from spapi.models.reports_v2021_06_30 import CreateReportSpecification
from spapi.rest import ApiException

LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
MINUTE = 60


@pytest.fixture
def reports(connect):
    """The Reports API."""
    return connect(ReportsApi)


@pytest.fixture
def create(reports, marketplace):
    """A function that orders a report and returns its id."""

    def order(**changes):
        specification = CreateReportSpecification(
            report_type=LISTINGS, marketplace_ids=[marketplace], **changes
        )
        answer, status, _headers = reports.create_report_with_http_info(specification)
        assert status == 202
        return answer.report_id

    return order


def rows(reports, document_id):
    """The rows of a finished report by SKU."""
    document = reports.get_report_document(document_id)
    assert document.report_document_id == document_id
    answer = httpx.get(document.url, trust_env=False).raise_for_status()
    content = answer.content
    if document.compression_algorithm:
        assert document.compression_algorithm == "GZIP"
        content = gzip.decompress(content)
    text = content.decode(answer.charset_encoding or "cp1252")
    table = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["seller-sku"]: row for row in table}


def test_all_listings(reports, create, admin, marketplace):
    report_id = create()
    queued = reports.get_report(report_id)
    assert queued.processing_status == "IN_QUEUE"
    assert queued.report_document_id is None
    admin.advance_clock(MINUTE)
    done = reports.get_report(report_id)
    assert (done.report_type, done.processing_status) == (LISTINGS, "DONE")
    assert done.marketplace_ids == [marketplace]
    assert done.created_time <= done.processing_start_time <= done.processing_end_time
    found = rows(reports, done.report_document_id)
    product = admin.products()[0]
    row = found[product["sku"]]
    assert (row["asin1"], row["item-name"]) == (product["asin"], product["title"])
    assert row["price"] == product["price"]
    assert {p["sku"] for p in admin.products()} <= set(found)


def test_reports_are_listed(reports, create):
    ids = [create() for _ in range(3)]
    page = reports.get_reports(report_types=[LISTINGS], page_size=2)
    assert [report.report_id for report in page.reports] == ids[:0:-1]
    rest = reports.get_reports(next_token=page.next_token)
    assert [report.report_id for report in rest.reports] == ids[:1]


def test_a_report_is_cancelled(reports, create, admin):
    report_id = create()
    reports.cancel_report(report_id)
    admin.advance_clock(MINUTE)
    assert reports.get_report(report_id).processing_status == "CANCELLED"


def test_an_address_expires(reports, create, admin):
    report_id = create()
    admin.advance_clock(MINUTE)
    document_id = reports.get_report(report_id).report_document_id
    document = reports.get_report_document(document_id)
    admin.advance_clock(301)
    answer = httpx.get(document.url, trust_env=False)
    assert (answer.status_code, "expired" in answer.text) == (403, True)


def test_a_report_of_the_future_is_refused(create):
    with pytest.raises(ApiException) as refusal:
        create(data_start_time=datetime.now(timezone.utc) + timedelta(days=2))
    assert refusal.value.status == 400
