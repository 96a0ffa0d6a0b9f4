"""Refusals on command: Amazon's codes, in the envelope of whoever is asked."""

import xml.etree.ElementTree as ElementTree

import pytest
from document_client import LISTINGS_REPORT, Reader
from simulator_client import grant

from spapi_simulator.accounts import NORTH_AMERICA, US

SELLER = NORTH_AMERICA.seller_id
LISTING = f"/listings/2021-08-01/items/{SELLER}/SIM-0001"
LISTING_PATH = "/listings/2021-08-01/items/{sellerId}/{sku}"
#: What Amazon's documentation says to who changes listings too often.
THROTTLED = (
    "The frequency of requests was greater than what is allowed for the application.",
    "The frequency of requests was greater than what is allowed for relationships.",
    "The frequency of requests was greater than what is allowed for product data.",
)
ENVELOPES = {
    "json_401": (401, "invalid_client", "AccessDenied"),
    "json_413": (413, "request_too_large", "EntityTooLarge"),
    "json_415": (415, "unsupported_media_type", "UnsupportedMediaType"),
    "json_500": (500, "server_error", "InternalError"),
    "json_502": (502, "bad_gateway", "BadGateway"),
    "json_503": (503, "temporarily_unavailable", "ServiceUnavailable"),
    "json_504": (504, "gateway_timeout", "GatewayTimeout"),
    "json_500_after": (500, "server_error", "InternalError"),
    "throttle": (429, "quota_exceeded", "SlowDown"),
    "forbidden": (403, "unauthorized_client", "AccessDenied"),
    "expired_token": (403, "unauthorized_client", "AccessDenied"),
    "expired_secret": (403, "unauthorized_client", "AccessDenied"),
}


@pytest.fixture
def address(api, admin):
    """The presigned address of a report."""
    reader = Reader(api, admin)
    report = reader.finished_report(LISTINGS_REPORT)
    return reader.report_document(report["reportDocumentId"]).json()["url"]


def xml_of(answer):
    """{element: text} of a refusal of S3."""
    assert answer.headers["content-type"].startswith("application/xml")
    error = ElementTree.fromstring(answer.text)
    assert error.tag == "Error"
    return {element.tag: element.text for element in error}


def change_listing(api, method="PATCH"):
    """A change to a listing, by patchListingsItem or deleteListingsItem."""
    patch = {"op": "delete", "path": "/attributes/item_name"}
    body = {"productType": "PRODUCT", "patches": [patch]}
    return api.client.request(
        method,
        LISTING,
        params={"marketplaceIds": US.id},
        json=body if method == "PATCH" else None,
        headers=api.headers,
    )


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InvalidInput", 400),
        ("Invalid Input", 400),
        ("BAD_REQUEST", 400),
        ("InvalidRequest", 400),
        ("400", 400),
        ("MissingAuthenticationToken", 403),
        ("InvalidSignature", 403),
        ("NotFound", 404),
        ("NOT_FOUND", 404),
        ("Conflict", 409),
        ("QuotaExceeded", 429),
    ],
)
def test_the_code_tells_the_rest(api, admin, model, code, status):
    admin.add_fault("error", code=code, operation="searchOrders")
    answer = api.search()
    assert answer.status_code == status
    error = answer.json()["errors"][0]
    assert error["code"] == code
    assert error["message"]
    assert api.search().status_code == 200


def test_all_words_can_be_told(api, admin):
    words = {"code": "OUT_OF_LUCK", "message": "No <luck>", "details": "Why?"}
    admin.add_fault("error", status=418, **words)
    answer = api.search()
    assert answer.status_code == 418
    assert answer.json()["errors"] == [words]


def test_the_status_alone_is_enough(api, admin):
    for status, code in ((400, "InvalidInput"), (404, "NotFound"), (409, "Conflict")):
        admin.add_fault("error", status=status)
        answer = api.search()
        assert answer.status_code == status
        assert answer.json()["errors"][0]["code"] == code


def test_the_words_are_listed(admin):
    admin.add_fault("error", status=409, message="Taken.")
    fault = admin.faults()[0]
    assert (fault["status"], fault["message"]) == (409, "Taken.")
    kinds = {kind["kind"]: kind for kind in admin.fault_kinds()}
    assert kinds["error"]["takes"] == ["status", "code", "message", "details"]
    assert kinds["json_500"]["takes"] == []


