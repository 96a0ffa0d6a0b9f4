"""Shipments say themselves who carries them, and what Amazon was told.

What was sent before is what the row shows; else all of it would be a correction now.
"""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE amazon_shipment AS shipment
           SET carrier_id = picking.carrier_id
          FROM stock_picking AS picking
         WHERE picking.id = shipment.picking_id
           AND shipment.carrier_id IS NULL
        """
    )
    cr.execute(
        """
        UPDATE amazon_shipment AS shipment
           SET sent_values = jsonb_strip_nulls(jsonb_build_object(
                   'packageReferenceId', shipment.package_reference,
                   'carrierCode', trim(shipment.carrier_code),
                   'carrierName', nullif(trim(shipment.carrier_name), ''),
                   'shippingMethod', nullif(trim(shipment.ship_method), ''),
                   'trackingNumber', trim(shipment.tracking_ref),
                   'orderItems', contents.items
               ))
          FROM (
                SELECT shipment_id,
                       jsonb_agg(
                           jsonb_build_object(
                               'orderItemId', trim(amazon_item_ref),
                               'quantity', trunc(quantity)::int
                           ) ORDER BY id
                       ) AS items
                  FROM amazon_shipment_line
              GROUP BY shipment_id
               ) AS contents
         WHERE contents.shipment_id = shipment.id
           AND shipment.sent_values IS NULL
           AND (shipment.is_confirmed OR shipment.state IN ('sent', 'unknown'))
        """
    )
    # What Amazon knows of one whose correction waits is shown nowhere: it is told anew.
    cr.execute(
        """
        UPDATE amazon_shipment
           SET confirmed_values = CASE state
                   WHEN 'done' THEN sent_values
                   ELSE '{}'::jsonb
               END
         WHERE is_confirmed
           AND confirmed_values IS NULL
        """
    )
