"""To 19.0.1.3.0: where prices contain tax.

The marketplaces are data that an update leaves alone, so they are told here. What a
storefront does with tax is then computed from it.
"""

from odoo.tools import sql

# The United States and Canada: tax comes on top of the price.
WITHOUT_TAX = ("ATVPDKIKX0DER", "A2EUQ1WTGCTBG2")


def migrate(cr, version):
    if sql.column_exists(cr, "amazon_marketplace", "prices_include_tax"):
        return
    sql.create_column(cr, "amazon_marketplace", "prices_include_tax", "boolean")
    cr.execute(
        """
        UPDATE amazon_marketplace
           SET prices_include_tax = amazon_marketplace_id NOT IN %s
        """,
        [WITHOUT_TAX],
    )
