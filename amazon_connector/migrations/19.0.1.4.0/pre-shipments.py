"""Amazon knows the shipments by the ids of the rows; these numbers stay."""


def migrate(cr, version):
    cr.execute(
        """
        ALTER TABLE amazon_shipment
            ADD COLUMN IF NOT EXISTS package_reference varchar,
            ADD COLUMN IF NOT EXISTS carrier_id int4,
            ADD COLUMN IF NOT EXISTS sent_values jsonb,
            ADD COLUMN IF NOT EXISTS confirmed_values jsonb,
            ADD COLUMN IF NOT EXISTS ship_by timestamp
        """
    )
    # Odoo would work these two out row by row.
    cr.execute(
        """
        UPDATE amazon_shipment AS shipment
           SET ship_by = amazon_order.ship_by
          FROM amazon_order
         WHERE amazon_order.id = shipment.order_id
        """
    )
    cr.execute(
        "ALTER TABLE amazon_order ADD COLUMN IF NOT EXISTS has_missing_units boolean"
    )
    cr.execute(
        "UPDATE amazon_shipment SET package_reference = id::varchar "
        "WHERE package_reference IS NULL"
    )
