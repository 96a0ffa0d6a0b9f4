"""To 19.0.1.3.0: charges of orders that came in before keep Amazon's price, too.

They are known by their product.
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
