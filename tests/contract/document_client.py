"""Requests of the Reports and Feeds APIs, and what is behind their addresses."""

import gzip
import json

REPORTS = "/reports/2021-06-30"
FEEDS = "/feeds/2021-06-30"
LISTINGS_REPORT = "GET_MERCHANT_LISTINGS_ALL_DATA"
ORDERS_REPORT = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
ORDER_DATE_REPORT = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
LISTINGS_FEED = "JSON_LISTINGS_FEED"
SHIPMENTS_FEED = "POST_ORDER_FULFILLMENT_DATA"
JSON_TYPE = "application/json; charset=UTF-8"
XML_TYPE = "text/xml; charset=UTF-8"
#: More than the simulator needs for any report or feed.
LONG_ENOUGH = 60


class Reader:
    """Reports and feeds of one account (an ``Api``)."""

    def __init__(self, api, admin):
        self.api = api
        self.admin = admin

    def send(self, method, path, body=None, **params):
        """A request with the access token; a body is sent as JSON."""
        client, headers = self.api.client, self.api.headers
        return client.request(method, path, json=body, params=params, headers=headers)

    def download(self, answer):
        """What is at the address of a document, decompressed."""
        response = self.api.client.get(answer["url"])
        assert response.status_code == 200, response.text
        if answer.get("compressionAlgorithm") == "GZIP":
            return gzip.decompress(response.content), response
        return response.content, response

    # Reports

    def create_report(self, report_type=LISTINGS_REPORT, marketplaces=None, **rest):
        """createReport, by default of the first marketplace."""
        marketplaces = marketplaces or self.api.account.marketplaces[:1]
        body = {
            "reportType": report_type,
            "marketplaceIds": [marketplace.id for marketplace in marketplaces],
            **rest,
        }
        return self.send("POST", f"{REPORTS}/reports", body)

    def report(self, report_id):
        """getReport."""
        return self.send("GET", f"{REPORTS}/reports/{report_id}")

    def reports(self, **params):
        """getReports."""
        return self.send("GET", f"{REPORTS}/reports", **params)

    def report_document(self, document_id, **params):
        """getReportDocument."""
        return self.send("GET", f"{REPORTS}/documents/{document_id}", **params)

    def finished_report(self, *arguments, **rest):
        """A report as getReport tells it once it is over."""
        created = self.create_report(*arguments, **rest)
        assert created.status_code == 202, created.text
        self.admin.advance_clock(LONG_ENOUGH)
        return self.report(created.json()["reportId"]).json()

    def report_content(self, *arguments, **rest):
        """(content, answer of the download) of a new report."""
        report = self.finished_report(*arguments, **rest)
        assert report["processingStatus"] == "DONE", report
        return self.download(self.report_document(report["reportDocumentId"]).json())

    # Feeds

    def create_document(self, content_type=JSON_TYPE):
        """createFeedDocument."""
        body = {"contentType": content_type}
        return self.send("POST", f"{FEEDS}/documents", body)

    def upload(self, content, content_type=JSON_TYPE):
        """The id of a feed document with this content (bytes or a JSON document)."""
        created = self.create_document(content_type)
        assert created.status_code == 201, created.text
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        headers = {"Content-Type": content_type}
        put = self.api.client.put(
            created.json()["url"], content=content, headers=headers
        )
        assert put.status_code == 200, put.text
        return created.json()["feedDocumentId"]

    def create_feed(self, document_id, feed_type=LISTINGS_FEED, marketplaces=None):
        """createFeed, by default for the first marketplace."""
        marketplaces = marketplaces or self.api.account.marketplaces[:1]
        body = {
            "feedType": feed_type,
            "marketplaceIds": [marketplace.id for marketplace in marketplaces],
            "inputFeedDocumentId": document_id,
        }
        return self.send("POST", f"{FEEDS}/feeds", body)

    def feed(self, feed_id):
        """getFeed."""
        return self.send("GET", f"{FEEDS}/feeds/{feed_id}")

    def feeds(self, **params):
        """getFeeds."""
        return self.send("GET", f"{FEEDS}/feeds", **params)

    def feed_document(self, document_id, **params):
        """getFeedDocument."""
        return self.send("GET", f"{FEEDS}/documents/{document_id}", **params)

    def submit(self, content, feed_type=LISTINGS_FEED, content_type=JSON_TYPE, **rest):
        """A feed as getFeed tells it once it is over."""
        document_id = self.upload(content, content_type)
        created = self.create_feed(document_id, feed_type, **rest)
        assert created.status_code == 202, created.text
        self.admin.advance_clock(LONG_ENOUGH)
        return self.feed(created.json()["feedId"]).json()

    def processing_report(self, feed):
        """The content of the result document of a feed."""
        answer = self.feed_document(feed["resultFeedDocumentId"]).json()
        return self.download(answer)[0]
