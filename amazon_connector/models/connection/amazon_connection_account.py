"""Which selling account a connection stands for: one, for good, and no other's."""

from odoo import models
from odoo.exceptions import UserError, ValidationError

# What makes an account: it is asked for, and its orders belong to, just this.
ACCOUNT = ("seller_id", "marketplace_id", "environment")
# What a store that was connected keeps for good.
KEPT_FOR_GOOD = (*ACCOUNT, "company_id")


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    # === BUSINESS METHODS === #

    def _refuse_other_account(self, vals):
        """Let a connection be neither moved to another account nor to a taken one.

        :raise UserError: when these values would do so
        """
        changing = self.filtered(lambda connection: connection._is_moved_by(vals))
        for connection in changing:
            connection._refuse_move(vals)
        if vals.keys().isdisjoint(ACCOUNT):
            return
        marketplaces = self.env["amazon.marketplace"]
        for connection in changing:
            marketplace = connection.marketplace_id
            if "marketplace_id" in vals:
                marketplace = marketplaces.browse(vals["marketplace_id"])
            connection._check_account_free(
                vals.get("seller_id", connection.seller_id),
                marketplace.region,
                vals.get("environment", connection.environment),
            )

    def _check_own_application(self, vals):
        """Let neither half of an application of the store's own stand alone.

        :raise UserError: when a secret would never be used, or an identifier stop the
            store for want of its secret
        """
        if vals.keys().isdisjoint({"lwa_client_id", "lwa_client_secret"}):
            return
        secret = self.env["amazon.vault"]._clean(vals.get("lwa_client_secret"))
        for connection in self.sudo():
            client = vals.get("lwa_client_id", connection.lwa_client_id)
            is_new = client and client != connection.lwa_client_id
            has_secret = secret or connection.lwa_client_secret_encrypted
            if is_new and not has_secret and connection._is_connected():
                raise UserError(
                    self.env._(
                        "Enter the client secret together with the client identifier: "
                        "without it %s could not log in to Amazon any more.",
                        connection.display_name,
                    )
                )
            if secret and not client:
                raise UserError(
                    self.env._(
                        "%s uses the application of the Settings. Enter its new client "
                        "secret there, or enter the client identifier of an "
                        "application of the store's own together with its secret.",
                        connection.display_name,
                    )
                )

    def _is_moved_by(self, vals):
        # Who is new may be moved, so nobody is made new over RPC.
        made_new = vals.get("state") == "draft" and not self.env.su
        return made_new or bool(self._moved_by(vals))

    def _moved_by(self, vals):
        """Return the names of what makes the account, and changes."""
        kept = self._convert_to_write({name: self[name] for name in KEPT_FOR_GOOD})
        return {
            name for name in KEPT_FOR_GOOD if name in vals and vals[name] != kept[name]
        }

    def _is_corrected_by(self, vals):
        """Whether only the Selling Partner ID changes, and nothing proved the old.

        Amazon answers for listings alone whether the ID is the account's; a mistyped
        one can be connected as well as one whose application lacks the role for them.
        """
        return (
            self._moved_by(vals) == {"seller_id"}
            and vals["seller_id"]
            and vals.get("state", self.state) == self.state
            and not self.is_account_proven
            and not self.sudo().listing_ids
        )

    def _refuse_move(self, vals):
        """:raise UserError: when the store was connected once"""
        if self.state != "draft" and not self._is_corrected_by(vals):
            raise UserError(
                self.env._(
                    "%s was connected, so its selling account, marketplace, "
                    "environment and company stay as they are. Connect a new store "
                    "instead.",
                    self.display_name,
                )
            )

    def _check_account_free(self, seller, region, environment=None):
        """Say which connection has the account; the database could not.

        :raise ValidationError: when another connection has it
        """
        other = self._find_account(seller, region, environment or "production")
        if other:
            # Another company's store is nobody's business.
            seen = other.with_env(self.env).has_access("read")
            other.with_env(self.env)._refuse_unfinished(seller)
            self._raise_account_taken(
                seller,
                other.display_name if seen else self.env._("another company"),
            )

    def _find_account(self, seller, region, environment):
        """Return the other connection that has an account, empty when none has."""
        others = self.sudo().with_context(active_test=False)
        return seller and others.search(
            [
                ("seller_id", "=", seller),
                ("region", "=", region),
                ("environment", "=", environment),
                ("id", "not in", self.ids),
            ],
            limit=1,
        )

    def _raise_account_taken(self, seller, owner):
        """:raise ValidationError: always"""
        raise ValidationError(
            self.env._(
                "The selling account %(seller)s is already connected in this "
                "region, by %(connection)s. Use that connection.",
                seller=seller,
                connection=owner,
            )
        )
