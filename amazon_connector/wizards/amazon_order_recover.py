"""Recover order: orders are fetched by their numbers, in the background."""

import re

from odoo import fields, models
from odoo.exceptions import UserError

_NUMBER = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}")
_SEPARATORS = re.compile(r"[\s,;]+")
NUMBERS_AT_ONCE = 100


class AmazonOrderRecover(models.TransientModel):
    _name = "amazon.order.recover"
    _description = "Recover Amazon Orders"

    connection_id = fields.Many2one(
        comodel_name="amazon.connection",
        string="Store",
        required=True,
        default=lambda self: self.env["amazon.connection"]._get_only_connected(),
    )
    numbers = fields.Text(
        string="Order Numbers",
        required=True,
        help="As Amazon writes them, 123-1234567-1234567; several with spaces, commas "
        "or lines between them.",
    )

    # === ACTION METHODS === #

    def action_recover(self):
        """Have the orders fetched and close the dialog."""
        self.ensure_one()
        numbers = self._read_numbers()
        return self.connection_id._request_orders({"numbers": numbers, "left": numbers})

    # === BUSINESS METHODS === #

    def _read_numbers(self):
        """Return the order numbers that were typed, each once.

        :raise UserError: when one is none, or there are none or too many
        """
        typed = filter(None, _SEPARATORS.split(self.numbers or ""))
        # Dashes of all kinds come in with what is copied.
        numbers = list(dict.fromkeys(re.sub("[‐‑‒–—−]", "-", one) for one in typed))
        wrong = [number for number in numbers if not _NUMBER.fullmatch(number)]
        if wrong:
            raise UserError(
                self.env._(
                    "%s is no order number of Amazon. It has the form "
                    "123-1234567-1234567; copy it from Seller Central.",
                    wrong[0][:40],
                )
            )
        if not numbers:
            raise UserError(self.env._("Enter the number of an order."))
        if len(numbers) > NUMBERS_AT_ONCE:
            raise UserError(
                self.env._(
                    "These are %(count)s orders; %(most)s can be recovered at a time. "
                    "Use Download a period for more.",
                    count=len(numbers),
                    most=NUMBERS_AT_ONCE,
                )
            )
        return numbers
