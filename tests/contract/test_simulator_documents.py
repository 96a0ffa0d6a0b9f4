"""Presigned addresses: who may upload and download what, and for how long."""

import gzip
import xml.etree.ElementTree as ElementTree

import httpx
import pytest
from document_client import JSON_TYPE, Reader

FIVE_MINUTES = 300


@pytest.fixture
def reader(api, admin):
    """The North American account."""
    return Reader(api, admin)


def refusal(answer, status=403):
    """(code, message) of a refusal in S3's XML."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/xml"
    error = ElementTree.fromstring(answer.content)
    assert error.tag == "Error"
    return error.findtext("Code"), error.findtext("Message")


@pytest.fixture
def upload_url(reader):
    """An address to upload a JSON document to."""
    return reader.create_document().json()["url"]


@pytest.fixture
def download_url(reader):
    """The address of a report."""
    report = reader.finished_report()
    return reader.report_document(report["reportDocumentId"]).json()["url"]


def put(reader, url, content=b"{}", content_type=JSON_TYPE):
    headers = {"Content-Type": content_type}
    return reader.api.client.put(url, content=content, headers=headers)


def test_an_address_is_absolute_and_has_a_signature(reader, upload_url, base_url):
    url = httpx.URL(upload_url)
    assert upload_url.startswith(f"{base_url}/documents/")
    assert url.params["X-Amz-Expires"] == "300"
    assert len(url.params["X-Amz-Signature"]) == 64


def test_the_address_does_not_depend_on_the_host_header(reader, api, base_url):
    api.headers["Host"] = "27.0.0.1:1"
    assert reader.create_document().json()["url"].startswith(base_url)


def test_an_upload_needs_no_token_and_may_be_repeated(reader, upload_url):
    for content in (b"{}", b"[]"):
        answer = put(reader, upload_url, content)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["etag"]


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/xml; charset=UTF-8", ""]
)
def test_an_upload_needs_the_promised_content_type(reader, upload_url, content_type):
    answer = put(reader, upload_url, content_type=content_type)
    assert refusal(answer)[0] == "SignatureDoesNotMatch"


def test_an_upload_address_is_not_for_downloads(reader, upload_url):
    put(reader, upload_url)
    answer = reader.api.client.get(upload_url)
    assert refusal(answer)[0] == "SignatureDoesNotMatch"


def test_a_download_address_is_not_for_uploads(reader, download_url):
    assert refusal(put(reader, download_url))[0] == "SignatureDoesNotMatch"


@pytest.mark.parametrize("kind", ["upload", "download"])
def test_an_address_expires_after_five_minutes(reader, admin, request, kind):
    url = request.getfixturevalue(f"{kind}_url")

    def use():
        return put(reader, url) if kind == "upload" else reader.api.client.get(url)

    admin.advance_clock(FIVE_MINUTES - 5)
    assert use().status_code == 200
    admin.advance_clock(10)
    assert refusal(use()) == ("AccessDenied", "Request has expired")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Amz-Signature", "0" * 64),
        ("X-Amz-Signature", "\u00e9"),
        ("X-Amz-Expires", "604800"),
        ("X-Amz-Date", "20300101T000000Z"),
        ("X-Amz-Date", "soon"),
        ("response-content-encoding", "br"),
    ],
)
def test_a_changed_address_is_forged(reader, download_url, name, value):
    forged = httpx.URL(download_url).copy_set_param(name, value)
    answer = reader.api.client.get(forged)
    assert refusal(answer)[0] == "SignatureDoesNotMatch"


def test_an_address_without_signature_is_refused(reader, download_url):
    answer = reader.api.client.get(download_url.split("?")[0])
    assert refusal(answer) == ("AccessDenied", "Access Denied")


def test_a_document_that_there_is_not(reader, download_url):
    known = httpx.URL(download_url).path.rsplit("/", 1)[1]
    answer = reader.api.client.get(download_url.replace(known, "unknown"))
    assert refusal(answer) == ("AccessDenied", "Access Denied")


def test_the_signature_belongs_to_one_document(reader, upload_url):
    other = reader.create_document().json()["url"].split("?")[0]
    mixed = other + "?" + upload_url.split("?")[1]
    assert refusal(put(reader, mixed))[0] == "SignatureDoesNotMatch"


def test_gzip_is_left_to_the_client_unless_asked_for(reader, admin):
    admin.set_processing(gzip_bytes=0)
    document_id = reader.finished_report()["reportDocumentId"]
    plain = reader.report_document(document_id).json()
    decoding = reader.report_document(
        document_id, enableContentEncodingUrlHeader="true"
    ).json()
    assert plain["compressionAlgorithm"] == decoding["compressionAlgorithm"] == "GZIP"
    as_is = reader.api.client.get(plain["url"])
    assert "content-encoding" not in as_is.headers
    decoded = reader.api.client.get(decoding["url"])
    assert decoded.headers["content-encoding"] == "gzip"
    assert decoded.content == gzip.decompress(as_is.content)


def test_small_documents_are_not_compressed(reader, admin):
    admin.set_processing(gzip_bytes=2**30)
    document_id = reader.finished_report()["reportDocumentId"]
    answer = reader.report_document(
        document_id, enableContentEncodingUrlHeader="true"
    ).json()
    assert "compressionAlgorithm" not in answer
    response = reader.api.client.get(answer["url"])
    assert "content-encoding" not in response.headers
    assert response.content.startswith(b"item-name\t")


def test_the_journal_knows_of_both_without_the_signature(reader, admin, download_url):
    reader.upload(b"[1]")
    reader.api.client.get(download_url)
    upload = admin.journal("uploadDocument")[0]
    download = admin.journal("downloadDocument")[0]
    assert (upload["method"], upload["status"], upload["applied"]) == ("PUT", 200, True)
    assert upload["body"] == {"bytes": 3}
    assert (download["method"], download["status"]) == ("GET", 200)
    assert download["seller_id"] == reader.api.account.seller_id
    signature = httpx.URL(download_url).params["X-Amz-Signature"]
    assert signature not in str(admin.journal())


def test_faults_hit_documents_only_by_name(reader, admin, download_url):
    fault = admin.add_fault("json_503")
    assert reader.api.client.get(download_url).status_code == 200
    assert [f["id"] for f in admin.faults()] == [fault]
    admin.clear_faults()
    admin.add_fault("html_503", operation="downloadDocument")
    assert reader.api.client.get(download_url).status_code == 503
    assert reader.api.client.get(download_url).status_code == 200
    admin.add_fault("reset_after", operation="uploadDocument")
    document = reader.create_document().json()
    with pytest.raises(httpx.TransportError):
        put(reader, document["url"])
    feed = reader.create_feed(document["feedDocumentId"])
    assert feed.status_code == 202


def test_documents_are_no_matter_of_quotas(reader, admin, download_url):
    admin.set_quota_factor(0.001)
    answers = [reader.api.client.get(download_url) for _ in range(40)]
    assert {answer.status_code for answer in answers} == {200}


def test_other_methods_have_no_meaning(reader, upload_url):
    answer = reader.api.client.delete(upload_url)
    assert refusal(answer, 405)[0] == "MethodNotAllowed"
