"""Links as a spreadsheet: download the listings, fill in references, upload it."""

import base64

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.connection.amazon_connection import NOT_LINKED
from ..models.products.link_spreadsheet import LinkSpreadsheet


class AmazonListingSpreadsheet(models.TransientModel):
    _name = "amazon.listing.spreadsheet"
    _description = "Links of Amazon Listings as a Spreadsheet"

    connection_id = fields.Many2one(
        comodel_name="amazon.connection",
        string="Store",
        required=True,
        default=lambda self: self.env["amazon.connection"]._get_only_connected(),
    )
    which = fields.Selection(
        string="Listings",
        selection=[
            ("not_linked", "Those that are not linked"),
            ("all", "All that the store sells"),
        ],
        required=True,
        default="not_linked",
    )
    content = fields.Binary(attachment=False, readonly=True)
    file = fields.Binary(string="Filled In", attachment=False)
    file_name = fields.Char()
    is_done = fields.Boolean(readonly=True)
    linked_count = fields.Integer(string="Linked", readonly=True)
    unchanged_count = fields.Integer(string="Linked Before", readonly=True)
    units_count = fields.Integer(string="Units Changed", readonly=True)
    blank_count = fields.Integer(string="Without Reference", readonly=True)
    problem_ids = fields.One2many(
        comodel_name="amazon.listing.spreadsheet.problem",
        inverse_name="wizard_id",
        readonly=True,
    )

    # === ACTION METHODS === #

    def action_download(self):
        """Write the spreadsheet and have the browser download it."""
        self.ensure_one()
        mine = Domain("connection_id", "=", self.connection_id.id)
        chosen = {
            "not_linked": Domain(NOT_LINKED),
            "all": Domain("is_parent", "=", False) & Domain("state", "!=", "removed"),
        }[self.which]
        listings = self.env["amazon.listing"].search(mine & chosen)
        content = LinkSpreadsheet(self.connection_id).write_rows(listings)
        self.content = base64.b64encode(content)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/content/links.xlsx"
            "?download=true",
            "target": "download",
        }

    def action_upload(self):
        """Link what the uploaded spreadsheet says; show what could not be linked."""
        self.ensure_one()
        self.env["amazon.listing"].check_access("write")
        if not self.file:
            raise UserError(
                self.env._("Choose the spreadsheet that you filled in, first.")
            )
        sheet = LinkSpreadsheet(self.connection_id)
        outcome = sheet.link(sheet.read_rows(base64.b64decode(self.file)))
        self.problem_ids.unlink()
        self.env["amazon.listing.spreadsheet.problem"].create(
            [
                {
                    "wizard_id": self.id,
                    "number": row.number,
                    "sku": row.sku,
                    "reference": row.reference,
                    "reason": reason,
                }
                for row, reason in outcome.problems
            ]
        )
        self.write(
            {
                "is_done": True,
                "file": False,
                "linked_count": outcome.linked,
                "unchanged_count": outcome.unchanged,
                "units_count": outcome.units_changed,
                "blank_count": outcome.blank,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Links as a Spreadsheet"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class AmazonListingSpreadsheetProblem(models.TransientModel):
    _name = "amazon.listing.spreadsheet.problem"
    _description = "Row of a Spreadsheet that Could Not Be Linked"
    _order = "number, id"

    wizard_id = fields.Many2one(
        comodel_name="amazon.listing.spreadsheet",
        required=True,
        index=True,
        ondelete="cascade",
    )
    number = fields.Integer(string="Row", readonly=True)
    sku = fields.Char(string="SKU", readonly=True)
    reference = fields.Char(string="Internal Reference", readonly=True)
    reason = fields.Char(string="Why", readonly=True)
