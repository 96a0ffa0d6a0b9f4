"""From Amazon's documents to inbox rows: what is new, changed, or unreadable."""

import hashlib
import json
from dataclasses import dataclass, field

from ...spapi.json_fields import find_cleaned_fields
from ...spapi.orders import Order, parse_order, read_order_number
from ...spapi.times import parse_time
from ...tools import naive_utc, process_in_batches
from ..connection.reminders import ORDER_UNREADABLE_REMINDER


@dataclass(frozen=True)
class ReceivedOrder:
    """A document of an order as it came, with personal data in it.

    :ivar text: the document as JSON with sorted keys
    :ivar digest: hash of the text
    """

    document: dict = field(repr=False)
    text: str = field(repr=False)
    digest: str

    @classmethod
    def from_document(cls, document):
        text = json.dumps(document, sort_keys=True)
        return cls(document, text, hashlib.sha256(text.encode()).hexdigest())

    @property
    def number(self) -> str:
        """Amazon's order number."""
        return read_order_number(self.document)

    @property
    def last_updated(self):
        """When Amazon changed it (naive UTC), None where that cannot be read."""
        try:
            return naive_utc(parse_time(self.document.get("lastUpdatedTime")))
        except ValueError:
            return None

    def parse(self) -> Order:
        return parse_order(self.document)


class OrderInbox:
    """Keeps the documents of one connection's orders as ``amazon.order`` rows.

    A page is stored at once; if that fails, one by one, so that a document that cannot
    be understood or stored costs its own row only. It is kept as *failed* and tried
    again.

    :param connection: one ``amazon.connection``; rows are created in its environment
    :param run: the ``amazon.history`` row of the job's run
    """

    def __init__(self, connection, run):
        connection.ensure_one()
        self.connection = connection
        self.env = connection.env
        self.run = run

    def store(self, documents):
        """Store what changed of a page of ``searchOrders``.

        :param documents: order documents (dict) of Orders 2026-01-01
        """
        documents = self.env["amazon.order"]._prepare_documents(
            self.connection, documents
        )
        received = [ReceivedOrder.from_document(document) for document in documents]
        rows = self._find_rows(received)
        changed = [one for one in received if not _is_known(rows.get(one.number), one)]
        self.run._count(seen=len(received), unchanged=len(received) - len(changed))
        if changed:
            process_in_batches(
                changed, self._store_changed, self._keep_unreadable, self.env
            )

    def find_missing(self, documents, until):
        """Return the numbers of the orders that should be in the inbox, and are not.

        Those that it has in an earlier state are among them.

        :param documents: as in :meth:`store`
        :param until: naive UTC; what Amazon changed later may be missing. ``False``:
            nothing is to be there yet
        """
        if not until:
            return []
        received = [ReceivedOrder.from_document(document) for document in documents]
        rows = self._find_rows(received)
        return [
            one.number
            for one in received
            if one.last_updated
            and one.last_updated <= until
            and _is_missing(rows.get(one.number), one)
        ]

    def _find_rows(self, received):
        """Return ``{order number: amazon.order}`` of those that are there."""
        rows = self.env["amazon.order"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("amazon_order_id", "in", [one.number for one in received]),
            ]
        )
        return {row.amazon_order_id: row for row in rows}

    def _store_changed(self, received):
        """Create or update the rows of these documents and mark them to process."""
        # What cannot be understood fails here, before anything is written.
        orders = [one.parse() for one in received]
        rows = self._find_rows(received)
        updates, vals_list = {}, []
        for one, order in zip(received, orders, strict=True):
            row = rows.get(one.number)
            if row and _is_older(order, row):
                self.run._count(unchanged=1)
                continue
            marks = {"to_process": True, "next_try": False}
            if row:
                row._keep_reflected()
                updates[row] = (order, self._prepare_document_vals(one) | marks)
            else:
                inbox_vals = self.env["amazon.order"]._prepare_inbox_vals(
                    self.connection, order
                )
                vals_list.append(self._prepare_new_vals(one) | marks | inbox_vals)
        self.env["amazon.order"]._update_from_documents(updates)
        self.env["amazon.order"].create(vals_list)
        self.run._count(created=len(vals_list), updated=len(updates))
        self._warn_of_cleaned(received)

    def _warn_of_cleaned(self, received):
        """Say which texts could not be stored as they came."""
        cleaned = {one.number: find_cleaned_fields(one.document) for one in received}
        rows = self._find_rows([one for one in received if cleaned[one.number]])
        for number, row in rows.items():
            self.run._warn(
                self.env._(
                    "Order %(ref)s has texts that cannot be stored as Amazon sent "
                    "them; they were cleaned or shortened: %(names)s. Compare the "
                    "order with Seller Central.",
                    ref=number,
                    names=", ".join(cleaned[number]),
                ),
                row,
            )

    def _keep_unreadable(self, received, error):
        """Lose nothing: keep the document and try again; say what could not be read.

        What was made of an earlier state of the order stays as it is.

        :param received: a list of one :class:`ReceivedOrder`
        """
        (one,) = received
        row = self._find_rows(received).get(one.number)
        if row:
            row._keep_reflected()
            row.write(self._prepare_document_vals(one))
        else:
            row = self.env["amazon.order"].create(self._prepare_new_vals(one))
            self.run._count(created=1)
        known = row.error
        row._set_failed(error, self.run)
        if row.sale_order_id and row.error != known:
            row._set_reminder(
                ORDER_UNREADABLE_REMINDER,
                self.env._(
                    "A change of order %(ref)s cannot be understood, so that the sale "
                    "order may not show it. Compare it with Seller Central before it "
                    "is shipped. %(why)s",
                    ref=row.amazon_order_id,
                    why=row.error,
                ),
            )

    def _prepare_new_vals(self, one):
        """Return the values of a row that is created, but for what can be read."""
        return self._prepare_document_vals(one) | {
            "connection_id": self.connection.id,
            "amazon_order_id": one.number,
        }

    def _prepare_document_vals(self, one):
        return {
            "document_encrypted": self.env["amazon.vault"]._encrypt(one.text),
            "document_hash": one.digest,
        }


def _is_known(row, one):
    """Whether the row was made of this very document, and without an error."""
    return bool(row) and row.document_hash == one.digest and row.state != "failed"


def _is_missing(row, one):
    """Whether there is no row, or one of an earlier state."""
    return not row or bool(row.last_updated and row.last_updated < one.last_updated)


def _is_older(order, row):
    """Whether it is an earlier state: the overlap of two windows may show one again."""
    return bool(
        row.last_updated
        and order.last_updated
        and naive_utc(order.last_updated) < row.last_updated
    )
