"""The certificate of an erasure: what was removed, in numbers, and what stays."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .personal_data_removal import PersonalDataRemoval, clean_disk_soon

_COUNTS = (
    "orders",
    "deliveries",
    "contacts",
    "invoice_contacts",
    "shared_contacts",
    "messages",
    "emails",
    "attachments",
)


class AmazonErasure(models.Model):
    _name = "amazon.erasure"
    _description = "Amazon Erasure"
    _order = "id DESC"

    scope = fields.Selection(
        selection=[("buyer", "One buyer"), ("store", "All buyers of the store")],
        required=True,
        readonly=True,
    )
    connection_id = fields.Many2one(
        comodel_name="amazon.connection",
        string="Store",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    store_name = fields.Char(readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Asked For By", readonly=True
    )
    asked_on = fields.Datetime(readonly=True, default=fields.Datetime.now)
    done_on = fields.Datetime(readonly=True)
    state = fields.Selection(
        selection=[("running", "Under way"), ("done", "Done")],
        default="running",
        required=True,
        readonly=True,
    )
    orders = fields.Integer(readonly=True)
    deliveries = fields.Integer(readonly=True)
    contacts = fields.Integer(readonly=True)
    invoice_contacts = fields.Integer(
        string="Contacts Reduced",
        readonly=True,
        help="They keep what their invoices have to say: name, address, tax number.",
    )
    shared_contacts = fields.Integer(
        string="Contacts Left Alone",
        readonly=True,
        help="Somebody made them in Odoo, or they are used for something else than "
        "Amazon's orders as well.",
    )
    messages = fields.Integer(readonly=True)
    emails = fields.Integer(string="E-mails", readonly=True)
    attachments = fields.Integer(string="Files", readonly=True)
    orders_left = fields.Integer(
        readonly=True,
        help="Still to be shipped, or kept by somebody's decision.",
    )

    # === COMPUTE METHODS === #

    @api.depends("asked_on")
    def _compute_display_name(self):
        for erasure in self:
            erasure.display_name = self.env._("Erasure %s", erasure.id)

    # === BUSINESS METHODS - START === #

    @api.model
    def _check_may_erase(self):
        """:raise AccessError: when somebody else than an administrator erases"""
        group = "amazon_connector.amazon_connector_group_manager"
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._("Only an administrator of Amazon may erase personal data.")
            )

    @api.model
    def _erase_buyer(self, orders):
        """Erase the buyers of orders at once, as far as that is allowed.

        :param orders: all ``amazon.order`` of a buyer, in sudo
        :return: the action that opens the certificate
        :raise UserError: when there is nothing that may be removed
        """
        self._check_may_erase()
        orders = orders.filtered(lambda row: not row.personal_data_removed_on)
        removable = orders.filtered_domain(orders._get_removable_domain())
        if not removable:
            raise UserError(self._get_nothing_reason(orders))
        erasure = self.sudo().create(
            self._prepare_erasure_vals("buyer", removable.connection_id[:1])
        )
        removal = PersonalDataRemoval(removable.env)
        removal.remove(removable, _raise)
        clean_disk_soon(removal.env)
        erasure._add_counts(removal.counts)
        erasure.write({"orders_left": len(orders - removable)})
        erasure._finish()
        return erasure._get_action()

    @api.model
    def _erase_store(self, connection):
        """Have all buyers of a store erased in the background.

        :param connection: one ``amazon.connection``
        :return: the action that opens the certificate
        """
        self._check_may_erase()
        connection.check_access("write")
        store = connection.sudo()
        erasure = store._get_open_erasure()
        if not erasure:
            erasure = self.sudo().create(self._prepare_erasure_vals("store", store))
            store._get_job("remove_personal_data")._request()
        return erasure._get_action()

    @api.model
    def _prepare_erasure_vals(self, scope, connection):
        return {
            "scope": scope,
            "connection_id": connection.id,
            "store_name": connection.display_name,
            "company_id": connection.company_id.id,
            "user_id": self.env.uid,
        }

    @api.model
    def _get_nothing_reason(self, orders):
        """Return why nothing of a buyer's orders may be removed, as a sentence."""
        _ = self.env._
        if not orders:
            return _(
                "Nothing names this buyer any more, or it is no buyer of Amazon's."
            )
        kept = orders.filtered("is_personal_data_kept")
        if kept == orders:
            return _("Somebody decided to keep this order's data. Release it first.")
        return _(
            "The order is still to be shipped, and cannot be without its address. "
            "Cancel it in Seller Central, or erase the buyer once it is delivered."
        )

    # === BUSINESS METHODS - END === #

    def _add_counts(self, counts):
        """Add what was removed: ``{field: number}``."""
        for erasure in self:
            erasure.write(
                {name: erasure[name] + counts.get(name, 0) for name in _COUNTS}
            )

    def _finish(self):
        for erasure in self:
            values = {"state": "done", "done_on": fields.Datetime.now()}
            if erasure.scope == "store":
                values["orders_left"] = self.env["amazon.order"].search_count(
                    [
                        ("connection_id", "=", erasure.connection_id.id),
                        ("personal_data_removed_on", "=", False),
                    ]
                )
            erasure.write(values)

    @api.model
    def _describe_counts(self, counts):
        """Return what was removed, and what stays, as sentences."""
        _ = self.env._
        counts = {name: counts.get(name, 0) for name in _COUNTS}
        sentences = [
            _(
                "Removed of %(orders)s orders: %(contacts)s contacts, %(messages)s "
                "messages, %(emails)s e-mails, %(attachments)s files.",
                **{
                    name: counts[name]
                    for name in (
                        "orders",
                        "contacts",
                        "messages",
                        "emails",
                        "attachments",
                    )
                },
            )
        ]
        if counts["invoice_contacts"]:
            sentences.append(
                _(
                    "%s contacts keep what their invoices have to say.",
                    counts["invoice_contacts"],
                )
            )
        if counts["shared_contacts"]:
            sentences.append(
                _(
                    "%s contacts were left alone: somebody made them in Odoo, or they "
                    "are used for something else as well. Look after them yourself.",
                    counts["shared_contacts"],
                )
            )
        return " ".join(sentences)

    def _get_action(self):
        return {
            "name": self.env._("Certificate of Erasure"),
            "type": "ir.actions.act_window",
            "res_model": "amazon.erasure",
            "res_id": self.id,
            "view_mode": "form",
        }


def _raise(_row, error):
    raise error
