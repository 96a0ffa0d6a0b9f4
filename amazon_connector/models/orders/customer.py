"""The buyer of an Amazon order as customer and delivery address in Odoo."""


def find_or_create_customer(connection, order):
    """Return ``(customer, delivery address)``, two partners or twice the same.

    A buyer is known again by the e-mail address that Amazon made up for them; each
    other delivery address is a contact of theirs.

    :param connection: ``amazon.connection``, in whose environment partners are created
    :param order: ``spapi.orders.Order`` whose address is complete
    """
    values = _prepare_address_vals(connection.env, order.address)
    customer = _find_customer(connection, order)
    if not customer:
        customer = _create_customer(connection, order, values)
        if customer.name == values["name"]:
            return customer, customer
    for partner in customer | customer.child_ids:
        if _has_address(partner, values):
            return customer, partner
    delivery = connection.env["res.partner"].create(
        values
        | {
            "parent_id": customer.id,
            "type": "delivery",
            "company_id": connection.company_id.id,
        }
    )
    return customer, delivery


def _find_customer(connection, order):
    partners = connection.env["res.partner"]
    if not (order.buyer and order.buyer.email):
        return partners
    return partners.search(
        [
            ("email", "=", order.buyer.email),
            ("parent_id", "=", False),
            ("company_id", "=", connection.company_id.id),
        ],
        limit=1,
    )


def _create_customer(connection, order, address_vals):
    buyer = order.buyer
    return connection.env["res.partner"].create(
        address_vals
        | {
            "name": (buyer and buyer.name) or order.address.name,
            "email": buyer and buyer.email,
            "company_name": buyer and buyer.company,
            "company_id": connection.company_id.id,
            "customer_rank": 1,
        }
    )


def _prepare_address_vals(env, address):
    """Return the values of a ``res.partner`` for a ``spapi.orders.Address``."""
    country = env["res.country"].search(
        [("code", "=", address.country_code.upper())], limit=1
    )
    state = _find_state(country, address.state)
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


def _find_state(country, name):
    if not (country and name):
        return country.state_ids.browse()
    return country.state_ids.filtered(
        lambda state: name.casefold() in (state.code.casefold(), state.name.casefold())
    )[:1]


def _has_address(partner, address_vals):
    compared = address_vals.keys() - {"phone"}
    found = partner._convert_to_write(partner.read(list(compared))[0])
    return all(found[name] == address_vals[name] for name in compared)
