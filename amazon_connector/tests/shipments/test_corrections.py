"""A carrier or number that is written late or corrected ends at Amazon."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command, Datetime
from odoo.tests import new_test_user, tagged

from ...spapi.errors import AmbiguousError, UnavailableError
from ..shipments_common import ShipmentsCommon


@tagged("post_install", "-at_install")
class TestWrittenOnShipment(ShipmentsCommon):
    """The delivery is done; what it lacks is written on its shipment."""

    def packer(self):
        return new_test_user(self.env, "packer", "stock.group_stock_user")

    def test_carrier_and_number_written_by_the_packer_free_the_shipment(self):
        picking = self.ship(self.import_order(), tracking=False, carrier=False)
        shipment = picking.amazon_shipment_ids
        self.assertEqual(shipment.state, "blocked")
        shipment.with_user(self.packer()).write(
            {"carrier_id": self.carrier.id, "tracking_ref": "1Z-BY-HAND"}
        )
        self.assertEqual(shipment.state, "pending")
        self.send()
        (detail,) = self.sent()
        self.assertEqual(detail["trackingNumber"], "1Z-BY-HAND")
        self.assertEqual(detail["carrierCode"], "UPS")
        self.assertEqual(shipment.state, "done")

    def test_nobody_writes_what_is_amazons(self):
        shipment = self.ship(self.import_order()).amazon_shipment_ids
        packer = self.packer()
        for vals in ({"state": "done"}, {"carrier_code": "DHL"}, {"error": False}):
            with self.subTest(vals), self.assertRaises(AccessError):
                shipment.with_user(packer).write(vals)

    def test_nobody_changes_what_is_in_it(self):
        shipment = self.ship(self.import_order()).amazon_shipment_ids
        packer = self.packer()
        line = shipment.line_ids.with_user(packer)
        with self.assertRaises(AccessError):
            line.quantity = 7
        for command in (
            Command.update(line.id, {"quantity": 7}),
            Command.create({"amazon_item_ref": "9", "quantity": 1}),
            Command.delete(line.id),
        ):
            with self.subTest(command[0]), self.assertRaises(AccessError):
                shipment.with_user(packer).line_ids = [command]
        self.assertEqual(shipment.line_ids.quantity, 1)

    def test_what_a_person_wrote_stands_until_the_delivery_changes_again(self):
        picking = self.ship(self.import_order(), tracking="1Z-DELIVERY")
        shipment = picking.amazon_shipment_ids
        shipment.tracking_ref = "1Z-BY-HAND"
        fedex = self.carrier.copy()
        fedex.name = "FedEx"
        picking.carrier_id = fedex
        self.assertEqual(shipment.tracking_ref, "1Z-BY-HAND")
        self.send()
        picking.carrier_tracking_ref = "1Z-CORRECTED"
        self.send()
        self.assertEqual(self.sent_numbers(), ["1Z-BY-HAND", "1Z-CORRECTED"])
        self.assertEqual(self.sent()[-1]["carrierCode"], "FedEx")


@tagged("post_install", "-at_install")
class TestCorrections(ShipmentsCommon):
    def ship_wrong(self):
        return self.ship(self.import_order(), tracking="1Z-WRONG")

    def correct(self, picking):
        picking.carrier_tracking_ref = "1Z-RIGHT"

    def assert_corrected(self, shipment):
        wrong, right = self.sent()
        self.assertEqual(right["trackingNumber"], "1Z-RIGHT")
        self.assertEqual(wrong["packageReferenceId"], right["packageReferenceId"])
        self.assertEqual(shipment.state, "done")
        self.assertEqual(shipment.confirmed_values["trackingNumber"], "1Z-RIGHT")

    def test_a_number_corrected_on_the_shipment_meanwhile_is_sent(self):
        shipment = self.ship_wrong().amazon_shipment_ids
        self.before_answer(lambda: shipment.write({"tracking_ref": "1Z-RIGHT"}))
        self.send()
        self.send()
        self.assert_corrected(shipment)

    def test_a_carrier_corrected_meanwhile_is_sent(self):
        picking = self.ship_wrong()
        fedex = self.carrier.copy()
        fedex.name = "FedEx"
        self.before_answer(lambda: picking.write({"carrier_id": fedex.id}))
        self.send()
        self.send()
        codes = [detail["carrierCode"] for detail in self.sent()]
        self.assertEqual(codes, ["UPS", "FedEx"])

    def test_the_answer_was_lost_and_the_number_corrected_before_it_is_looked_up(self):
        picking = self.ship_wrong()
        self.fake.lost_answer = AmbiguousError("?", operation="confirmShipment")
        self.send()
        self.correct(picking)
        shipment = picking.amazon_shipment_ids
        self.assertEqual(shipment.state, "unknown")
        self.put_off_is_over("send_shipments")
        self.send()
        self.send()
        self.assert_corrected(shipment)

    def test_a_number_corrected_while_amazon_is_not_there_is_the_one_that_is_sent(self):
        picking = self.ship_wrong()
        self.before_answer(lambda: self.correct(picking))
        self.fake.errors = [UnavailableError("Busy.", operation="confirmShipment")]
        self.send()
        self.assertEqual(picking.amazon_shipment_ids.state, "pending")
        job = self.env["amazon.job"].search([("kind", "=", "send_shipments")])
        job.not_before = False
        job.last_run_id.outcome = "done"
        self.send()
        self.assertEqual(self.sent_numbers(), ["1Z-RIGHT"])

    def test_nothing_is_read_between_the_commit_and_the_answer(self):
        """Else the transaction would not see what people write meanwhile."""
        shipment = self.ship_wrong().amazon_shipment_ids
        job_model = self.env.registry["amazon.job"]
        commit, counts = job_model._commit, []
        # The quota is counted by a cursor of its own.
        quota = self.env.registry["amazon.quota"]
        self.patch(quota, "_change_bucket", lambda *_args: None)

        def count_after_commit(job, processed=0):
            result = commit(job, processed)
            counts[:] = [job.env.cr, job.env.cr.sql_log_count]
            return result

        def count_before_answer():
            cursor, count = counts
            statements.append(cursor.sql_log_count - count)

        statements = []
        self.patch(job_model, "_commit", count_after_commit)
        self.before_answer(count_before_answer)
        self.send()
        self.assertEqual(shipment.state, "done")
        self.assertEqual(statements, [0])

    def test_clearing_the_number_changes_nothing_and_says_so(self):
        picking = self.ship(self.import_order(), tracking="1Z999")
        self.send()
        picking.carrier_tracking_ref = False
        shipment = picking.amazon_shipment_ids
        self.assertEqual(shipment.state, "done")
        self.assertIn("Amazon keeps", shipment.error)
        self.send()
        self.assertEqual(self.sent_numbers(), ["1Z999"])
        picking.carrier_tracking_ref = "1Z999"
        self.assertEqual(shipment.state, "done")
        self.assertFalse(shipment.error)

    def test_a_cleared_number_is_not_replaced_by_one_that_is_none(self):
        self.carrier.amazon_has_no_tracking = True
        picking = self.ship(self.import_order(), tracking="1Z999")
        self.send()
        picking.carrier_tracking_ref = False
        shipment = picking.amazon_shipment_ids
        self.assertEqual(shipment.state, "done")
        self.assertIn("Amazon keeps", shipment.error)
        self.send()
        self.assertEqual(self.sent_numbers(), ["1Z999"])

    def test_what_is_written_on_the_way_meets_the_answer_in_the_same_row(self):
        """Else PostgreSQL would let the two transactions pass each other."""
        shipment = self.ship(self.import_order()).amazon_shipment_ids
        shipment.state = "sent"
        self.env.flush_all()
        self.env.cr.execute("UPDATE amazon_shipment SET write_date = '2020-01-01'")
        self.env.invalidate_all()
        shipment.line_ids.transparency_codes = "AZ:1"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertGreater(shipment.write_date.year, 2020)
        self.assertEqual(shipment.state, "sent")

    def test_another_date_is_no_correction(self):
        picking = self.ship(self.import_order())
        self.send()
        picking.date_done = Datetime.now() - timedelta(hours=1)
        picking.amazon_shipment_ids._mark_to_send()
        self.send()
        self.assertEqual(len(self.sent()), 1)
