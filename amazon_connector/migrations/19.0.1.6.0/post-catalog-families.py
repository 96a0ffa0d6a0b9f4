"""To 19.0.1.6.0: families are what the listings say, the catalogue's are not kept.

Odoo drops the column of the family's ASIN by itself.
"""


def migrate(cr, version):
    """Take them out of what is kept, so that no article counts as changed."""
    cr.execute(
        "UPDATE amazon_listing SET catalog = catalog - 'parent_asins' "
        "WHERE catalog ? 'parent_asins'"
    )
