"""Orders with a needle in every personal field, and a search that finds any of them."""

import base64
import copy
from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from ..models.privacy import amazon_personal_record
from .builders import ago, build_item, build_order
from .common import AmazonCommon

NEEDLE = "nedle"
ADDRESS = {
    "name": "Nedlename Person",
    "companyName": "Nedlecompany Works",
    "addressLine1": "7 Nedlestreet",
    "addressLine2": "Nedlefloor",
    "addressLine3": "Nedledoor",
    "city": "Nedlecity",
    "districtOrCounty": "Nedledistrict",
    "municipality": "Nedlemunicipality",
    "postalCode": "NEDLE1",
    "countryCode": "US",
    "stateOrRegion": "IL",
    "phone": "+1 555 NEDLE",
    "extendedFields": {
        "streetName": "Nedleroad",
        "streetNumber": "77Nedle",
        "complement": "Nedlecomplement",
        "neighborhood": "Nedleneighborhood",
    },
}


def build_needle_order(*args, is_business=False, quantity=1, **more):
    """Return an order's document with the needle in every personal field.

    ``more`` as for ``build_order``, and: cancel (whether the buyer asks for it),
    deliver_by.
    """
    item = build_item(quantity=quantity, message="Nedlegift for you")
    item["product"]["customization"] = {"customizedUrl": "https://nedle.example/c"}
    if more.pop("cancel", False):
        request = {"requester": "BUYER", "cancelReason": "Nedlereason"}
        item["cancellation"] = {"cancellationRequest": request}
    document = build_order(*args, items=[item], **more)
    document["buyer"] = {
        "buyerName": "Nedlebuyer Person",
        "buyerEmail": "nedle@marketplace.example",
        "buyerPurchaseOrderNumber": "NEDLE-PO-1",
    }
    if is_business:
        document["buyer"]["buyerCompanyName"] = "Nedlebusiness Ltd"
    document["recipient"] = {
        "deliveryAddress": copy.deepcopy(ADDRESS),
        "deliveryPreference": {
            "dropOffLocation": "Nedleshed",
            "addressInstruction": "Nedleinstruction",
        },
    }
    registration = {
        "entityType": "BUYER",
        "taxRegistrationType": "VAT" if is_business else "CPF",
        "taxRegistrationNumber": "NEDLE123",
        "legalName": "Nedlelegal",
        "taxRegistrationAddress": copy.deepcopy(ADDRESS),
    }
    document["tax"] = {"taxRegistrations": [registration]}
    document["fulfillment"]["deliverByWindow"] = {
        "earliestDateTime": ago(days=1),
        "latestDateTime": more.get("deliver_by", ago(days=1)),
    }
    return document


class PrivacyCommon(AmazonCommon):
    def _patch_seams(self):
        super()._patch_seams()
        access = self.env.registry["amazon.personal.data.access"]
        # A cursor of its own would outlast the test.
        self.patch(access, "_write_apart", lambda log, ids: log.sudo()._add(ids))
        self.patch(amazon_personal_record, "_noted", amazon_personal_record._Noted())

    # === ORDERS === #

    def put(self, *args, **more):
        """Have the order on Amazon and in Odoo; return its row."""
        document = build_needle_order(*args, **more)
        self.fake.add(document)
        self.download()
        return self.order(document["orderId"])

    def put_shipped(self, order_id="111-0000001-0000001", **more):
        """Have an order that left: shipped in Odoo and on Amazon."""
        row = self.put(order_id)
        self.ship(row.sale_order_id)
        return self.put(
            order_id, **{"status": "SHIPPED", "updated": ago(days=1), **more}
        )

    def let_days_pass(self, rows, days=31):
        """Have the orders be delivered so many days ago."""
        rows.personal_data_since = fields.Datetime.now() - timedelta(days=days)
        self.env.flush_all()

    def remove(self):
        self.run_job("remove_personal_data")
        self.env.invalidate_all()

    # === THE BUYER ELSEWHERE === #

    def talk_of(self, row):
        """Have the buyer in messages, e-mails, activities and files."""
        sale = row.sale_order_id
        picking, buyer = sale.picking_ids[:1], sale.partner_id
        for record in (row, sale, picking, buyer):
            record.message_post(
                body="Nedleword of a person",
                subject="Nedlesubject",
                message_type="comment",
                attachments=[("nedle.txt", b"Nedlefile")],
            )
            record.message_post(body="Sent to Nedlebuyer Person, Nedlecity")
            self.env["ir.attachment"].create(
                {
                    "name": "nedlelabel.txt",
                    "raw": b"Nedlelabel",
                    "res_model": record._name,
                    "res_id": record.id,
                }
            )
        buyer.message_post(
            body="Nedleanswer", author_id=buyer.id, email_from="nedle@example.com"
        )
        message = sale.message_ids[0]
        self.env["mail.mail"].create(
            {
                "mail_message_id": message.id,
                "body_html": "<p>Nedlemail</p>",
                "email_to": "nedle@marketplace.example",
                "state": "sent",
            }
        )
        sale.activity_schedule(
            "mail.mail_activity_data_todo",
            note="Call Nedlebuyer Person",
            summary="Nedlebuyer",
            user_id=self.env.ref("base.user_admin").id,
        )
        picking.note = "<p>Nedlenote</p>"
        tracked = buyer.with_context(tracking_disable=False)
        tracked.name = "Nedleother Person"
        self.flush_tracking()
        self.env.flush_all()

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def invoice(self, sale):
        self.mug.invoice_policy = "order"
        invoice = sale._create_invoices()
        invoice.action_post()
        return invoice

    # === WHERE IT IS === #

    def find_needle(self, needle=NEEDLE):
        """Return ``{(table, column)}`` of all texts, JSON and files with the needle.

        What is encrypted is read, too.
        """
        self.env.flush_all()
        self.flush_tracking()
        cr = self.env.cr
        cr.execute(
            """
            SELECT columns.table_name, columns.column_name
              FROM information_schema.columns
              JOIN information_schema.tables USING (table_schema, table_name)
             WHERE table_schema = 'public'
               AND table_type = 'BASE TABLE'
               AND data_type IN ('text', 'character varying', 'json', 'jsonb')
            """
        )
        found = set()
        for table, column in cr.fetchall():
            query = SQL(
                "SELECT 1 FROM %(table)s "
                "WHERE %(column)s::text ILIKE %(needle)s LIMIT 1",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                needle=f"%{needle}%",
            )
            cr.execute(query)
            if cr.rowcount:
                found.add((table, column))
        return found | self._find_encrypted(needle) | self._find_files(needle)

    def _find_encrypted(self, needle):
        rows = self.env["amazon.order"].sudo().search([])
        vault = self.env["amazon.vault"]
        return {
            ("amazon_order", name)
            for row in rows
            for name in ("document_encrypted", "reflected_encrypted")
            if needle in vault._decrypt(row[name]).lower()
        }

    def _find_files(self, needle):
        files = self.env["ir.attachment"].sudo()
        found = files.search([("id", "!=", 0), ("create_date", ">=", self.begun)])
        return {
            ("ir_attachment", "raw")
            for file in found
            if needle.encode() in (file.raw or b"").lower()
            or needle.encode() in base64.b64decode(file.datas or b"").lower()
        }

    @property
    def begun(self):
        return fields.Datetime.now() - timedelta(days=1)
