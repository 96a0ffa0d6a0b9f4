"""What Amazon has confirmed once is known there, also while it is corrected."""


def migrate(cr, version):
    cr.execute(
        "UPDATE amazon_shipment SET is_confirmed = TRUE "
        "WHERE state = 'done' AND is_confirmed IS NOT TRUE"
    )
