"""When the personal data of an order is due to go, and what of the row goes with it."""

import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from ...spapi.orders import parse_order, read_order_number, remove_personal_data
from ...tools import naive_utc
from ..orders.customer import Purchase
from ..orders.order_inbox import ReceivedOrder
from ..orders.reflected_state import ADDRESS, GIFT

# What Amazon says of an order that somebody may still have to ship.
OPEN_STATUSES = ("pending", "pending_availability", "unshipped", "partially_shipped")
_KEPT_OF_ADDRESS = ("country_code", "state")
# So many documents are in memory at a time when a buyer is looked for in them.
DOCUMENTS_PER_BATCH = 500


class AmazonOrder(models.Model):
    _name = "amazon.order"
    _inherit = ["amazon.order", "amazon.personal.record"]

    partner_id = fields.Many2one(
        groups="amazon_connector.amazon_connector_group_personal_data"
    )
    closed_on = fields.Datetime(
        readonly=True,
        copy=False,
        help="When Amazon first said that it was delivered, or cancelled.",
    )
    personal_data_since = fields.Datetime(
        string="Personal Data Counts From",
        compute="_compute_personal_data_since",
        store=True,
        help="Delivered or cancelled then; where Amazon does not say, the last day "
        "that was promised to the buyer. Empty while it is to be shipped.",
    )
    personal_data_removed_on = fields.Datetime(readonly=True, copy=False)
    is_personal_data_kept = fields.Boolean(
        string="Keep Personal Data",
        readonly=True,
        copy=False,
        help="A person decided that it is needed longer, such as for a dispute.",
    )

    _personal_data_idx = models.Index(
        "(connection_id, id) WHERE personal_data_removed_on IS NULL"
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "status",
        "fulfilled_by",
        "closed_on",
        "deliver_by",
        "ship_by",
        "last_updated",
        "purchase_date",
    )
    def _compute_personal_data_since(self):
        for row in self:
            row.personal_data_since = row._get_personal_data_since()

    def _get_personal_data_since(self):
        # What Amazon ships by itself needs no address here.
        if self.status in OPEN_STATUSES and self.fulfilled_by != "amazon":
            return False
        if self.status == "cancelled":
            return self.closed_on or self.last_updated
        return (
            self.closed_on
            or self.deliver_by
            or self.ship_by
            or self.last_updated
            or self.purchase_date
            # Nothing could be read of it, so nobody ships it either.
            or self.create_date
            or fields.Datetime.now()
        )

    # === ACTION METHODS === #

    def action_keep_personal_data(self):
        """Leave the orders out until somebody releases them."""
        self.check_access("write")
        self.sudo().is_personal_data_kept = True
        return True

    def action_release_personal_data(self):
        """Let the personal data go when its time is over."""
        self.check_access("write")
        self.sudo().is_personal_data_kept = False
        return True

    def action_erase_amazon_buyer(self):
        """Remove the buyer's personal data now; show the certificate."""
        self.check_access("write")
        rows = self.sudo()
        return self.env["amazon.erasure"]._erase_buyer(
            rows._find_orders_of_same_buyer()
        )

    # === BUSINESS METHODS - INBOX === #

    @api.model
    def _prepare_documents(self, connection, documents):
        """Override to store nobody's data again once it was removed."""
        removed = {
            row.amazon_order_id
            for row in self.search(
                [
                    ("connection_id", "=", connection.id),
                    ("amazon_order_id", "in", list(map(read_order_number, documents))),
                    ("personal_data_removed_on", "!=", False),
                ]
            )
        }
        return [
            remove_personal_data(document)
            if removed and read_order_number(document) in removed
            else document
            for document in documents
        ]

    @api.model
    def _prepare_inbox_vals(self, connection, order):
        """Override to keep when the order was delivered or cancelled."""
        vals = super()._prepare_inbox_vals(connection, order)
        is_closed = order.status == "cancelled" or (
            order.packages
            and order.status not in OPEN_STATUSES
            and all(package.status == "delivered" for package in order.packages)
        )
        return vals | {"closed_on": is_closed and naive_utc(order.last_updated)}

    @api.model
    def _update_from_documents(self, updates):
        """Override: a later change of what is closed does not begin the days anew."""
        known = {row: row.closed_on for row in updates if row.closed_on}
        result = super()._update_from_documents(updates)
        for row, closed_on in known.items():
            if row.closed_on:
                row.closed_on = closed_on
        return result

    # === BUSINESS METHODS - WHAT IS DUE === #

    @api.model
    def _get_removable_domain(self):
        """Return the domain of the orders whose personal data may go."""
        return Domain(
            [
                ("personal_data_removed_on", "=", False),
                ("personal_data_since", "!=", False),
                ("is_personal_data_kept", "=", False),
            ]
        )

    @api.model
    def _find_due_personal_data(self, connection, after_id, limit):
        """Return the next orders whose personal data has to go, the oldest first.

        :param int after_id: only orders with a higher id
        """
        domain = self._get_removable_domain() & Domain(
            [("connection_id", "=", connection.id), ("id", ">", after_id)]
        )
        if not connection._get_open_erasure():
            last = fields.Datetime.now() - timedelta(days=connection.personal_data_days)
            domain &= Domain("personal_data_since", "<=", last)
        return self.search(domain, order="id", limit=limit)

    # === BUSINESS METHODS - WHOSE === #

    def _find_buyers(self):
        """Return the contacts that the import made for the buyers of these orders, and
        those that were put in their place, ``res.partner``.
        """
        sales = self.sale_order_id.with_context(active_test=False)
        partners = (
            sales.partner_id | sales.partner_invoice_id | sales.partner_shipping_id
        )
        partners |= sales.picking_ids.partner_id | self._find_buyers_by_key()
        partners |= partners.parent_id
        partners |= partners.parent_id
        return partners | self.env["res.partner"].with_context(
            active_test=False
        ).search([("parent_id", "in", partners.ids), ("amazon_buyer_key", "!=", False)])

    def _find_buyers_by_key(self):
        """Return the contacts by what the documents say, so that they are found though
        the sale order was deleted."""
        keys = {
            key
            for row in self
            if (order := row._read_order())
            for key in _get_keys(Purchase(row, order, None))
        }
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners.search(
            [
                ("amazon_buyer_key", "in", list(keys)),
                ("company_id", "in", self.company_id.ids),
            ]
        )

    def _find_orders_of_same_buyer(self):
        """Return these orders and all others of the same buyers."""
        return self._find_orders_of_buyers(
            self._find_buyers() | self._find_buyers_by_email()
        )

    def _find_buyers_by_email(self):
        """Return the contacts of buyers with an e-mail address of these documents.

        It is all that an order which Amazon ships says of its buyer.
        """
        emails = {
            order.buyer.email.lower() for row in self if (order := row._read_order())
        }
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners.search(
            [
                ("email_normalized", "in", list(emails - {""})),
                ("amazon_buyer_key", "!=", False),
                ("company_id", "in", self.company_id.ids),
            ]
        )

    def _find_orders_of_buyers(self, partners):
        """Return these orders, and those of contacts that the import made.

        :param partners: ``res.partner``; those that are no buyers are passed over
        """
        buyers = partners._filter_amazon_buyers()
        names = ("partner_id", "partner_invoice_id", "partner_shipping_id")
        mine = Domain.OR(Domain(name, "in", buyers.ids) for name in names)
        sales = self.env["sale.order"].search(
            mine & Domain("amazon_order_ref", "!=", False)
        )
        rows = self | sales.amazon_order_ids
        return rows | rows._find_orders_without_sale(buyers)

    def _find_orders_without_sale(self, buyers):
        """Return the further orders of the same buyers of which no sale order is there:
        ignored, fulfilled by Amazon, or deleted in Odoo.

        No column says whose they are, so their documents are read one after the other:
        those of the last weeks, since older ones name nobody any more.

        :param buyers: ``res.partner`` that the import made
        """
        marks = set(
            buyers.mapped("amazon_buyer_key") + buyers.mapped("email_normalized")
        )
        for row in self:
            marks |= row._get_buyer_marks()
        numbers = set(self.mapped("amazon_order_id"))
        there = Domain("personal_data_removed_on", "=", False) & Domain(
            "company_id", "in", (self.company_id | buyers.company_id).ids
        )
        found = self.search(there & Domain("amazon_order_id", "in", list(numbers)))
        others = self.search(there & Domain("sale_order_id", "=", False))
        for ids in split_every(DOCUMENTS_PER_BATCH, others.ids):
            batch = self.browse(ids)
            batch.fetch(["document_encrypted"])
            found |= batch.filtered(
                lambda row: not marks.isdisjoint(row._get_buyer_marks())
            )
            batch.invalidate_recordset(["document_encrypted"], flush=False)
        return found

    def _get_buyer_marks(self):
        """Return by what the order's buyer is known again, a set of texts: keys of
        contacts, and the e-mail address that Amazon made up.
        """
        order = None if self.personal_data_removed_on else self._read_order()
        if not order:
            return set()
        purchase = Purchase(self, order, None)
        # Of orders that it ships Amazon shows the place alone: that of many buyers.
        keys = _get_keys(purchase) if purchase.is_address_known else set()
        return keys | ({purchase.email} - {""})

    def _read_order(self):
        """Return the document as ``spapi.orders.Order``; ``None`` if that cannot be."""
        text = self._get_document_text()
        try:
            return parse_order(json.loads(text)) if text else None
        except ValueError:
            return None

    def _get_document_text(self):
        return self.env["amazon.vault"]._decrypt(self.sudo().document_encrypted)

    # === BUSINESS METHODS - REMOVE === #

    def _remove_personal_data(self):
        """Take the buyers out of what these rows keep."""
        for row in self:
            row.write(row._prepare_removed_vals())
            if state := row._get_reflected():
                address = state.get(ADDRESS) or {}
                kept = {
                    name: address[name] for name in _KEPT_OF_ADDRESS if name in address
                }
                row._set_reflected(state | {ADDRESS: kept, GIFT: {}})

    def _prepare_removed_vals(self):
        values = {
            "personal_data_removed_on": fields.Datetime.now(),
            "is_address_missing": False,
            "is_address_hidden": False,
        }
        if text := self._get_document_text():
            one = ReceivedOrder.from_document(remove_personal_data(json.loads(text)))
            values["document_encrypted"] = self.env["amazon.vault"]._encrypt(one.text)
            values["document_hash"] = one.digest
        return values

    # === BUSINESS METHODS - READING === #

    def _find_accessed_orders(self):
        return self


def _get_keys(purchase):
    """Return the keys of all contacts that an order may have, a set."""
    keys = {purchase.unknown_key}
    if purchase.order.address:
        keys |= {purchase.key, purchase.buyer_key}
        if purchase.company_name:
            keys |= {purchase.company_key, purchase.contact_key}
    return keys
