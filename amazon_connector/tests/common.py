"""A connected store, and an Amazon that answers as a test wants it to."""

import copy
from datetime import datetime, timedelta, timezone
from inspect import signature
from unittest.mock import patch

import httpx

from odoo import fields
from odoo.tests import TransactionCase

from ..models.connection.amazon_quota import QuotaObserver
from ..models.connection.copy_signs import KeptCount
from ..models.jobs import runner, session
from ..spapi.client import SpApiClient
from ..spapi.errors import RejectedError
from ..spapi.orders import OrdersPage, find_readable
from ..spapi.sellers import Participation
from ..spapi.times import parse_time
from .builders import NOW, build_order, build_package
from .fake_feeds import FakeFeeds
from .fake_listings import FakeListings

SELLER = "A1EXAMPLESELLER"
SECRETS = {"lwa_client_secret": "example-secret", "refresh_token": "Atzr|example"}


class FakeAmazon(FakeListings, FakeFeeds):
    """Stands for ``SpApiClient``; remembers what it was asked.

    :ivar dict documents: the orders by order id
    :ivar list errors: raised by the next calls, one each, None for no error
    :ivar bool keeps_windows: whether ``searchOrders`` shows the orders of the window
        that is asked for alone, in the order of time and two minutes late; else all
    :ivar list searches: the times that ``searchOrders`` was asked for
    :ivar clock_ahead: by how much its clock is ahead
    :ivar change_page: called with each page and its token, returns the page to answer
    """

    def __init__(self, page_size=100):
        super().__init__()
        self.documents = {}
        self.errors = []
        self.applied = []
        self.calls = []
        self.page_size = page_size
        self.lost_answer = None
        self.store_name = "Example Store"
        self.countries = {"US", "CA"}
        self.keeps_windows = False
        self.searches = []
        self.clock_ahead = timedelta(0)
        self.change_page = lambda page, token: page

    def add(self, *documents):
        self.documents.update({doc["orderId"]: doc for doc in documents})

    def open(self, observer):
        self.observer = observer
        return self

    def close(self):
        self.observer = None

    def get_time(self):
        return datetime.now(timezone.utc) + self.clock_ahead

    def _called(self, operation, *details):
        self.observer.before(operation)
        self.calls.append((operation, *details))
        if self.errors and (error := self.errors.pop(0)):
            raise error

    def get_marketplace_participations(self):
        self._called("getMarketplaceParticipations")
        return [
            Participation(
                marketplace_id=ref,
                name=name,
                country_code=country,
                currency=currency,
                domain=name.lower(),
                store_name=self.store_name,
                participating=True,
                suspended=False,
            )
            for ref, name, country, currency in (
                ("ATVPDKIKX0DER", "Amazon.com", "US", "USD"),
                ("A2EUQ1WTGCTBG2", "Amazon.ca", "CA", "CAD"),
                ("A2ZV50J4W1RKNI", "Non-Amazon US", "US", "USD"),
            )
            if country in self.countries
        ]

    def search_orders(
        self,
        *,
        last_updated_after=None,
        created_after=None,
        last_updated_before=None,
        created_before=None,
        marketplace_ids,
        fulfilled_by=("MERCHANT",),
        pagination_token=None,
        included_data=(),
    ):
        times = {
            "last_updated_after": last_updated_after,
            "created_after": created_after,
            "last_updated_before": last_updated_before,
            "created_before": created_before,
        }
        self.searches.append({name: time for name, time in times.items() if time})
        self._called("searchOrders", pagination_token)
        documents, watermark = list(self.documents.values()), NOW
        if self.keeps_windows:
            documents, watermark = self._find_in_window(**times)
        start = int(pagination_token or 0)
        end = start + self.page_size
        entries = documents[start:end]
        readable = find_readable(entries)
        page = OrdersPage(
            documents=readable,
            next_token=str(end) if end < len(documents) else None,
            watermark=watermark,
            clock_ahead=self.clock_ahead,
            set_aside=len(entries) - len(readable),
        )
        return self.change_page(page, pagination_token)

    def _find_in_window(
        self,
        last_updated_after,
        created_after,
        last_updated_before,
        created_before,
    ):
        now = datetime.now(timezone.utc)
        before = last_updated_before or created_before
        end = before or now + self.clock_ahead - timedelta(minutes=2)
        key = "lastUpdatedTime" if last_updated_after else "createdTime"
        found = [
            document
            for document in self.documents.values()
            if (last_updated_after or created_after) <= parse_time(document[key]) <= end
        ]
        found.sort(key=lambda document: parse_time(document[key]))
        return found, min(end, now)

    def get_order(self, order_id, *, included_data=()):
        self._called("getOrder", order_id)
        if order_id not in self.documents:
            raise RejectedError("Unknown order.", operation="getOrder", status=404)
        return self.documents[order_id]

    def confirm_shipment(self, order_id, request):
        self._called("confirmShipment", order_id, request)
        order = self.documents.get(order_id)
        if not order:
            raise RejectedError("Unknown order.", operation="confirmShipment")
        packages = order.setdefault("packages", [])
        reference = request["packageDetail"]["packageReferenceId"]
        packages[:] = [p for p in packages if p["packageReferenceId"] != reference]
        packages.append(build_package(request))
        self.applied.append((order_id, request))
        if self.lost_answer:
            error, self.lost_answer = self.lost_answer, None
            raise error

    def count(self, operation):
        return len([call for call in self.calls if call[0] == operation])


class AmazonCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo's own barrier knows requests only, the client speaks through httpx.
        cls.startClassPatcher(
            patch.object(
                httpx.HTTPTransport,
                "handle_request",
                side_effect=AssertionError("A test tried to reach the network."),
            )
        )
        cls.prepared = None
        cls.connection = cls._create_connection(SELLER)
        cls.mug = cls._create_product("MUG")
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "UPS Ground",
                "product_id": cls.env.ref("amazon_connector.product_shipping").id,
            }
        )

    def setUp(self):
        self._patch_seams()
        self.amazon = {}
        if self.prepared is None:
            self._prepare_class()
        super().setUp()
        for name, value in self.prepared.items():
            setattr(self, name, _copy_container(value))

    def prepare(self):
        """Make what every test of the class begins with.

        Done once, before the first of them; Odoo's savepoints keep it for the others.
        What it sets on ``self`` each test finds again: an Amazon, list or dictionary
        as it was, all else itself. Patches it needs are made in ``_patch_seams``.
        """

    def _prepare_class(self):
        names = set(vars(self)) - {"amazon"}
        # A test that is the first again, after a failure, finds nothing done by halves.
        with self.env.cr.savepoint():
            self.prepare()
            # Ends as a transaction does: what it gathers is no test's.
            self.env.cr.flush()
            self.env.cr.postcommit.clear()
        found = {name: vars(self)[name] for name in set(vars(self)) - names}
        type(self).prepared = {
            name: _copy_container(value) for name, value in found.items()
        }

    def _patch_seams(self):
        test = self

        def open_client(connection, observer):
            return test.amazon_of(connection).open(observer)

        def keep_stamp(_guard, count):
            test.kept_stamp = count

        def do_in_this_transaction(quota, step, operation=""):
            return step(quota.env.cr)

        def let_time_pass(observer, seconds):
            # Less is lost in rounding, and never passes where the clock is frozen.
            seconds = max(seconds, 0.001)
            observer.quota.env.cr.execute(
                "UPDATE amazon_quota SET updated = updated - %s WHERE account = %s",
                [seconds, observer.account],
            )

        registry = self.env.registry
        self.patch(registry["amazon.connection"], "_open_client", open_client)
        # The file beside the key would outlast the test, and say that its database,
        # rolled back, is an old one.
        self.kept_stamp = KeptCount()
        guard = registry["amazon.copy.guard"]
        self.patch(guard, "_read_kept", lambda _guard: test.kept_stamp)
        self.patch(guard, "_write_kept", keep_stamp)
        # No test waits for quota.
        self.patch(QuotaObserver, "_sleep", let_time_pass)
        # A cursor of its own would outlast the test.
        quota = registry["amazon.quota"]
        self.patch(quota, "_in_own_transaction", do_in_this_transaction)
        # No test depends on the speed of the machine.
        self.patch(runner.JobRunner, "is_time_up", lambda _runner: False)
        self.patch(runner, "FIRST_COLLISION_PAUSE", 0)
        # One cursor, so one thread.
        self.patch(runner, "CONNECTIONS_AT_ONCE", 1)
        self.patch(session, "REQUESTS_IN_FLIGHT", 1)

    @classmethod
    def _create_connection(cls, seller, connected=True, **values):
        # Writing an e-mail takes longer than all the rest.
        silent = cls.env["amazon.connection"].with_context(
            mail_auto_subscribe_no_notify=True
        )
        connection = silent.create(
            {
                "store_name": f"Store {seller}",
                "marketplace_id": cls.env.ref(
                    "amazon_connector.amazon_marketplace_us"
                ).id,
                "seller_id": seller,
                "user_id": cls.env.ref("base.user_admin").id,
                "download_products": False,
                "lwa_client_id": "amzn1.application-oa2-client.example",
                **SECRETS,
                **values,
            }
        ).with_env(cls.env)
        if connected:
            cls.env["amazon.storefront"].create(
                {
                    "connection_id": connection.id,
                    "marketplace_id": connection.marketplace_id.id,
                    "active": True,
                }
            )
            connection.write({"state": "authorized", "name": "Example Store"})
        return connection

    @classmethod
    def _create_product(cls, sku, quantity=100):
        product = cls.env["product.product"].create(
            {
                "name": f"Example {sku}",
                "default_code": sku,
                "type": "consu",
                "is_storable": True,
            }
        )
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        if quantity:
            cls.env["stock.quant"]._update_available_quantity(
                product, warehouse.lot_stock_id, quantity
            )
        return product

    # === HELPERS === #

    def amazon_of(self, connection):
        return self.amazon.setdefault(connection.id, FakeAmazon())

    @property
    def fake(self):
        return self.amazon_of(self.connection)

    def run_job(self, kind):
        """Run the scheduled action as Odoo does, and prove that it did not fail.

        Its time has come, unless the job was put off.
        """
        jobs = self.env["amazon.job"].search([("kind", "=", kind)])
        jobs = jobs.filtered(
            lambda job: job.last_run_id.outcome not in ("failed", "waiting")
        )
        jobs.not_before = False
        jobs.last_run_id.start = fields.Datetime.now() - timedelta(days=1)
        cron = self.env["amazon.job.type"]._get_type(kind)._get_cron()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(cron.failure_count)

    def download(self):
        self.run_job("download_orders")

    def send(self):
        self.run_job("send_shipments")

    def order(self, order_id="111-0000001-0000001"):
        return self.env["amazon.order"].search([("amazon_order_id", "=", order_id)])

    def last_run(self, kind="download_orders", connection=None):
        return self.env["amazon.history"].search(
            [
                ("kind", "=", kind),
                ("connection_id", "=", (connection or self.connection).id),
            ],
            limit=1,
        )

    def import_order(self, **more):
        """Have one order on Amazon and in Odoo; return its sale order."""
        document = build_order(**more)
        self.fake.add(document)
        self.download()
        return self.order(document["orderId"]).sale_order_id

    def ship(self, sale, tracking="1Z999", carrier=True, quantities=None, settled=True):
        """Validate the open delivery of a sale order; return it.

        :param settled: whether the job has looked at it already
        """
        picking = sale.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        picking.write(
            {
                "carrier_id": self.carrier.id if carrier else False,
                "carrier_tracking_ref": tracking,
            }
        )
        for move in picking.move_ids:
            move.quantity = (quantities or {}).get(
                move.product_id.default_code, move.product_uom_qty
            )
            move.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        if settled:
            self.settle_deliveries()
        return picking

    def settle_deliveries(self):
        """Have the outbox hold what left, as the job does first."""
        unsettled = self.env["stock.picking"]._get_amazon_unsettled([])
        unsettled._settle_amazon_deliveries()

    def put_off_is_over(self, kind="download_orders"):
        """Let the delay of a put-off job pass."""
        jobs = self.env["amazon.job"].search([("kind", "=", kind)])
        jobs.not_before = False
        self.env["amazon.shipment"].search([]).next_try = False
        self.env.flush_all()


def _copy_container(value):
    """Return a copy of Amazon's state and of what holds values, else the value."""
    if isinstance(value, FakeListings):
        return copy.deepcopy(value)
    if isinstance(value, dict):
        return {key: _copy_container(held) for key, held in value.items()}
    if isinstance(value, list | set):
        return type(value)(map(_copy_container, value))
    return value


def client_methods():
    """Return the signatures of what the fake and the real client have in common."""
    names = (
        "get_marketplace_participations",
        "search_orders",
        "get_order",
        "confirm_shipment",
        "search_listings_items",
        "get_listings_item",
        "patch_listings_item",
        "create_report",
        "get_report",
        "get_report_document",
        "download_report",
        "create_feed_document",
        "upload_feed",
        "create_feed",
        "get_feed",
        "get_feeds",
        "cancel_feed",
        "get_feed_document",
        "download_feed_report",
        "search_catalog_items",
        "download_image",
    )
    return [
        [list(signature(getattr(kind, name)).parameters) for name in names]
        for kind in (FakeAmazon, SpApiClient)
    ]
