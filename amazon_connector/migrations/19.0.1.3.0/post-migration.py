"""To 19.0.1.3.0: what orders that came in before need.

Charges keep Amazon's price, too; they are known by their product. Orders that Amazon
cancelled while something was packed are looked at again, so that they can be ended.
"""

CHARGES = {
    "product_shipping": "SHIPPING",
    "product_gift_wrap": "GIFT_WRAP",
    "product_promotion": "DISCOUNT",
    "product_tax": "TAX",
    "product_charge": "OTHER",
    "product_adjustment": "ADJUSTMENT",
}


def migrate(cr, version):
    for name, kind in CHARGES.items():
        cr.execute(
            """
            UPDATE sale_order_line AS line
               SET amazon_charge = %s
              FROM sale_order AS sale, ir_model_data AS data
             WHERE sale.id = line.order_id
               AND sale.amazon_order_ref IS NOT NULL
               AND line.amazon_charge IS NULL
               AND data.module = 'amazon_connector'
               AND data.name = %s
               AND data.model = 'product.product'
               AND data.res_id = line.product_id
            """,
            [kind, name],
        )
    cr.execute(
        """
        UPDATE amazon_order AS amazon
           SET to_process = TRUE
          FROM sale_order AS sale
         WHERE sale.id = amazon.sale_order_id
           AND sale.state = 'sale'
           AND amazon.status = 'cancelled'
        """
    )
