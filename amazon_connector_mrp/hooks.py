"""What is done once, when the addon is installed."""


def confirm_kits_in_outbox(env):
    """Have the kits confirmed that left before, and that nobody told Amazon of."""
    waiting = env["amazon.shipment"].search(
        [("state", "=", "blocked"), ("line_ids.is_component", "=", True)]
    )
    waiting.picking_id._add_kits_to_amazon_shipments()
