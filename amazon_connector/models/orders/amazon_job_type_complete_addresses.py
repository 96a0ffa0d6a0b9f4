"""The job type that asks Amazon for the addresses it did not show yet.

A role that is granted later changes no order, so no window of changes brings the
address: each order is asked for by its number. One order is one slice.

``job.position`` is ``{"in_vain": count}``: how many orders in a row brought nothing.
"""

from odoo import api, fields, models
from odoo.fields import Domain

from ...spapi.errors import ProtocolError, RejectedError
from ...tools import process_rows
from .personal_data import mask_personal_data

# Where so many in a row have no address, the role is missing: the next run tries again.
IN_VAIN_LIMIT = 5


class AmazonJobTypeCompleteAddresses(models.AbstractModel):
    _name = "amazon.job.type.complete_addresses"
    _inherit = "amazon.job.type"
    _description = "Amazon Job Type: Complete Addresses"

    _kind = "complete_addresses"
    _sequence = 25
    _interval = (1, "hours")
    _switch = "download_orders"

    # === THE CONTRACT === #

    @api.model
    def _get_label(self):
        return self.env._("Complete addresses")

    @api.model
    def _get_enabled_domain(self):
        """Stores without such orders have nothing to do, also not once in a while."""
        ids = self._get_connections_missing_addresses().ids
        return super()._get_enabled_domain() & (
            Domain("requested", "=", True) | Domain("connection_id", "in", ids)
        )

    @api.model
    def _get_disabled_reason(self, job):
        if self._is_switched_on(job.connection_id):
            return self.env._("No order misses its address.")
        return super()._get_disabled_reason(job)

    @api.model
    def _get_connections_with_work(self):
        groups = self.env["amazon.order"]._read_group(
            self.env["amazon.order"]._get_next_address_domain(), ["connection_id"]
        )
        return self.env["amazon.connection"].union(*(one for (one,) in groups))

    @api.model
    def _start_run(self, job, run):
        job.position = False

    @api.model
    def _do_slice(self, job, run, session):
        """Ask for the order that was not asked for the longest."""
        orders = self.env["amazon.order"].with_company(job.company_id)
        row = orders.search(
            orders._get_next_address_domain()
            & Domain("connection_id", "=", job.connection_id.id),
            order="address_asked NULLS FIRST, id",
            limit=1,
        )
        in_vain = (job.position or {}).get("in_vain", 0)
        if not row or in_vain >= IN_VAIN_LIMIT:
            job.position = False
            return False
        self._ask(job, run, session.client, row)
        job.position = {"in_vain": in_vain + 1 if row._is_address_awaited() else 0}
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _get_connections_missing_addresses(self):
        groups = self.env["amazon.order"]._read_group(
            self.env["amazon.order"]._get_missing_address_domain(), ["connection_id"]
        )
        return self.env["amazon.connection"].union(*(one for (one,) in groups))

    @api.model
    def _ask(self, job, run, client, row):
        """Store what Amazon says of the order now, and complete it."""
        row.address_asked = fields.Datetime.now()
        try:
            document = client.get_order(row.amazon_order_id)
        except (RejectedError, ProtocolError) as error:
            # About this order alone; the others may be answered.
            # Amazon's own words are quoted in it.
            sentence = mask_personal_data(
                self._explain_error(job.connection_id, error), row._parse_document()
            )
            run._error(
                self.env._(
                    "Order %(ref)s: %(why)s", ref=row.amazon_order_id, why=sentence
                ),
                row,
            )
            return
        row._store_documents(job.connection_id, [document], run)
        # Also where the document was stored before: it may have the address.
        process_rows(row, run)
