"""To 19.0.1.5.0: the brake knows which zeros it holds back.

A store that was stopped before is compared at once, and its question asked anew with
the list. Odoo drops the columns of the former brake by itself.
"""


def migrate(cr, version):
    """Have the quantities of stopped stores compared."""
    cr.execute(
        "UPDATE amazon_connection SET inventory_checked_on = NULL "
        "WHERE inventory_halted"
    )
