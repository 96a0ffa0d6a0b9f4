"""Orders whose delivery address Amazon does not show yet.

They come in, so that their goods are reserved, and must not leave. Once Amazon shows
the address, the next document of the order completes them: that of a change, or the
one that the job type ``complete_addresses`` asks for.
"""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools import hide_failed_statements
from .customer import Customers, get_unknown_key
from .order_importer import NO_TRACKING_CONTEXT
from .order_missing_lines import STATUSES_TO_SHIP
from .reflected_state import ADDRESS, describe_order

ASK_AGAIN_AFTER = timedelta(hours=1)
# What Amazon said of the buyer's region stays valid; terms are not agreed upon anew.
_KEPT_FIELDS = (
    "fiscal_position_id",
    "payment_term_id",
    "team_id",
    "user_id",
)


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    is_address_missing = fields.Boolean(
        string="Address Missing",
        readonly=True,
        copy=False,
        help="Amazon does not show where the order goes. It is asked again each hour.",
    )
    address_asked = fields.Datetime(
        string="Asked for the Address", readonly=True, copy=False
    )

    _is_address_missing_idx = models.Index("(connection_id) WHERE is_address_missing")

    # === ACTION METHODS === #

    def action_retry(self):
        """Override to ask Amazon for missing addresses at once."""
        result = super().action_retry()
        missing = self.sudo().filtered("is_address_missing")
        missing.address_asked = False
        for connection in missing.connection_id:
            connection._request_job("complete_addresses")
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _get_missing_address_domain(self):
        """Return the domain of the orders that Amazon is to be asked for."""
        return Domain(
            [
                ("is_address_missing", "=", True),
                ("status", "in", STATUSES_TO_SHIP),
                ("sale_order_id.state", "=", "sale"),
            ]
        )

    @api.model
    def _get_next_address_domain(self):
        """Return the domain of those that Amazon was not asked for lately."""
        limit = fields.Datetime.now() - ASK_AGAIN_AFTER
        return self._get_missing_address_domain() & (
            Domain("address_asked", "=", False) | Domain("address_asked", "<=", limit)
        )

    def _mark_missing_address(self, order, run):
        """Have an order that came in without address wait for it."""
        if order.address and order.address.complete:
            return
        self.is_address_missing = True
        # It was asked for just now: this is the answer.
        self.address_asked = fields.Datetime.now()
        run._warn(
            self.env._(
                "Order %s came in without its delivery address, and cannot be shipped "
                "before Amazon shows it. Give the application the role "
                "Direct-to-Consumer Shipping in Seller Central; the address is then "
                "filled in by itself.",
                self.amazon_order_id,
            ),
            self,
        )

    def _complete_address(self, order, run):
        """Fill in the address of an order that came in without it, if it is there.

        An address that a person filled in meanwhile stays.

        :param order: ``spapi.orders.Order``
        """
        if not (self.is_address_missing and order.address and order.address.complete):
            return
        sale = self.sale_order_id
        if sale and not self._is_address_filled_in():
            customer, delivery = self._find_or_create_customer(order, run)
            self._replace_contacts(sale, customer, delivery)
            instructions = self._get_delivery_instructions(order)
            sale.amazon_delivery_instructions = instructions
            sale.message_post(
                body=self.env._(
                    "Amazon shows the delivery address now; it is filled in."
                )
            )
        self.is_address_missing = False
        self._accept_address(order)

    def _find_or_create_customer(self, order, run):
        connection = self.connection_id.with_env(self.env)
        customers = Customers(connection.with_context(**NO_TRACKING_CONTEXT), run)
        return customers.find_or_create({self: order})[self]

    def _replace_contacts(self, sale, customer, delivery):
        """Put customer and address in the place of the contact that stood for them."""
        unknown = sale.partner_shipping_id
        values = {
            name: sale[name].id for name in _KEPT_FIELDS if name in sale._fields
        } | {"partner_shipping_id": delivery.id}
        if sale.partner_id == unknown:
            values["partner_id"] = customer.id
        if sale.partner_invoice_id in (unknown, sale.partner_id):
            values["partner_invoice_id"] = customer.id
        pickings = sale.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        # Else Odoo has people look at deliveries that are right.
        quiet = NO_TRACKING_CONTEXT | {"update_delivery_shipping_partner": True}
        sale.with_context(**quiet).write(values)
        pickings.move_ids.filtered("partner_id").partner_id = delivery
        self._remove_unknown(unknown)

    def _remove_unknown(self, partner):
        """Delete the contact that stood for an address; archive it where it is used."""
        if partner.sudo().amazon_buyer_key != get_unknown_key(self):
            return
        try:
            with hide_failed_statements(), self.env.cr.savepoint():
                partner.unlink()
        except (UserError, IntegrityError):
            partner.active = False

    def _accept_address(self, order):
        """Take the address for reflected, and nothing else."""
        if before := self._get_reflected():
            now = describe_order(order, before)
            self._set_reflected(before | {ADDRESS: now[ADDRESS]})

    def _is_address_filled_in(self):
        """Whether a person has said where the sale order goes."""
        partner = self.sale_order_id.partner_shipping_id
        if partner.sudo().amazon_buyer_key != get_unknown_key(self):
            return True
        return bool(
            (partner.street or partner.street2)
            and (partner.city or partner.zip)
            and partner.country_id
        )

    # === BUSINESS METHODS - STOP === #

    def _get_stop_reasons(self):
        """Override to stop what has no address that a label could be made of."""
        return super()._get_stop_reasons() + self._get_address_stop_reasons()

    def _get_address_stop_reasons(self):
        partner = self.sale_order_id.partner_shipping_id
        if self.is_address_missing and not self._is_address_filled_in():
            return [
                self.env._(
                    "Amazon does not show the delivery address of order %s yet. It is "
                    "asked each hour; press Import again on the Amazon order to ask "
                    "now, or fill the address in by hand.",
                    self.amazon_order_id,
                )
            ]
        if partner and not partner.country_id:
            return [
                self.env._(
                    "The delivery address of order %s has no country that Odoo knows. "
                    "Choose the country on the delivery address.",
                    self.amazon_order_id,
                )
            ]
        return []

    # === BUSINESS METHODS - INSTRUCTIONS === #

    def _get_delivery_instructions(self, order):
        """Return what the buyer wishes for the delivery, ``False`` for nothing."""
        lines = [order.delivery_instructions]
        if order.address and order.address.is_pickup_point:
            lines.insert(0, self.env._("Pick-up point"))
        return "\n".join(line for line in lines if line) or False
