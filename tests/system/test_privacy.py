"""Buyers' data in a real server: readings on cursors that cannot write, the pages."""

import time

import pytest
from host.rpc import OdooClient, OdooError
from screens import NARROW, ORDERS, WIDE, download, keep, order_of, row_of
from servers import prepare_odoo
from shop import Database, Shop, make_products

from spapi_simulator.admin import SimulatorAdmin

ACCESSES = (
    "SELECT o.amazon_order_id, a.action FROM amazon_personal_data_access a "
    "JOIN amazon_order o ON o.id = a.order_id WHERE o.amazon_order_id = %s"
)
SECURITY = "/odoo/action-amazon_connector.amazon_security_check_action"
ACCESS = "/odoo/action-amazon_connector.amazon_personal_data_access_action"
SECONDS = 60


def wait_for_access(database, order_id, action):
    """Wait until a reading is in the log, with the most that was done."""
    end = time.monotonic() + SECONDS
    while (rows := database(ACCESSES, order_id)) != [(order_id, action)]:
        assert time.monotonic() < end, rows
        time.sleep(0.1)


@pytest.fixture
def replica(postgres, simulator):
    """A store in a server that reads on cursors which cannot write."""
    with (
        prepare_odoo(postgres, simulator.url, extra_args=["--dev=replica"]) as server,
        server,
        SimulatorAdmin(simulator.url) as amazon,
    ):
        client = OdooClient(server.url, server.database)
        make_products(client, amazon.products())
        accounts = {one["seller_id"]: one for one in amazon.accounts()}
        connection_id = Shop.connect(
            client, accounts["A1SIMULATOR0NA"], "ATVPDKIKX0DER"
        )
        database = Database(server.postgres, server.database)
        database.calm_down()
        yield (
            Shop(client, amazon, database, "A1SIMULATOR0NA", connection_id),
            server,
        )


def test_a_reading_on_a_cursor_that_cannot_write_is_logged(replica):
    shop, server = replica
    order_id = order_of(shop, 48)
    download(shop, order_id)
    row = row_of(shop.client, order_id)
    assert row["state"] == "imported", row
    assert shop.database(ACCESSES, order_id) == []
    sale_id = row["sale_order_id"][0]
    names = {"partner_id": {"fields": {"display_name": {}}}}
    shop.client.call("sale.order", "web_read", [sale_id], names)
    wait_for_access(shop.database, order_id, "read")
    shop.client.call("sale.order", "export_data", [sale_id], ["partner_id/name"])
    wait_for_access(shop.database, order_id, "export")
    assert "read-only transaction" not in server.log_file.read_text()


def test_erased_with_a_certificate(america, client, see, browser):
    order_id = order_of(america, 24)
    download(america, order_id)
    row = row_of(client, order_id)
    with pytest.raises(OdooError, match="still to be shipped"):
        client.call("amazon.order", "action_erase_amazon_buyer", [row["id"]])
    america.ship(order_id, "1Z999PRIVACY")
    america.wait_for_shipment(order_id, "done")
    # Amazon shows two minutes later that it left.
    america.database(
        "UPDATE amazon_order SET status = 'shipped', personal_data_since = now() "
        "WHERE id = %s",
        row["id"],
    )
    text = see(f"{ORDERS}/{row['id']}", ".o_form_view .o_field_widget", WIDE)
    assert "Erase this buyer" in text
    action = client.call("amazon.order", "action_erase_amazon_buyer", [row["id"]])
    certificate = (
        f"/odoo/action-amazon_connector.amazon_erasure_action/{action['res_id']}"
    )
    text = see(certificate, ".o_form_view [name=orders]", WIDE)
    assert "what stays" in text.lower()
    keep(browser, "erasure")
    (sale,) = client.call(
        "sale.order", "read", row["sale_order_id"][:1], ["partner_shipping_id"]
    )
    assert "Amazon buyer" in sale["partner_shipping_id"][1]


def test_the_pages_of_who_answers_for_it(america, client, see, browser):
    order_id = order_of(america, 24)
    download(america, order_id)
    client.call(
        "amazon.order", "read", [row_of(client, order_id)["id"]], ["partner_id"]
    )
    wait_for_access(america.database, order_id, "read")
    for size, name in ((WIDE, "security_check"), (NARROW, "security_check_narrow")):
        text = see(SECURITY, ".o_kanban_record", size)
        for line in ("Two-factor authentication", "Passwords", "Backups"):
            assert line in text
        keep(browser, name)
    text = see(ACCESS, ".o_data_row", WIDE)
    assert order_id in text
    assert "Read" in text
    keep(browser, "personal_data_access")
