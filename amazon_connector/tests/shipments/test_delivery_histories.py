"""However deliveries leave, come back and fail: Amazon is told of each unit that left,
once, with its number, and nothing waits silently.

``HISTORIES=1 HISTORY_SEED=4711 script/test addon -k delivery_histories``
"""

from odoo.tests import tagged

from ..delivery_histories import DeliveryHistories


@tagged("post_install", "-at_install")
class TestDeliveryHistories(DeliveryHistories):
    def test_each_unit_that_left_is_told_once(self):
        self.tell_histories()
