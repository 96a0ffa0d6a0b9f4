"""From Amazon's documents to inbox rows: what is new, changed, or unreadable."""

import hashlib
import json

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import mute_logger

from ...spapi.orders import parse_order
from ...tools import log_unexpected, naive_utc


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    # === BUSINESS METHODS - STORE === #

    @api.model
    def _store_documents(self, connection, documents, run):
        """Keep a page of ``searchOrders`` as inbox rows; mark what changed.

        :param documents: order documents (dict) of Orders 2026-01-01
        """
        rows = self.search(
            [
                ("connection_id", "=", connection.id),
                ("amazon_order_id", "in", [doc.get("orderId") for doc in documents]),
            ]
        )
        known = {row.amazon_order_id: row for row in rows}
        for document in documents:
            ref = document["orderId"]
            row = known.get(ref) or self.browse()
            text = json.dumps(document, sort_keys=True)
            digest = hashlib.sha256(text.encode()).hexdigest()
            run._count(seen=1)
            if row.document_hash == digest and row.state != "failed":
                run._count(unchanged=1)
                continue
            values = {
                "connection_id": connection.id,
                "amazon_order_id": ref,
                "document_encrypted": self.env["amazon.vault"]._encrypt(text),
                "document_hash": digest,
            }
            known[ref] = row._store_contained(document, values, run)

    def _store_contained(self, document, values, run):
        """Store one document; one that cannot be understood is kept as failed."""
        try:
            # A statement that fails would be logged with the buyer's data in it.
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self._store_document(parse_order(document), values, run)
        except OperationalError:
            raise
        except Exception as error:
            return self._keep_unreadable(values, error, run)

    def _store_document(self, order, values, run):
        if (
            self.last_updated
            and order.last_updated
            and naive_utc(order.last_updated) < self.last_updated
        ):
            # The overlap of two windows may show an older state again.
            run._count(unchanged=1)
            return self
        values = values | {"to_process": True, "next_try": False}
        if self:
            self.write(values)
            run._count(updated=1)
            row = self
        else:
            row = self.create(values)
            run._count(created=1)
        row._update_from_document(order)
        return row

    def _keep_unreadable(self, values, error, run):
        """Lose nothing: keep the document and try again; tell what could not be read.

        What was made of an earlier state of the order stays as it is.
        """
        row = self
        if not row:
            row = self.create(values)
            run._count(created=1)
        if row.sale_order_id:
            log_unexpected(error)
            run._error(
                self.env._(
                    "A change of order %s cannot be understood; compare the order "
                    "with Seller Central. The server's log has the details.",
                    row.amazon_order_id,
                ),
                row,
            )
        else:
            row._set_failed(error, run)
        return row

    def _update_from_document(self, order):
        """Show what the document says."""
        self.line_ids.unlink()
        self.write(self._prepare_inbox_vals(self.connection_id, order))

    @api.model
    def _prepare_inbox_vals(self, connection, order):
        storefront = connection.with_context(active_test=False).storefront_ids.filtered(
            lambda front: (
                front.marketplace_id.amazon_marketplace_id == order.marketplace_id
            )
        )
        return {
            "storefront_id": storefront.id,
            "status": order.status,
            "purchase_date": naive_utc(order.created),
            "last_updated": naive_utc(order.last_updated),
            "ship_by": naive_utc(order.ship_by),
            "deliver_by": naive_utc(order.deliver_by),
            "service_level": order.service_level,
            "programs": ", ".join(order.programs),
            "fulfilled_by": order.fulfilled_by,
            "line_ids": [
                fields.Command.create(
                    {
                        "amazon_item_ref": item.item_id,
                        "sku": item.sku,
                        "asin": item.asin,
                        "title": item.title,
                        "quantity": item.quantity,
                        "quantity_fulfilled": item.quantity_fulfilled,
                    }
                )
                for item in order.items
            ],
        }
