"""Takes the buyers of orders out of all that Odoo keeps of them.

Read :meth:`PersonalDataRemoval.remove` first. Which fields are personal is said by
``amazon.personal.data``; this says which records belong to the orders, and of which
contacts something has to stay:

* a contact that people, or others than Amazon, use as well is not touched at all;
* one that an order needs whose time is not over waits for that order;
* one that an invoice names keeps what the invoice has to say, and is archived;
* all others name nobody any more, and are archived.
"""

from collections import Counter

from odoo.fields import Domain

from ...tools import process_in_batches
from ..orders.personal_data import get_personal_texts, get_spellings, mask_texts
from .res_partner import REMOVED_KEY

_QUIET = {
    "active_test": False,
    "mail_notrack": True,
    "no_vat_validation": True,
    "tracking_disable": True,
}
# What a person wrote, or got: its words are nobody's to keep.
_WRITTEN_TYPES = (
    "auto_comment",
    "comment",
    "email",
    "email_outgoing",
    "sms",
    "snailmail",
    "user_notification",
)
_SALE_CONTACTS = ("partner_id", "partner_invoice_id", "partner_shipping_id")
# Of a contact, what a message may quote.
_QUOTED = ("name", "email", "phone", "street", "street2", "city", "zip", "vat")


class PersonalDataRemoval:
    """Removes the personal data of orders, a batch at a time.

    :param env: in sudo
    :ivar Counter counts: what was done so far, by the field of ``amazon.erasure``
    """

    def __init__(self, env):
        self.env = env(context={**env.context, **_QUIET})
        self.declared = self.env["amazon.personal.data"]._get_installed_fields()
        self.counts = Counter()

    def remove(self, rows, set_failed):
        """Remove the personal data of these orders, each at least in its savepoint.

        :param rows: ``amazon.order`` whose time is over
        :param set_failed: called with one row and its error
        """
        process_in_batches(
            rows.with_env(self.env),
            self._remove_batch,
            set_failed,
        )

    def _remove_batch(self, rows):
        counts = Counter(orders=len(rows))
        scope = self._find_records(rows)
        contacts = BuyerContacts(rows)
        texts = self._get_texts(rows, contacts)
        self._clear_fields(scope)
        moves = contacts.find_invoices()
        scope["res.partner"] = contacts.removed | contacts.reduced
        self._clear_messages(scope, moves, contacts, texts, counts)
        self._delete_files(scope, counts)
        self._clear_contacts(contacts, counts)
        rows._remove_personal_data()
        counts["deliveries"] = len(scope.get("stock.picking", ()))
        self.env.flush_all()
        self.counts += counts

    # === WHICH RECORDS === #

    def _find_records(self, rows):
        """Return ``{model: records}`` of what belongs to the orders alone."""
        scope = {"amazon.order": rows}
        for declared in self.declared:
            if not declared.found_by:
                continue
            name, source = declared.found_by
            found = self.env[declared.model].search(
                [(name, "in", scope[source].ids)]
                if scope.get(source)
                else [(0, "=", 1)]
            )
            if declared.model == "sale.order":
                # One sale order may stand for two Amazon orders.
                found = found.filtered(lambda sale: _are_all_over(sale, rows))
            scope[declared.model] = found
        return scope

    def _get_texts(self, rows, contacts):
        """Return what a message may say of the buyers, as :func:`mask_texts` wants."""
        texts = set()
        for row in rows:
            if order := row._read_order():
                texts |= get_personal_texts(order)
        for partner in contacts.removed | contacts.reduced:
            texts |= {partner[name] for name in _QUOTED if partner[name]}
        return get_spellings(texts)

    # === FIELDS === #

    def _clear_fields(self, scope):
        for declared in self.declared:
            records = scope.get(declared.model)
            if not records or not declared.stored:
                continue
            self._clear(records, declared, declared.stored)
            for name, source in declared.replaced.items():
                for record in records:
                    record[name] = record[source]

    def _clear(self, records, declared, names):
        """Empty those of the declared fields of records that are named."""
        values = {name: False for name in declared.cleared if name in names}
        stand_in = self.env["amazon.personal.data"]._get_stand_in()
        values |= {name: stand_in for name in declared.named if name in names}
        if values and records:
            records.write(values)

    def _clear_contacts(self, contacts, counts):
        declared = next(one for one in self.declared if one.model == "res.partner")
        reduced_names = set(declared.stored) - set(declared.kept_by_law)
        both = contacts.removed | contacts.reduced
        emails = set(both.mapped("email_normalized")) - {False}
        self._clear(contacts.removed, declared, declared.stored)
        self._clear(contacts.reduced, declared, reduced_names)
        self.env["mail.followers"].search([("partner_id", "in", both.ids)]).unlink()
        both.write({"active": False})
        for partner in both:
            partner.amazon_buyer_key = f"{REMOVED_KEY}{partner.id}"
        self._forget_emails(emails)
        counts["contacts"] = len(contacts.removed)
        counts["invoice_contacts"] = len(contacts.reduced)
        counts["shared_contacts"] = len(contacts.shared)

    def _forget_emails(self, emails):
        """Take addresses that no contact has any more from the list of no mailings."""
        self.env["res.partner"].flush_model()
        used = self.env["res.partner"].search(
            [("email_normalized", "in", list(emails))]
        )
        gone = emails - set(used.mapped("email_normalized"))
        entries = self.env["mail.blacklist"].search([("email", "in", list(gone))])
        self._find_messages("mail.blacklist", entries.ids).unlink()
        entries.unlink()

    # === MESSAGES === #

    def _find_messages(self, model, ids):
        return self.env["mail.message"].search(
            [("model", "=", model), ("res_id", "in", ids)]
        )

    def _clear_messages(self, scope, moves, contacts, texts, counts):
        """Take the words of people, and the names, out of all discussions."""
        messages = self.env["mail.message"]
        for model, records in {**scope, "account.move": moves}.items():
            if records:
                messages |= self._find_messages(model, records.ids)
        buyers = contacts.removed | contacts.reduced
        messages |= messages.search([("author_id", "in", buyers.ids)])
        # The law may want the changes of accounts unchanged: account says which.
        messages = messages.filtered(
            lambda message: not message.account_audit_log_restricted
        )
        written = messages.filtered(
            lambda message: (
                message.message_type in _WRITTEN_TYPES or message.author_id in buyers
            )
        )
        counts["emails"] = self._delete_mails(messages)
        files = written.attachment_ids.filtered(
            lambda file: file.res_model != "account.move"
        )
        counts["attachments"] += len(files)
        files.unlink()
        counts["messages"] = len(written)
        written.write(
            {
                "body": False,
                "subject": False,
                "email_from": False,
                "reply_to": False,
                "incoming_email_to": False,
                "incoming_email_cc": False,
                "outgoing_email_to": False,
            }
        )
        written.notification_ids.filtered(
            lambda sent: sent.mail_email_address or sent.failure_reason
        ).write({"mail_email_address": False, "failure_reason": False})
        self._delete_changes(messages)
        _mask(messages - written, ("body", "subject"), texts)
        self._mask_notes(scope, texts)
        self._mask_activities(scope, texts)

    def _delete_mails(self, messages):
        mails = self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)])
        mails.unlink()
        return len(mails)

    def _delete_changes(self, messages):
        """Delete what the discussions keep of former values of personal fields."""
        changes = messages.exists().tracking_value_ids
        personal = {
            (declared.model, name)
            for declared in self.declared
            for name in declared.logged
        }
        changes.filtered(
            lambda change: (
                (change.field_id.model, change.field_id.name) in personal
                or change.field_id.relation == "res.partner"
                # All that a contact was before.
                or change.mail_message_id.model == "res.partner"
            )
        ).unlink()

    def _mask_notes(self, scope, texts):
        """Take gift messages off the notes of sale orders, and of their invoices."""
        lines = scope["sale.order"].order_line.filtered(_is_note)
        _mask(lines, ("name",), texts)
        booked = lines.invoice_lines.filtered(
            # What is sealed by a hash stays as it was posted.
            lambda line: _is_note(line) and not line.move_id.inalterable_hash
        )
        _mask(booked, ("name",), texts)

    def _mask_activities(self, scope, texts):
        for model, records in scope.items():
            found = self.env["mail.activity"].search(
                [("res_model", "=", model), ("res_id", "in", records.ids)]
            )
            _mask(found, ("note", "summary", "feedback"), texts)

    # === FILES === #

    def _delete_files(self, scope, counts):
        """Delete what is attached: labels, slips, letters; invoices are not."""
        for model, records in scope.items():
            files = self.env["ir.attachment"].search(
                [("res_model", "=", model), ("res_id", "in", records.ids)]
            )
            counts["attachments"] += len(files)
            files.unlink()


