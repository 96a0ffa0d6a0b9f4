"""No line of an Amazon order takes goods of anybody but the store's client."""

from odoo import api, models
from odoo.exceptions import ValidationError


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # === CONSTRAINT METHODS === #

    @api.constrains("move_id", "owner_id", "location_id", "lot_id", "package_id")
    def _check_amazon_owner(self):
        for line in self:
            sale = line.move_id and line.move_id._get_amazon_sale_order()
            if not sale or line.move_id._should_bypass_reservation(line.location_id):
                continue
            if owner := line._get_wrong_amazon_owner(sale._get_amazon_owner_ids()):
                raise ValidationError(
                    self.env._(
                        "Amazon order %(order)s takes stock of %(client)s only, and "
                        "this stock of %(product)s belongs to %(owner)s. Pick what "
                        "belongs to %(client)s, or wait until there is some.",
                        order=sale.amazon_order_ref,
                        client=sale.amazon_client_id.display_name,
                        product=line.product_id.display_name,
                        owner=owner.display_name,
                    )
                )

    def _get_wrong_amazon_owner(self, owner_ids):
        """Return the partner whose goods the line takes and must not, or none.

        A lot or a package says by itself whose goods are in it, whatever the line says.
        """
        line = self.sudo()
        owners = [line.owner_id]
        if line.owner_id.id in owner_ids and (line.lot_id or line.package_id):
            domain = [
                ("product_id", "=", line.product_id.id),
                ("location_id", "child_of", line.location_id.id),
                ("quantity", ">", 0),
            ]
            for name in ("lot_id", "package_id"):
                if line[name]:
                    domain.append((name, "=", line[name].id))
            quants = line.env["stock.quant"].search(domain)
            owners = [quant.owner_id for quant in quants] or owners
        if not owner_ids or any(owner.id in owner_ids for owner in owners):
            return self.env["res.partner"]
        return owners[0] or line.company_id.partner_id

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Book on the client what is typed without saying from which stock.

        Odoo would book it on the company's own stock, as it does with quantities
        beyond what is there and with goods that a customer sends back.
        """
        for vals in vals_list:
            if "owner_id" not in vals and not vals.get("quant_id"):
                if owner_ids := self._get_amazon_owner_ids_for(vals):
                    vals["owner_id"] = owner_ids[0]
        return super().create(vals_list)

    @api.model
    def _get_amazon_owner_ids_for(self, vals):
        """Return the ids of the owners that a new line may choose from; empty: any."""
        move = self.env["stock.move"].browse(vals.get("move_id"))
        picking = self.env["stock.picking"].browse(vals.get("picking_id"))
        usage = (move or picking).location_id.usage
        if usage not in ("internal", "transit", "customer"):
            return ()
        sale = move._get_amazon_sale_order() if move else picking.sudo().sale_id
        return sale._get_amazon_owner_ids()

    # === BUSINESS METHODS === #

    def _action_done(self):
        """Override of `stock`: the order of a delivery may have changed meanwhile."""
        self._check_amazon_owner()
        return super()._action_done()
