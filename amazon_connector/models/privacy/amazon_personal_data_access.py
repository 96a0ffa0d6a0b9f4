"""Who looked at which buyer's data, when, and what for; never the data itself."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import hide_failed_statements

KEEP_DAYS = 365
# From the least to the most that was done with the data; a row shows the most.
ACTIONS = ("read", "print", "export")


class AmazonPersonalDataAccess(models.Model):
    _name = "amazon.personal.data.access"
    _description = "Amazon Personal Data Access"
    _order = "day DESC, id DESC"
    _rec_name = "amazon_order_ref"

    user_id = fields.Many2one(
        comodel_name="res.users", readonly=True, index=True, ondelete="restrict"
    )
    order_id = fields.Many2one(
        comodel_name="amazon.order",
        string="Amazon Order",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    amazon_order_ref = fields.Char(string="Order Number", readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", readonly=True, ondelete="cascade"
    )
    day = fields.Date(readonly=True, index=True)
    first_on = fields.Datetime(string="First Time", readonly=True)
    action = fields.Selection(
        selection=[("read", "Read"), ("print", "Printed"), ("export", "Exported")],
        readonly=True,
        help="The most that was done with the data on that day.",
    )

    _user_order_day_unique = models.UniqueIndex("(user_id, order_id, day)")

    # === BUSINESS METHODS === #

    @api.model
    def _write_apart(self, ids):
        """Write accesses on a cursor of their own, after the transaction that read.

        :param ids: ``{(user id, action, model): [record ids]}``
        """
        with hide_failed_statements(), self.env.registry.cursor() as cr:
            apart = api.Environment(cr, api.SUPERUSER_ID, {})
            apart[self._name]._add(ids)

    @api.model
    def _add(self, ids):
        """Write accesses: one row for a user, an order and a day.

        :param ids: ``{(user id, action, model): [record ids]}``
        """
        for (uid, action, model), record_ids in ids.items():
            records = self.env[model].sudo().browse(record_ids).exists()
            orders = records._find_accessed_orders()
            self._add_orders(uid, action, orders)

    @api.model
    def _add_orders(self, uid, action, orders):
        """Write that a user did something with the buyers of these orders.

        Of an order without personal data nothing was read.
        """
        if not orders:
            return
        orders.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO amazon_personal_data_access AS known
                       (user_id, order_id, amazon_order_ref, company_id, day, first_on,
                        action)
                SELECT %(uid)s, id, amazon_order_id, company_id, %(day)s, %(now)s,
                       %(action)s
                  FROM amazon_order
                 WHERE id = ANY(%(ids)s) AND personal_data_removed_on IS NULL
                 ORDER BY id
                    ON CONFLICT (user_id, order_id, day) DO UPDATE
                   SET action = EXCLUDED.action
                 WHERE array_position(%(actions)s, EXCLUDED.action)
                     > array_position(%(actions)s, known.action)
                """,
                uid=uid,
                day=fields.Date.today(),
                now=fields.Datetime.now(),
                action=action,
                ids=orders.ids,
                actions=list(ACTIONS),
            )
        )
        self.invalidate_model()

    @api.autovacuum
    def _gc_accesses(self):
        oldest = fields.Date.today() - timedelta(days=KEEP_DAYS)
        self.search([("day", "<", oldest)]).unlink()
