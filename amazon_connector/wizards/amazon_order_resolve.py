"""What is to become of the unknown items of an Amazon order, decided line by line."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AmazonOrderResolve(models.TransientModel):
    _name = "amazon.order.resolve"
    _description = "Import an Amazon Order with Unknown Products"

    order_id = fields.Many2one(
        comodel_name="amazon.order", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="order_id.company_id")
    line_ids = fields.One2many(
        comodel_name="amazon.order.resolve.line", inverse_name="wizard_id"
    )

    # === ACTION METHODS === #

    def action_import(self):
        """Link, create or leave out, line by line; then import at once."""
        self.ensure_one()
        order = self.order_id
        for line in self.line_ids:
            line._apply()
        if "skip" in self.line_ids.mapped("choice"):
            order._want_partial()
        order._import_now()
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    @api.model
    def _create_for(self, order):
        """Return a wizard with a line for each unknown item, as far as can be guessed.

        :param order: one ``amazon.order``
        """
        return self.create(
            {
                "order_id": order.id,
                "line_ids": [
                    Command.create(
                        {
                            "order_line_id": line.id,
                            "product_id": line.listing_id.suggested_product_id.id,
                        }
                    )
                    for line in order.line_ids.filtered("problem")
                ],
            }
        )


class AmazonOrderResolveLine(models.TransientModel):
    _name = "amazon.order.resolve.line"
    _description = "Unknown Item of an Amazon Order"

    wizard_id = fields.Many2one(
        comodel_name="amazon.order.resolve", required=True, ondelete="cascade"
    )
    order_line_id = fields.Many2one(
        comodel_name="amazon.order.line",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="order_line_id.company_id")
    sku = fields.Char(related="order_line_id.sku")
    title = fields.Char(related="order_line_id.title")
    quantity = fields.Integer(related="order_line_id.quantity")
    problem = fields.Char(related="order_line_id.problem")
    listing_id = fields.Many2one(related="order_line_id.listing_id")
    suggestion_reason = fields.Char(related="listing_id.suggestion_reason")
    candidate_ids = fields.Many2many(related="order_line_id.candidate_ids")
    choice = fields.Selection(
        string="What to Do",
        selection=[
            ("link", "Link to a product"),
            ("create", "Create the product"),
            ("skip", "Leave the line out"),
        ],
        default="link",
        required=True,
    )
    product_id = fields.Many2one(comodel_name="product.product")

    # === BUSINESS METHODS === #

    def _apply(self):
        """Do what was chosen for the item.

        :raise UserError: when the product to link is not chosen
        """
        self.ensure_one()
        if self.choice == "create":
            # It may have been created with another item just now.
            if self.order_line_id.problem:
                self.order_line_id._create_product()
        elif self.choice == "link":
            if not self.product_id:
                raise UserError(
                    self.env._(
                        "Choose the product of %s, or say that it is created or left "
                        "out.",
                        self.order_line_id._get_references(),
                    )
                )
            self.product_id.check_access("read")
            self.order_line_id._link_product(self.product_id)
