"""The guided set-up authorises an existing connection again: the same account only.

Amazon's page for authorising takes whoever is signed in there. When it brings the
browser back it says whose account that is; a pasted code or token does not say it, and
no answer of Amazon's names the account. Its name of the store does.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.connection.amazon_vault import NO_ACCESS


class AmazonConnectionSetup(models.TransientModel):
    _inherit = "amazon.connection.setup"

    other_name = fields.Char(
        readonly=True,
        help="What Amazon calls the store, when it is not what it called it before.",
    )
    is_renamed = fields.Boolean(string="The store was renamed on Amazon")
    is_told_by_amazon = fields.Boolean(
        groups=NO_ACCESS, help="Amazon itself brought the Selling Partner ID."
    )

    is_account_proven = fields.Boolean(groups=NO_ACCESS)

    # === BUSINESS METHODS - BEGIN === #

    @api.model
    def _open_for(self, connection):
        """Return the action that authorises an existing connection again."""
        stored = connection.sudo()
        own = stored.lwa_client_id and not stored.application_id
        setup = self.create(
            {
                "connection_id": connection.id,
                "environment": connection.environment,
                "marketplace_id": connection.marketplace_id.id,
                "company_id": connection.company_id.id,
                "method": "own" if own else "redirect",
                "lwa_client_id": stored.lwa_client_id,
                "application_id": stored.application_id,
                "application_draft": stored.application_draft,
                "secret_made_on": stored.secret_made_on,
            }
        )
        setup.sudo().lwa_client_secret_encrypted = stored.lwa_client_secret_encrypted
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "amazon_connector.amazon_connection_setup_action"
        )
        return action | {"res_id": setup.id}

    def _fill_secret_dates(self, vals):
        """A secret that is typed once more, since it was mistyped, keeps its day."""
        before = self.connection_id.sudo().secret_made_on
        if self.secret_made_on and self.secret_made_on != before:
            return vals
        return super()._fill_secret_dates(vals)

    # === BUSINESS METHODS - THE SAME ACCOUNT === #

    def _seller(self):
        """Return the Selling Partner ID; one's own token need not come with it."""
        if self.method == "own" and not self.seller_id:
            return self.connection_id.seller_id
        return self.seller_id

    def _refuse_other_account(self):
        """:raise UserError: when another account is given than the store's"""
        if self.connection_id and self._seller() != self.connection_id.seller_id:
            raise UserError(
                self.env._(
                    "This is another selling account than that of %s. Sign in to "
                    "Amazon with the right account, or connect a new store.",
                    self.connection_id.display_name,
                )
            )

    def _refuse_other_store(self, name):
        """:raise UserError: when Amazon calls the store by another name than before"""
        before = self.connection_id.name
        is_other = before and name != before and not self.sudo().is_told_by_amazon
        self.other_name = is_other and name
        if is_other and not self.is_renamed:
            raise UserError(
                self.env._(
                    "Amazon calls this store %(name)s, and that of the connection "
                    "%(before)s. Is it another one, sign in to Amazon as %(before)s "
                    "and authorise again. Was it renamed, tick The store was renamed "
                    "on Amazon, then press Continue.",
                    name=name,
                    before=before,
                )
            )

    def _refuse_known_store(self, name):
        """Refuse a store that is connected under another Selling Partner ID.

        For an ID that could not be proven: Amazon's name of a store is its own in a
        marketplace, so the same name means the same account.

        :raise UserError: when a connection has the name
        """
        known = (
            self.env["amazon.connection"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("name", "=", name),
                    ("marketplace_id", "=", self.marketplace_id.id),
                    ("environment", "=", self.environment),
                    ("state", "!=", "draft"),
                ],
                limit=1,
            )
        )
        if known and not self.sudo().is_told_by_amazon:
            raise UserError(
                self.env._(
                    "Amazon calls this store %(name)s, and a store of this name is "
                    "connected already, under another Selling Partner ID than "
                    "%(seller)s. Correct the ID, or use that connection.",
                    name=name,
                    seller=self.seller_id,
                )
            )

    # === BUSINESS METHODS - FINISH === #

    def _renew_connection(self):
        """Take the new authorisation over; what was missed is downloaded."""
        connection = self.connection_id
        connection.check_access("write")
        stored = connection.sudo()
        stored.write(self._secret_values())
        stored.is_account_proven = self.sudo().is_account_proven
        connection._apply_participations(self._read_participations())
        connection._resume_jobs()
