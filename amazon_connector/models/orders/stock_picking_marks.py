"""A delivery of Amazon's in lists and searches: found by number, marked, late."""

from odoo import fields, models
from odoo.tools.sql import column_exists, create_column


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "amazon.order.marks"]
    _amazon_order_path = "sale_id.amazon_order_ids"
    _rec_names_search = ["name", "amazon_order_ref"]

    # Stored: thousands of transfers are searched and sorted by them.
    amazon_order_ref = fields.Char(store=True, index="btree_not_null")
    amazon_ship_by = fields.Datetime(
        related="sale_id.amazon_ship_by",
        string="Ship By",
        store=True,
        index="btree_not_null",
        help="Amazon counts it as late when it leaves afterwards.",
    )

    # === CRUD METHODS === #

    def _auto_init(self):
        """Transfers that are there before the connector came have none of it."""
        columns = {"amazon_order_ref": "varchar", "amazon_ship_by": "timestamp"}
        for name, kind in columns.items():
            if not column_exists(self.env.cr, "stock_picking", name):
                create_column(self.env.cr, "stock_picking", name, kind)
        return super()._auto_init()

    # === BUSINESS METHODS === #

    def _is_amazon_to_ship(self):
        return self.state not in ("done", "cancel")