@pytest.mark.parametrize("message", THROTTLED)
def test_changes_of_listings_are_throttled(api, admin, model, message):
    admin.add_fault("error", code="QuotaExceeded", message=message)
    answer = change_listing(api)
    assert answer.status_code == 429
    assert answer.json()["errors"][0]["message"] == message
    assert "x-amzn-RateLimit-Limit" not in answer.headers
    model("listingsItems_2021-08-01.json").validate(answer, LISTING_PATH, "patch")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_change_of_a_listing_is_invalid(api, admin, model, later, method):
    before = api.get(LISTING, marketplaceIds=US.id).json()
    admin.add_fault("invalid_submission", message="Not this one.")
    answer = change_listing(api, method)
    model("listingsItems_2021-08-01.json").validate(
        answer, LISTING_PATH, method.lower()
    )
    document = answer.json()
    assert (answer.status_code, document["status"]) == (200, "INVALID")
    assert document["sku"] == "SIM-0001"
    issue = document["issues"][0]
    assert (issue["severity"], issue["message"]) == ("ERROR", "Not this one.")
    later()
    assert api.get(LISTING, marketplaceIds=US.id).json() == before


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("unauthorized_client", 400),
        ("invalid_request", 400),
        ("invalid_scope", 400),
        ("unsupported_grant_type", 400),
        ("invalid_grant", 400),
        ("invalid_client", 401),
    ],
)
def test_login_refuses(http, admin, code, status):
    admin.add_fault("error", operation="getAccessToken", code=code)
    answer = http.post("/auth/o2/token", data=grant(NORTH_AMERICA))
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.json()["error"] == code


@pytest.mark.parametrize("kind", ENVELOPES)
def test_login_and_documents_have_envelopes_of_their_own(http, admin, address, kind):
    status, login_code, document_code = ENVELOPES[kind]
    admin.add_fault(kind, operation="getAccessToken")
    answer = http.post("/auth/o2/token", data=grant(NORTH_AMERICA))
    assert answer.status_code == status
    assert answer.json()["error"] == login_code
    assert set(answer.json()) == {"error", "error_description"}
    admin.add_fault(kind, operation="downloadDocument")
    answer = http.get(address)
    assert answer.status_code == status
    told = xml_of(answer)
    assert told["Code"] == document_code
    assert told["RequestId"] == answer.headers["x-amz-request-id"]
    assert http.get(address).status_code == 200


def test_an_address_has_expired(http, api, admin, address):
    admin.add_fault("s3_expired")
    told = http.get(address)
    assert told.status_code == 403
    assert xml_of(told)["Code"] == "AccessDenied"
    assert xml_of(told)["Message"] == "Request has expired"
    upload = Reader(api, admin).create_document().json()["url"]
    admin.add_fault("error", operation="uploadDocument", status=403, message="<No>")
    told = http.put(upload, content=b"{}")
    assert (told.status_code, xml_of(told)["Message"]) == (403, "<No>")


@pytest.mark.parametrize("kind", ["report", "feed"])
def test_jobs_are_cancelled_on_command(api, admin, kind):
    reader = Reader(api, admin)

    def finished():
        if kind == "report":
            return reader.finished_report(LISTINGS_REPORT)
        return reader.submit({"header": {"sellerId": SELLER}, "messages": []})

    admin.fail_next(kind, status="CANCELLED", seller_id=SELLER)
    job = finished()
    assert job["processingStatus"] == "CANCELLED"
    assert not {"reportDocumentId", "resultFeedDocumentId"} & set(job)
    assert finished()["processingStatus"] != "CANCELLED"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "error"}, "status is required, or a code"),
        ({"kind": "error", "code": "OUT_OF_LUCK"}, "status is required, or a code"),
        ({"kind": "error", "status": 200}, "status must be between 400 and 599"),
        ({"kind": "error", "status": "bad"}, "status has the wrong type"),
        ({"kind": "error", "status": 400, "code": 5}, "code has the wrong type"),
        ({"kind": "json_500", "message": "Oh"}, "message: not of kind json_500"),
        ({"kind": "invalid_submission", "status": 400}, "status: not of kind"),
        ({"kind": "s3_expired", "operation": "getOrder"}, "downloadDocument"),
    ],
)
def test_impossible_refusals_are_explained(admin, fault, words):
    with pytest.raises(ValueError, match=words):
        admin.add_fault(**fault)
    assert admin.faults() == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"status": "LOST"}, "FATAL, CANCELLED"),
        ({"status": "CANCELLED", "reason": "Why"}, "reason goes with status FATAL"),
    ],
)
def test_impossible_failures_are_explained(admin, values, words):
    with pytest.raises(ValueError, match=words):
        admin.fail_next("feed", **values)
