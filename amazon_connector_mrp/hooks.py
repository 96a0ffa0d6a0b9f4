"""What is done once, when the addon is installed."""


def take_up_kits(env):
    """Have the kits that are there already confirmed and offered."""
    confirm_kits_in_outbox(env)
    compare_kits(env)


def confirm_kits_in_outbox(env):
    """Have the kits confirmed that left before, and that nobody told Amazon of."""
    waiting = env["amazon.shipment"].search(
        [("state", "=", "blocked"), ("line_ids.is_component", "=", True)]
    )
    waiting.picking_id._add_kits_to_amazon_shipments()


def compare_kits(env):
    """Have the quantities of kits compared with Amazon's, by their components."""
    kits = env["mrp.bom"].search([("type", "=", "phantom")])
    kits._mark_amazon_kits_changed()
