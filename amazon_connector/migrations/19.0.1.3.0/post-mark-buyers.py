"""To 19.0.1.3.0: earlier customers and addresses of Amazon orders are known as such.

Nothing is sent to them by itself. By name and address they are not known again, since
that key is made of Amazon's own words; their e-mail address leads to them.
"""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE res_partner
           SET amazon_buyer_key = 'earlier ' || id
         WHERE amazon_buyer_key IS NULL
           AND create_uid = 1
           AND company_id IS NOT NULL
           AND id IN (
               SELECT unnest(ARRAY[partner_id, partner_shipping_id])
                 FROM sale_order
                WHERE amazon_order_ref IS NOT NULL
           )
        """
    )
