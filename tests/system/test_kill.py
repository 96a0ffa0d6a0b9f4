"""Odoo gets SIGKILL in the middle of its work; nothing is lost and nothing doubled."""

import pytest
from shop import wait_until


def test_many_orders_survive_a_killed_server(odoo, america):
    order_ids = america.new_orders(120)
    last = america.last_run_id("download_orders")
    america.press("action_download_orders")
    wait_until(lambda: america.sales(order_ids), "the first sale orders")
    odoo.kill()
    before = america.sales(order_ids)
    odoo.start()
    assert 1 <= len(before) <= 119
    # No button: the scheduled action alone takes it up again.
    america.database.come_round()
    run = america.run_after(last, "download_orders")
    # Killed between two calls of the scheduler, the run was open and goes on.
    if run.outcome == "interrupted":
        assert "stopped in the middle" in run.text
        run = america.run_after(run.id, "download_orders")
    assert run.outcome in ("done", "nothing")
    assert america.sales(order_ids) == sorted(order_ids)
    assert america.deliveries(order_ids) == sorted(order_ids)


def test_two_stores_at_once_survive_a_killed_server(odoo, america, europe):
    """Each is run by a thread of its own; both go on where they were."""
    orders = {store: store.new_orders(60) for store in (america, europe)}
    for store in orders:
        store.press("action_download_orders")
    wait_until(
        lambda: all(store.sales(ids) for store, ids in orders.items()),
        "the first sale orders of both",
    )
    odoo.kill()
    odoo.start()
    america.database.come_round()
    for store, ids in orders.items():
        wait_until(
            lambda store=store, ids=ids: store.sales(ids) == sorted(ids),
            "the sale orders of all orders, each once",
        )
        assert store.deliveries(ids) == sorted(ids)


def test_a_further_download_after_the_crash_makes_nothing_new(america):
    counts = (
        "SELECT (SELECT count(*) FROM sale_order), (SELECT count(*) FROM amazon_order)"
    )
    before = america.database(counts)
    america.set_back()
    run = america.run("action_download_orders")
    # Shipments of other tests may show up as changes, two minutes late as on Amazon.
    assert run.outcome in ("done", "nothing")
    assert america.database(counts) == before
    rows = america.database(
        "SELECT amazon_order_ref FROM sale_order WHERE amazon_order_ref IS NOT NULL "
        "GROUP BY amazon_order_ref HAVING count(*) > 1"
    )
    assert rows == []


@pytest.mark.parametrize("fault", ["slow", "timeout_after"])
def test_a_shipment_is_confirmed_once_when_the_server_dies_before_the_answer(
    odoo, america, amazon, fault
):
    order_id = america.sold()
    amazon.add_fault(
        fault, operation="confirmShipment", order_id=order_id, delay_seconds=20
    )
    last = america.last_run_id("send_shipments")
    america.ship(order_id, "1Z999AA10000000001")
    wait_until(lambda: america.confirmations(order_id), "the request")
    assert america.shipment_state(order_id) == "sent"
    odoo.kill()
    odoo.start()
    america.press("action_send_shipments")
    killed = america.run_after(last, "send_shipments")
    america.run_after(killed.id, "send_shipments")
    assert killed.outcome == "interrupted"
    assert america.shipment_state(order_id) == "unknown"
    america.let_look_up()
    run = america.run("action_send_shipments")
    assert run.outcome == "done"
    assert america.shipment_state(order_id) == "done"
    assert america.applied(order_id) == 1
    assert len(america.confirmations(order_id)) == 1


def test_what_was_validated_is_confirmed_when_the_server_dies_at_once(odoo, america):
    order_id = america.sold()
    america.ship(order_id, "1Z999AA10000000002")
    odoo.kill()
    odoo.start()
    america.press("action_send_shipments")
    wait_until(
        lambda: america.shipment_state(order_id) in ("done", "unknown"), "its end"
    )
    america.let_look_up()
    america.press("action_send_shipments")
    wait_until(lambda: america.shipment_state(order_id) == "done", "its confirmation")
    assert america.applied(order_id) == 1
