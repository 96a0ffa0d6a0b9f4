"""How a listing fares on Amazon: its issues in words, and where they are mended."""

from urllib.parse import quote

from odoo import api, fields, models
from odoo.tools import format_datetime

from ...tools import naive_utc

SEVERITIES = [("error", "Error"), ("warning", "Warning"), ("info", "Hint")]


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    # As spapi.listings.ListingIssue has them: [{severity, code, message, actions,
    # exemption, exempt_until}], the worst first.
    amazon_issues = fields.Json(readonly=True)
    issue_severity = fields.Selection(
        string="Worst Issue",
        selection=SEVERITIES,
        readonly=True,
        help="Error: Amazon rejected something, or keeps the listing from buyers. "
        "Warning: it should be looked at. Hint: for information.",
    )
    issue_text = fields.Text(
        string="Issues on Amazon",
        compute="_compute_issue_text",
        help="What Amazon finds wrong with it. Mend it in Seller Central.",
    )

    _suppressed_idx = models.Index("(connection_id, id) WHERE state = 'suppressed'")

    # === COMPUTE METHODS === #

    @api.depends("amazon_issues")
    @api.depends_context("lang")
    def _compute_issue_text(self):
        for listing in self:
            lines = map(listing._explain_issue, listing.amazon_issues or ())
            listing.issue_text = "\n".join(lines)

    # === ACTION METHODS === #

    def action_open_seller_central(self):
        """Open the listing where the seller edits it, in another tab."""
        self.ensure_one()
        self.check_access("read")
        marketplace = self.storefront_id.marketplace_id
        address = self.env["amazon.connection"]._endpoint(
            "seller_central_url", f"https://{marketplace.seller_central_domain}"
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"{address}/skucentral?mSku={quote(self.sku, safe='')}",
            "target": "new",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_state(self, listing):
        """Return a row's state as Amazon shows it.

        :param listing: ``spapi.listings.Listing``
        """
        if listing.is_suppressed:
            return "suppressed"
        return "active" if "buyable" in listing.statuses else "inactive"

    @api.model
    def _prepare_health_vals(self, listing):
        """Return the values of a row that say what Amazon finds wrong with it.

        :param listing: ``spapi.listings.Listing``
        """
        severities = [issue.severity for issue in listing.issues]
        known = [name for name, _label in SEVERITIES if name in severities]
        issues = [
            {
                "severity": issue.severity,
                "code": issue.code,
                "message": issue.message,
                "actions": list(issue.actions),
                "exemption": issue.exemption,
                "exempt_until": fields.Datetime.to_string(naive_utc(issue.exempt_until))
                or "",
            }
            for issue in listing.issues
        ]
        return {
            "amazon_issues": issues or False,
            "issue_severity": known[0] if known else False,
        }

    def _explain_issue(self, issue):
        """Return one of ``amazon_issues`` as a line: how bad it is, and what."""
        _ = self.env._
        labels = dict(self._fields["issue_severity"]._description_selection(self.env))
        sentence = _(
            "%(severity)s: %(message)s",
            severity=labels.get(issue["severity"], issue["severity"]),
            message=issue["message"] or _("Amazon does not say what."),
        )
        parts = [sentence, *self._explain_actions(issue)]
        if issue["code"]:
            parts.append(f"({issue['code']})")
        return " ".join(parts)

    def _explain_actions(self, issue):
        """Return sentences on what Amazon does because of an issue."""
        _ = self.env._
        if issue["exemption"]:
            until = fields.Datetime.to_datetime(issue["exempt_until"] or False)
            if not issue["actions"]:
                return []
            if until:
                moment = format_datetime(self.env, until)
                return [_("Amazon does nothing about it until %s.", moment)]
            return [_("Amazon does nothing about it for now.")]
        sentences = {
            "listing_suppressed": _("Amazon took the offer down."),
            "search_suppressed": _("Amazon hides it from its search."),
            "catalog_item_removed": _("Amazon removed it from its catalogue."),
            "attribute_suppressed": _("Amazon rejected the value."),
        }
        return [sentences[name] for name in issue["actions"] if name in sentences]
