"""To 19.0.1.3.0: marks of the orders that are still to ship, from their documents.

Those of older orders come when Amazon sends the order again.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Read what the documents say of gifts, programs, totals and requests."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    rows = env["amazon.order"].search(
        [("is_to_ship", "=", True), ("document_encrypted", "!=", False)]
    )
    rows._update_marks()
