"""The buyer of an Amazon order as customer and delivery address in Odoo."""

from odoo import api, models


class AmazonCustomer(models.AbstractModel):
    _name = "amazon.customer"
    _description = "Amazon Customer"

    @api.model
    def _find_or_create(self, connection, order):
        """Return ``(customer, delivery address)``, two partners or twice the same.

        A buyer is known again by the address that Amazon made up for them; each
        other delivery address is a contact of theirs.

        :param order: ``spapi.orders.Order`` whose address is complete
        """
        values = self._address_values(order.address)
        customer = self._known_customer(connection, order)
        if not customer:
            customer = self.env["res.partner"].create(
                values
                | {
                    "name": self._customer_name(order),
                    "email": order.buyer and order.buyer.email,
                    "company_name": order.buyer and order.buyer.company,
                    "company_id": connection.company_id.id,
                    "customer_rank": 1,
                }
            )
            if customer.name == values["name"]:
                return customer, customer
        for partner in customer | customer.child_ids:
            if self._has_address(partner, values):
                return customer, partner
        delivery = self.env["res.partner"].create(
            values
            | {
                "parent_id": customer.id,
                "type": "delivery",
                "company_id": connection.company_id.id,
            }
        )
        return customer, delivery

    @api.model
    def _known_customer(self, connection, order):
        if not (order.buyer and order.buyer.email):
            return self.env["res.partner"]
        return self.env["res.partner"].search(
            [
                ("email", "=", order.buyer.email),
                ("parent_id", "=", False),
                ("company_id", "=", connection.company_id.id),
            ],
            limit=1,
        )

    @api.model
    def _customer_name(self, order):
        return (order.buyer and order.buyer.name) or order.address.name

    @api.model
    def _address_values(self, address):
        country = self.env["res.country"].search(
            [("code", "=", address.country_code.upper())], limit=1
        )
        state = self._state(country, address.state)
        more = [address.line2, address.line3, address.district, address.municipality]
        if address.state and not state:
            # Nothing of an address is dropped because Odoo has no such state.
            more.append(address.state)
        return {
            "name": address.name,
            "street": address.line1,
            "street2": ", ".join(part for part in more if part) or False,
            "city": address.city or False,
            "zip": address.postal_code or False,
            "state_id": state.id,
            "country_id": country.id,
            "phone": address.phone or False,
        }

    @api.model
    def _state(self, country, name):
        if not (country and name):
            return self.env["res.country.state"]
        return country.state_ids.filtered(
            lambda state: (
                name.casefold() in (state.code.casefold(), state.name.casefold())
            )
        )[:1]

    @api.model
    def _has_address(self, partner, values):
        fields_compared = values.keys() - {"phone"}
        found = partner._convert_to_write(partner.read(list(fields_compared))[0])
        return all(found[name] == values[name] for name in fields_compared)
