"""Whatever happens to stock, orders and rules: Amazon never offers more than can be
delivered, but for what nobody can know, and in the end exactly what there is.

``HISTORIES=1 HISTORY_SEED=4711 script/test addon -k inventory_histories``
"""

from odoo.tests import tagged

from ..inventory_histories import InventoryHistories


@tagged("post_install", "-at_install")
class TestInventoryHistories(InventoryHistories):
    def test_never_more_than_can_be_delivered_and_in_the_end_what_there_is(self):
        self.tell_histories()
