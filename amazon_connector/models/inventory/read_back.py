"""Asks Amazon which quantities it shows: of what it took, and once a day of all."""

from odoo import fields
from odoo.fields import Domain

from ...spapi.errors import SpApiError
from ..connection import messages
from .amazon_listing_read_back import FAILED_READ_BACK_DELAY
from .fulfilment_look import FulfilmentLook, is_final

# Eight questions of 20 SKUs, all under way at a time.
LISTINGS_READ_AT_ONCE = 160
# Of what drifted in one look, so many are named one by one.
DRIFTS_NAMED = 50


class ReadBack:
    """Compares for one run what Amazon shows with what Odoo knows.

    :param job: the ``amazon.job`` of the run
    :param run: its ``amazon.history``, which is told what was found
    :param AmazonSession session: asks Amazon
    """

    def __init__(self, job, run, session):
        self.job = job
        self.run = run
        self.session = session
        self.env = job.env

    def read_due(self):
        """Look at some of what Amazon took a while ago.

        :return: whether there were any
        :raise SpApiError: when Amazon answers about none of them
        """
        rows = self.env["amazon.listing"].search(
            self.get_due_domain()
            & Domain("connection_id", "=", self.job.connection_id.id),
            order="read_back_on, id",
            limit=LISTINGS_READ_AT_ONCE,
        )
        if not rows:
            return False
        # Whatever Amazon answers, these are not asked about at once again.
        rows.read_back_on = fields.Datetime.now() + FAILED_READ_BACK_DELAY
        self.job._commit()
        shown = self._look(rows)
        for row, units in shown.items():
            row.write(row._prepare_shown_vals(units))
        return True

    @staticmethod
    def get_due_domain():
        """The listings whose quantity Amazon took a while ago."""
        return Domain("read_back_on", "<=", fields.Datetime.now())

    def find_drift(self, rows):
        """Take over what Amazon shows of some listings; say what is other than known.

        What was sent a moment ago is left out: Amazon may show it later.

        :raise SpApiError: when Amazon answers about none of them
        """
        settled = rows.filtered(lambda row: not row.read_back_on)
        drifted = 0
        for row, shown in self._look(settled).items():
            known = row.amazon_quantity
            if shown == known:
                continue
            drifted += 1
            if drifted <= DRIFTS_NAMED:
                self.run._note(self._describe_drift(row, known, shown), row)
            values = {"amazon_quantity": shown}
            if shown < known:
                values["quantity_seen_on"] = fields.Datetime.now()
            row.write(values)
        if drifted > DRIFTS_NAMED:
            self.run._note(
                self.env._(
                    "%s more listings had another quantity on Amazon than Odoo knew.",
                    drifted - DRIFTS_NAMED,
                )
            )

    def _describe_drift(self, row, known, shown):
        """Return what is other on Amazon than Odoo knew, and why as far as known."""
        read = row.connection_id.orders_synced_until
        is_read = read and read > fields.Datetime.now() - FAILED_READ_BACK_DELAY
        if shown > known:
            why = self.env._(
                "Somebody raised it in Seller Central or by another program, or an "
                "order was cancelled there."
            )
        elif is_read and row.connection_id.download_orders:
            why = self.env._(
                "All orders are read, so somebody lowered it in Seller Central or by "
                "another program."
            )
        else:
            why = self.env._("It may have been sold, in orders that are not read yet.")
        return self.env._(
            "Amazon showed %(shown)s of %(sku)s, and Odoo knew of %(known)s. %(why)s",
            shown=shown,
            sku=row.sku,
            known=known,
            why=why,
        )

    def _look(self, rows):
        """Return ``{listing: units}`` of those whose quantity is the merchant's.

        Of those that Amazon does not show although it answers, nothing is awaited.
        """
        if not rows:
            return {}
        shown, failures = FulfilmentLook(self.job, self.run, self.session).look(rows)
        units = {
            row: found.quantity
            for row, found in shown.items()
            if found and found.channel == "merchant" and found.quantity is not None
        }
        final = {row for row, error in failures.items() if is_final(error)}
        for row, error in failures.items():
            self.run._warn(self._describe_failure(row, error, row in final), row)
        rows.browse().union(*(shown.keys() - units.keys()), *final).filtered(
            "read_back_on"
        ).read_back_on = False
        return units

    def _describe_failure(self, row, error, is_final_error):
        is_amazons = isinstance(error, SpApiError)
        why = messages.explain_error(self.env, error) if is_amazons else str(error)
        if is_final_error:
            return self.env._(
                "Amazon did not show the quantity of %(sku)s: %(why)s Look at the "
                "listing in Seller Central.",
                sku=row.sku,
                why=why,
            )
        return self.env._(
            "Amazon did not show the quantity of %(sku)s; it is asked again later: "
            "%(why)s",
            sku=row.sku,
            why=why,
        )
