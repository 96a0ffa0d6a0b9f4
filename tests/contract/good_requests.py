"""Good requests of all operations that succeed again and again, for the usage plans.

``GOOD`` maps the name of a usage plan to a function that prepares what its operation
needs (a ``Desk``) and gives another, which sends the request once more.
"""

import itertools

from document_client import FEEDS, LONG_ENOUGH, REPORTS, SHIPMENTS_FEED, Reader
from listings_client import Listings, new_listing, quantity
from notification_client import ARN, DESTINATIONS, SUBSCRIPTIONS, queue
from notification_client import application_token as token_of
from simulator_client import confirmation

from spapi_simulator.accounts import US

#: More than the requests of one test; what each request uses up is made before.
MOST = 60
KIND = "ORDER_CHANGE"
SCHEDULES = f"{REPORTS}/schedules"
SKU = "SIM-0001"
RESTRICTED = {"method": "GET", "path": "/orders/v0/orders/{orderId}/address"}


class Desk:
    """One seller and the application, at work on a simulator."""

    def __init__(self, api, admin, model):
        self.api, self.admin = api, admin
        self.reader = Reader(api, admin)
        self.listings = Listings(api, model)
        self.application = token_of(api.client)

    def grantless(self, method, path, body=None):
        """A request of the application itself."""
        headers = self.application
        return self.api.client.request(method, path, json=body, headers=headers)

    def destination(self, number=0):
        """The id of a new destination."""
        made = self.grantless("POST", DESTINATIONS, queue(f"{ARN}-{number}"))
        return made.json()["payload"]["destinationId"]

    def subscribe(self):
        """The ids of a new destination and of a subscription that uses it."""
        destination = self.destination()
        body = {"destinationId": destination, "payloadVersion": "1.0"}
        made = self.reader.send("POST", f"{SUBSCRIPTIONS}/{KIND}", body)
        return destination, made.json()["payload"]["subscriptionId"]

    def feeds(self, count):
        """The ids of new feeds."""
        made = [self.reader.create_feed(self.reader.upload({})) for _ in range(count)]
        return [answer.json()["feedId"] for answer in made]

    def reports(self, count):
        """The ids of new reports."""
        made = [self.reader.create_report() for _ in range(count)]
        return [answer.json()["reportId"] for answer in made]

    def schedule(self):
        """The id of a report schedule."""
        return self.create_schedule().json()["reportScheduleId"]

    def create_schedule(self):
        """createReportSchedule; replaces the schedule of before."""
        body = {
            "reportType": "GET_MERCHANT_LISTINGS_ALL_DATA",
            "marketplaceIds": [US.id],
            "period": "PT12H",
        }
        return self.reader.send("POST", SCHEDULES, body)


def _get(path, **params):
    """A reader that needs no preparation."""
    return lambda desk: lambda: desk.api.get(path, **params)


def _of_one(prepare, path, grantless=False):
    """A reader of something that is prepared; ``{}`` in the path is its id."""

    def ready(desk):
        where = path.format(prepare(desk))
        if grantless:
            return lambda: desk.grantless("GET", where)
        return lambda: desk.api.get(where)

    return ready


def _each(prepare, send):
    """A request that uses up one of the things prepared."""

    def ready(desk):
        supply = iter(prepare(desk))
        return lambda: send(desk, next(supply))

    return ready


def _waiting(prepare):
    """Jobs that stay in the queue throughout the test."""

    def made(desk):
        desk.admin.set_processing(seconds=86400)
        return prepare(desk)

    return made


def _get_order(desk):
    order_id = desk.admin.create_order(desk.api.account.seller_id)["orderId"]
    return lambda: desk.api.order(order_id)


def _confirm(desk):
    # The same package reference once more edits the package.
    order = desk.admin.create_order(desk.api.account.seller_id)
    return lambda: desk.api.confirm(order["orderId"], confirmation(order))


def _finished_document(desk):
    (report_id,) = desk.reports(1)
    desk.admin.advance_clock(LONG_ENOUGH)
    return desk.reader.report(report_id).json()["reportDocumentId"]


def _test_notification(desk):
    destination, _subscription = desk.subscribe()
    test = {"payloadVersion": "1.0", "testScenario": "SUCCESS"}
    body = {"destinationId": destination, "testNotification": test}
    path = f"{SUBSCRIPTIONS}/{KIND}/testNotification"
    return lambda: desk.grantless("POST", path, body)


def _restricted(desk):
    path = "/tokens/2021-03-01/restrictedDataToken"
    body = {"restrictedResources": [RESTRICTED]}
    return lambda: desk.reader.send("POST", path, body)


def _documents(desk):
    return [desk.reader.upload({}) for _ in range(MOST)]


