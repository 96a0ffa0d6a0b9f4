"""Deliveries of two stores' orders, validated together."""

from odoo.tests import tagged

from ..two_stores_common import TwoStoresCommon


@tagged("post_install", "-at_install")
class TestTwoStores(TwoStoresCommon):
    def test_validated_at_once_each_amazon_gets_its_own_parcel(self):
        self.bring_both().button_validate()
        self.send()
        self.assertEachToldItsOwn()

    def test_what_waits_in_one_store_keeps_nothing_of_the_other(self):
        self.bring_both().button_validate()
        self.connection.send_shipments = False
        self.send()
        self.assertFalse(self.fake.applied)
        self.assertEqual(len(self.amazon_of(self.other).applied), 1)
        self.connection.send_shipments = True
        self.send()
        self.assertEachToldItsOwn()
