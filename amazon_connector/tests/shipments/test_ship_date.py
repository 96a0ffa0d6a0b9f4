"""The date that Amazon is told is one that it takes."""

from datetime import datetime, timedelta, timezone

from odoo.fields import Datetime
from odoo.tests import tagged

from ...spapi.errors import RejectedError
from ...spapi.times import parse_time
from ..builders import ago, ahead, moment
from ..shipments_common import ShipmentsCommon


@tagged("post_install", "-at_install")
class TestShipDate(ShipmentsCommon):
    def get_told_date(self):
        (detail,) = self.sent()
        return parse_time(detail["shipDate"])

    def ship_at(self, date, **order):
        picking = self.ship(self.import_order(**order))
        picking.date_done = date
        return picking

    def test_it_is_when_the_delivery_was_done_in_utc(self):
        self.env.user.tz = "Asia/Tokyo"
        done = Datetime.now() - timedelta(hours=3)
        self.ship_at(done)
        self.send()
        self.assertEqual(self.get_told_date(), done.replace(tzinfo=timezone.utc))

    def test_it_is_never_before_the_order_was_placed(self):
        """Not by the fraction of a second that Odoo does not store."""
        created = ago(hours=5)
        precise = created.replace("Z", ".700Z") if created.endswith("Z") else created
        self.ship_at(Datetime.now() - timedelta(days=20), created=precise)
        self.send()
        self.assertGreaterEqual(self.get_told_date(), parse_time(precise))
        self.assertLess(
            self.get_told_date(), parse_time(precise) + timedelta(seconds=2)
        )

    def test_an_order_placed_by_a_clock_that_is_ahead_is_not_shipped_before(self):
        placed = ahead(minutes=80)
        picking = self.ship(self.import_order())
        picking.amazon_shipment_ids.order_id.purchase_date = moment(placed)
        self.send()
        self.assertGreaterEqual(self.get_told_date(), parse_time(placed))

    def test_it_is_never_in_the_future_by_amazons_clock(self):
        """This server's clock is ahead, so that what was done now is not yet."""
        self.fake.clock_ahead = timedelta(minutes=-30)
        self.ship(self.import_order())
        self.send()
        self.assertLessEqual(
            self.get_told_date(),
            datetime.now(timezone.utc) - timedelta(minutes=30),
        )

    def test_refused_as_future_it_is_sent_again_by_the_clock_of_the_answer(self):
        """Until Amazon has answered once its clock is not known."""
        shipment = self.ship(self.import_order()).amazon_shipment_ids

        def answer():
            self.fake.clock_ahead = timedelta(minutes=-30)
            self.fake.errors = [
                RejectedError(
                    "shipDate must not be in the future.", operation="confirmShipment"
                )
            ]

        self.before_answer(answer)
        self.send()
        self.assertEqual(shipment.state, "pending")
        self.send()
        self.assertEqual(shipment.state, "done")