def _subscribed(desk):
    _destination, subscription = desk.subscribe()
    return subscription


def _listed(path="", **params):
    def ready(desk):
        base = f"/listings/2021-08-01/items/{desk.api.account.seller_id}"
        return lambda: desk.api.get(base + path, marketplaceIds=US.id, **params)

    return ready


GOOD = {
    "getMarketplaceParticipations": lambda desk: desk.api.participations,
    "searchOrders": lambda desk: desk.api.search,
    "getOrder": _get_order,
    "confirmShipment": _confirm,
    "searchListingsItems": _listed(),
    "getListingsItem": _listed(f"/{SKU}"),
    "patchListingsItem": lambda desk: lambda: desk.listings.patch(SKU, quantity(3)),
    "putListingsItem": lambda desk: lambda: desk.listings.put("NEW", new_listing()),
    "deleteListingsItem": lambda desk: lambda: desk.listings.delete(SKU),
    "searchCatalogItems": _get(
        "/catalog/2022-04-01/items", marketplaceIds=US.id, keywords="lamp"
    ),
    "searchDefinitionsProductTypes": _get(
        "/definitions/2020-09-01/productTypes", marketplaceIds=US.id
    ),
    "getDefinitionsProductType": _get(
        "/definitions/2020-09-01/productTypes/HOME", marketplaceIds=US.id
    ),
    "createReport": lambda desk: desk.reader.create_report,
    "getReport": _of_one(lambda desk: desk.reports(1)[0], f"{REPORTS}/reports/{{}}"),
    "getReports": lambda desk: (
        lambda: desk.reader.reports(reportTypes="GET_MERCHANT_LISTINGS_ALL_DATA")
    ),
    "cancelReport": _each(
        _waiting(lambda desk: desk.reports(MOST)),
        lambda desk, i: desk.reader.send("DELETE", f"{REPORTS}/reports/{i}"),
    ),
    "getReportDocument": _of_one(_finished_document, f"{REPORTS}/documents/{{}}"),
    "createReportSchedule": lambda desk: desk.create_schedule,
    "getReportSchedules": _get(SCHEDULES, reportTypes="GET_MERCHANT_LISTINGS_ALL_DATA"),
    "getReportSchedule": _of_one(Desk.schedule, f"{SCHEDULES}/{{}}"),
    "createFeedDocument": lambda desk: desk.reader.create_document,
    "createFeed": _each(
        _documents, lambda desk, i: desk.reader.create_feed(i, SHIPMENTS_FEED)
    ),
    "createFeed:JSON_LISTINGS_FEED": _each(
        _documents, lambda desk, i: desk.reader.create_feed(i)
    ),
    "getFeed": _of_one(lambda desk: desk.feeds(1)[0], f"{FEEDS}/feeds/{{}}"),
    "getFeeds": lambda desk: lambda: desk.reader.feeds(feedTypes="JSON_LISTINGS_FEED"),
    "cancelFeed": _each(
        _waiting(lambda desk: desk.feeds(MOST)),
        lambda desk, i: desk.reader.send("DELETE", f"{FEEDS}/feeds/{i}"),
    ),
    "getFeedDocument": _of_one(
        lambda desk: desk.reader.upload({}), f"{FEEDS}/documents/{{}}"
    ),
    "createRestrictedDataToken": _restricted,
    "createDestination": _each(
        lambda desk: itertools.count(),
        lambda desk, i: desk.grantless("POST", DESTINATIONS, queue(f"{ARN}-{i}")),
    ),
    "getDestinations": lambda desk: lambda: desk.grantless("GET", DESTINATIONS),
    "getDestination": _of_one(Desk.destination, f"{DESTINATIONS}/{{}}", grantless=True),
    "deleteDestination": _each(
        lambda desk: [desk.destination(number) for number in range(MOST)],
        lambda desk, i: desk.grantless("DELETE", f"{DESTINATIONS}/{i}"),
    ),
    "getSubscription": _of_one(_subscribed, f"{SUBSCRIPTIONS}/{KIND}"),
    "getSubscriptions": _get(SUBSCRIPTIONS, notificationTypes=KIND),
    "getSubscriptionById": _of_one(
        _subscribed, f"{SUBSCRIPTIONS}/{KIND}/{{}}", grantless=True
    ),
    "sendTestNotification": _test_notification,
}


def _get_catalog_item(desk):
    found = GOOD["searchCatalogItems"](desk)().json()["items"]
    path = f"/catalog/2022-04-01/items/{found[0]['asin']}"
    return lambda: desk.api.get(path, marketplaceIds=US.id)


GOOD["getCatalogItem"] = _get_catalog_item
