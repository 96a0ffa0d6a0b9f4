"""Buyers' data in a real server: readings on cursors that cannot write, the pages."""

import base64
import time

import pytest
from host.rpc import OdooClient, OdooError
from screens import AMERICA, NARROW, ORDERS, WIDE, download, keep, order_of, row_of
from servers import prepare_odoo, run_pg
from shop import Database, Shop, make_products, wait_until

from spapi_simulator.admin import SimulatorAdmin

ACCESSES = (
    "SELECT o.amazon_order_id, a.action FROM amazon_personal_data_access a "
    "JOIN amazon_order o ON o.id = a.order_id WHERE o.amazon_order_id = %s"
)
SECURITY = "/odoo/action-amazon_connector.amazon_security_check_action"
ACCESS = "/odoo/action-amazon_connector.amazon_personal_data_access_action"
SECONDS = 60
# Long enough to be in no hash and no picture by chance.
NEEDLE = "Zqnedleqz"


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


def find_outside(server):
    """Return the tables of a dump, and the files of the file store, with the needle."""
    needle, found, table = NEEDLE.lower(), set(), ""
    dump = run_pg(server.postgres, "pg_dump", server.database).decode()
    for line in dump.splitlines():
        if line.startswith("COPY public."):
            table = line.split()[1].removeprefix("public.")
        elif needle in line.lower():
            found.add(table)
    store = server.data_dir / "filestore" / server.database
    files = (path for path in store.rglob("*") if path.is_file())
    return found, {
        path.name for path in files if needle.encode() in path.read_bytes().lower()
    }


def talk_of_buyer(client, sale_id):
    """Have the buyer's name in a message, and in a label that is attached."""
    (sale,) = client.call("sale.order", "read", [sale_id], ["picking_ids"])
    client.call("sale.order", "message_post", [sale_id], body=f"Called {NEEDLE} Person")
    label = base64.b64encode(f"To: {NEEDLE} Person".encode()).decode()
    for picking_id in sale["picking_ids"]:
        values = {
            "name": "label.txt",
            "datas": label,
            "res_model": "stock.picking",
            "res_id": picking_id,
        }
        client.call("ir.attachment", "create", [values])


def test_what_is_erased_is_in_no_backup(america, client, odoo):
    """Neither in a dump of the database nor in the files beside it."""
    address = {"name": f"{NEEDLE} Person", "addressLine1": f"7 {NEEDLE} Street"}
    (order_id,) = america.new_orders(
        marketplace_id=AMERICA,
        document={
            "buyer": {"buyerName": f"{NEEDLE} Person"},
            "recipient": {"deliveryAddress": address},
        },
    )
    download(america, order_id)
    row = row_of(client, order_id)
    talk_of_buyer(client, row["sale_order_id"][0])
    tables, files = find_outside(odoo)
    assert {"res_partner", "mail_message"} <= tables
    assert files
    america.ship(order_id, "1Z999NEEDLE")
    america.wait_for_shipment(order_id, "done")
    # Amazon shows two minutes later that it left.
    america.database(
        "UPDATE amazon_order SET status = 'shipped', personal_data_since = now() "
        "WHERE id = %s",
        row["id"],
    )
    client.call("amazon.order", "action_erase_amazon_buyer", [row["id"]])
    wait_until(lambda: not find_outside(odoo)[1], "the end of the files")
    assert find_outside(odoo) == (set(), set())


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
