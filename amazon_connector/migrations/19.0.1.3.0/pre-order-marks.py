"""To 19.0.1.3.0: transfers and sale orders know number and ship-by date themselves.

Filled here in one statement each; Odoo would compute them record by record.
"""

from odoo.tools import sql


def migrate(cr, version):
    """Add the columns with their values."""
    if sql.column_exists(cr, "sale_order", "amazon_ship_by"):
        return
    sql.create_column(cr, "sale_order", "amazon_ship_by", "timestamp")
    sql.create_column(cr, "stock_picking", "amazon_ship_by", "timestamp")
    sql.create_column(cr, "stock_picking", "amazon_order_ref", "varchar")
    cr.execute(
        """
        UPDATE sale_order
           SET amazon_ship_by = amazon_order.ship_by
          FROM amazon_order
         WHERE amazon_order.sale_order_id = sale_order.id
        """
    )
    cr.execute(
        """
        UPDATE stock_picking
           SET amazon_order_ref = sale_order.amazon_order_ref,
               amazon_ship_by = sale_order.amazon_ship_by
          FROM sale_order
         WHERE sale_order.id = stock_picking.sale_id
           AND sale_order.amazon_order_ref IS NOT NULL
        """
    )
