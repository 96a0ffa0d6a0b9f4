"""To 19.0.1.7.0: buyers who are there already get no mailing either."""


def migrate(cr, version):
    """Put their addresses on Odoo's list, as the import does with new ones."""
    cr.execute(
        """
        INSERT INTO mail_blacklist (email, active, create_date, write_date)
        SELECT DISTINCT email_normalized, TRUE, now() AT TIME ZONE 'UTC',
               now() AT TIME ZONE 'UTC'
          FROM res_partner
         WHERE amazon_buyer_key IS NOT NULL
           AND email_normalized IS NOT NULL
            ON CONFLICT (email) DO NOTHING
        """
    )
