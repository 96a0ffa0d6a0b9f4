"""Amazon knows the shipments by the ids of the rows; these numbers stay."""


def migrate(cr, version):
    cr.execute(
        """
        ALTER TABLE amazon_shipment
            ADD COLUMN IF NOT EXISTS package_reference varchar,
            ADD COLUMN IF NOT EXISTS carrier_id int4,
            ADD COLUMN IF NOT EXISTS sent_values jsonb,
            ADD COLUMN IF NOT EXISTS confirmed_values jsonb
        """
    )
    cr.execute(
        "UPDATE amazon_shipment SET package_reference = id::varchar "
        "WHERE package_reference IS NULL"
    )