class BuyerContacts:
    """The contacts of orders, sorted by what may become of them.

    :param rows: ``amazon.order`` whose personal data goes
    :ivar removed: those that name nobody afterwards
    :ivar reduced: those that keep what an invoice has to say
    :ivar shared: those that people, or others than Amazon, use as well
    """

    def __init__(self, rows):
        self.env = rows.env
        self.rows = rows
        found = rows._find_buyers()
        buyers = found._filter_amazon_buyers().filtered(
            lambda partner: not partner._is_amazon_buyer_removed()
        )
        self.shared = (found - found._filter_amazon_buyers()) | self._find_shared(
            buyers
        )
        free = self._leave_parents(buyers - self.shared - self._find_needed(buyers))
        self.moves = self._find_moves(free)
        named = self.moves.partner_id | self.moves.commercial_partner_id
        self.reduced = free & named
        self.removed = free - self.reduced

    def find_invoices(self):
        """Return the invoices that name contacts which are reduced."""
        return self.moves

    def _find_moves(self, partners):
        return self.env["account.move"].search(
            Domain("move_type", "!=", "entry")
            & Domain("state", "!=", "cancel")
            & (
                Domain("partner_id", "in", partners.ids)
                | Domain("commercial_partner_id", "in", partners.ids)
            )
        )

    def _find_shared(self, buyers):
        """Return the contacts that are not the buyers of Amazon orders alone."""
        shared = buyers.filtered(lambda partner: partner.supplier_rank > 0)
        for model, name in self.env["amazon.personal.data"]._get_uses_by_others():
            shared |= self.env[model].search([(name, "in", buyers.ids)])[name]
        sales = self.env["sale.order"].search(
            Domain("amazon_order_ref", "=", False)
            & Domain.OR(Domain(name, "in", buyers.ids) for name in _SALE_CONTACTS)
        )
        for name in _SALE_CONTACTS:
            shared |= sales[name]
        moves = self._find_moves(buyers)
        others = moves.filtered(lambda move: not _is_of_amazon(move))
        shared |= others.partner_id | others.commercial_partner_id
        # Somebody added a contact below a buyer.
        children = self.env["res.partner"].search(
            [("parent_id", "in", buyers.ids), ("amazon_buyer_key", "=", False)]
        )
        return buyers & (shared | children.parent_id)

    def _find_needed(self, buyers):
        """Return the contacts of orders whose time is not over yet."""
        sales = self.env["sale.order"].search(
            Domain("amazon_order_ref", "!=", False)
            & Domain.OR(Domain(name, "in", buyers.ids) for name in _SALE_CONTACTS)
        )
        sales = sales.filtered(lambda sale: not _are_all_over(sale, self.rows))
        needed = sales.picking_ids.partner_id
        for name in _SALE_CONTACTS:
            needed |= sales[name]
        return needed

    def _leave_parents(self, free):
        """Return those below whom no contact stays that names somebody."""
        while True:
            children = self.env["res.partner"].search(
                [("parent_id", "in", free.ids), ("id", "not in", free.ids)]
            )
            staying = children.filtered(
                lambda child: not child._is_amazon_buyer_removed()
            )
            if not staying:
                return free
            free -= staying.parent_id


def clean_disk_soon(env):
    """Have Odoo delete the files of deleted attachments now, not once a day.

    :param env: in sudo
    """
    env.ref("base.autovacuum_job")._trigger()


def _are_all_over(sale, rows):
    """Whether all Amazon orders of a sale order are among these, or were before."""
    orders = sale.amazon_order_ids
    return bool(orders) and all(
        order in rows or order.personal_data_removed_on for order in orders
    )


def _is_of_amazon(move):
    """Whether an invoice, or the one that it corrects, is of Amazon orders alone."""
    origin = move.reversed_entry_id or move
    sales = (move | origin).line_ids.sale_line_ids.order_id
    return bool(sales) and all(sales.mapped("amazon_order_ref"))


def _is_note(line):
    return line.display_type == "line_note"


def _mask(records, names, texts):
    """Take personal texts out of fields of records."""
    for record in records:
        for name in names:
            if not record[name]:
                continue
            masked = mask_texts(str(record[name]), texts)
            if masked != str(record[name]):
                record[name] = masked
