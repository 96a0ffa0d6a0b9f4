"""Kits among the goods, whatever happens to them: Amazon never offers more than their
components make, and in the end exactly that.

``HISTORIES=1 HISTORY_SEED=4711 script/test kits -k inventory_histories``
"""

from odoo.tests import tagged

from odoo.addons.amazon_connector.tests import inventory_histories
from odoo.addons.amazon_connector.tests.fake_listings import CA, US

from .common import KitMaker


@tagged("post_install", "-at_install")
class TestKitInventoryHistories(KitMaker, inventory_histories.InventoryHistories):
    """SET is 1 MUG and 2 PEN; BOX is 1 SET and 1 BAG."""

    # Each takes longer than without kits.
    HISTORIES = 25
    LISTED = (
        (
            *inventory_histories.LISTED[0],
            (US, "SET", "SET", 1),
            (CA, "SET-2", "SET", 2),
            (US, "BOX", "BOX", 1),
        ),
        (*inventory_histories.LISTED[1], (US, "SET", "SET", 1)),
        (*inventory_histories.LISTED[2], (US, "BOX", "BOX", 1)),
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mug, pen, bag = (cls.products[sku] for sku in ("MUG", "PEN", "BAG"))
        kit, box = (cls._create_product(sku, 0) for sku in ("SET", "BOX"))
        cls.create_kit(kit, {mug: 1, pen: 2})
        cls.create_kit(box, {kit: 1, bag: 1})
        cls.kits = {kit: {mug: 1, pen: 2}, box: {mug: 1, pen: 2, bag: 1}}

    def _draw_goods(self):
        """Draw what makes a kit."""
        return self.random.choice((["MUG", "PEN"], ["MUG", "PEN", "BAG"]))

    def test_never_more_than_the_components_make(self):
        self.tell_histories()
