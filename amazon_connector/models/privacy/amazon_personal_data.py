"""What of an Amazon order names or locates its buyer: the one declaration.

Everything that has to do with it reads from here: what is removed when its time is
over, whose reading is logged, what the tests look for, and what the SQL of
``data/neutralize.sql`` has to empty. An addon that adds a field with personal data to
orders, deliveries or contacts, or keeps some in a model of its own, extends
``_get_personal_fields`` and is done::

    class AmazonPersonalData(models.AbstractModel):
        _inherit = "amazon.personal.data"

        @api.model
        def _get_personal_fields(self):
            return [
                *super()._get_personal_fields(),
                PersonalFields(
                    "helpdesk.ticket",
                    cleared=("partner_email", "description"),
                    found_by=("sale_order_id", "sale.order"),
                ),
            ]
"""

from dataclasses import dataclass, field

from odoo import api, models


@dataclass(frozen=True)
class PersonalFields:
    """What is personal in the records of a model that belong to an Amazon order.

    :ivar model: name of the model; one that is not installed is left out
    :ivar cleared: names of the fields that are emptied
    :ivar named: names of fields that must say something: they get a word that names
        nobody
    :ivar replaced: ``{field: field of the same record whose value it gets}``
    :ivar shown: names of fields that are computed from personal data, or that link to
        the buyer and show the name: reading them is reading personal data
    :ivar kept_by_law: those of ``cleared`` and ``named`` that stay on contacts that a
        posted invoice names
    :ivar found_by: ``(field of the model, model that it leads to)``: which records
        belong to the order; None where the code says it
    """

    model: str
    cleared: tuple = ()
    named: tuple = ()
    replaced: dict = field(default_factory=dict)
    shown: tuple = ()
    kept_by_law: tuple = ()
    found_by: tuple | None = None

    @property
    def stored(self):
        """Names of the fields that hold personal data."""
        return (*self.cleared, *self.named, *self.replaced)

    @property
    def logged(self):
        """Names of the fields whose reading is logged, a set."""
        return {*self.stored, *self.shown}


class AmazonPersonalData(models.AbstractModel):
    _name = "amazon.personal.data"
    _description = "Amazon Personal Data"

    # === BUSINESS METHODS - WHAT IS PERSONAL === #

    @api.model
    def _get_personal_fields(self):
        """Return the :class:`PersonalFields` of all models, those that others are found
        by before them. The documents of ``amazon.order``, messages, e-mails, activities
        and attached files of all these records belong to them without being named.
        """
        return [
            PersonalFields("amazon.order", shown=("partner_id",)),
            PersonalFields(
                "sale.order",
                cleared=("amazon_delivery_instructions", "signed_by", "signature"),
                replaced={"client_order_ref": "amazon_order_ref"},
                shown=(
                    "amazon_gift_note",
                    "partner_id",
                    "partner_invoice_id",
                    "partner_shipping_id",
                ),
                found_by=("amazon_order_ids", "amazon.order"),
            ),
            PersonalFields(
                "stock.picking",
                cleared=("note", "signature"),
                shown=(
                    "amazon_delivery_instructions",
                    "amazon_gift_note",
                    "partner_id",
                ),
                found_by=("sale_id", "sale.order"),
            ),
            PersonalFields(
                "res.partner",
                cleared=(
                    "barcode",
                    "city",
                    "comment",
                    "company_name",
                    "company_registry",
                    "email",
                    "function",
                    "image_1920",
                    "phone",
                    "ref",
                    "street",
                    "street2",
                    "vat",
                    "website",
                    "zip",
                ),
                named=("name",),
                shown=(
                    "complete_name",
                    "contact_address",
                    "contact_address_inline",
                    "display_name",
                    "email_formatted",
                    "email_normalized",
                ),
                kept_by_law=(
                    "city",
                    "company_name",
                    "company_registry",
                    "name",
                    "street",
                    "street2",
                    "vat",
                    "zip",
                ),
            ),
            PersonalFields(
                "account.move",
                shown=(
                    "commercial_partner_id",
                    "invoice_partner_display_name",
                    "partner_id",
                    "partner_shipping_id",
                ),
            ),
            PersonalFields(
                "payment.transaction",
                cleared=(
                    "partner_address",
                    "partner_city",
                    "partner_email",
                    "partner_name",
                    "partner_phone",
                    "partner_zip",
                ),
                found_by=("sale_order_ids", "sale.order"),
            ),
        ]

    @api.model
    def _get_installed_fields(self):
        """Return the :class:`PersonalFields` of the models that are there."""
        return [one for one in self._get_personal_fields() if one.model in self.env]

    @api.model
    def _get_read_fields(self, model):
        """Return the names of the fields whose reading is logged, a set."""
        return set().union(
            *(one.logged for one in self._get_personal_fields() if one.model == model)
        )

    @api.model
    def _get_uses_by_others(self):
        """Return ``[(model, field)]``: a contact that stands there is not a buyer's
        alone, and is never touched. Models that are not installed are left out.
        """
        uses = [
            ("amazon.connection", "client_id"),
            ("crm.lead", "partner_id"),
            ("hr.employee", "work_contact_id"),
            ("purchase.order", "partner_id"),
            ("res.company", "partner_id"),
            ("res.users", "partner_id"),
        ]
        return [use for use in uses if use[0] in self.env]

    # === BUSINESS METHODS - WORDS === #

    @api.model
    def _get_stand_in(self):
        """Return what stands where a name stood."""
        return self.env._("Amazon buyer")
