"""From a button to the run that it starts, and from a message to its order."""

import pytest
from screens import NARROW, WIDE, download, keep, order_of, unknown_product

CONNECTIONS = "/odoo/action-amazon_connector.amazon_connection_action"
MESSAGES = "/odoo/action-amazon_connector.amazon_history_line_action"
COUNTS = "/odoo/action-amazon_connector.amazon_history_report_action"
ROW = ".o_list_view .o_data_row"


@pytest.fixture
def held(america):
    """An order that waits, since no product is known for its SKU."""
    sku = america.amazon.products()[0]["sku"]
    with unknown_product(america.client, sku):
        order_id = order_of(america, 48, lines=[{"sku": sku, "quantity": 1}])
        download(america, order_id)
        yield order_id
    america.run("action_download_orders")


def test_what_a_button_starts_is_found_from_its_answer(see, browser, america):
    america.run("action_download_orders")
    see(f"{CONNECTIONS}/{america.connection_id}", "[name=action_download_orders]")
    browser.press("[name=action_download_orders]")
    link = ".o_notification a[href*=amazon_history_action_job]"
    browser.wait_for(f"document.querySelector('{link}') !== null", "the answer's link")
    browser.press(link)
    runs = browser.new_tab()
    runs.wait_for(f"document.querySelector('{ROW}') !== null", "the runs")
    kinds = set(runs.texts(f"{ROW} [name=kind]"))
    assert kinds == {"Download orders"}
    stores = set(runs.texts(f"{ROW} [name=connection_id]"))
    assert len(stores) == 1
    america.database.wait_for_jobs()


def test_a_message_leads_to_its_order(see, browser, america, held):
    see(MESSAGES, ".o_kanban_view", NARROW)
    store = f"{CONNECTIONS}/{america.connection_id}"
    see(store, "[name=action_open_history_lines]", WIDE)
    browser.press("[name=action_open_history_lines]")
    browser.wait_for(
        f"[...document.querySelectorAll('{ROW} [name=about]')]"
        f".some((cell) => cell.innerText === '{held}')",
        "the message about the order",
    )
    keep(browser, "messages")
    browser.press(".o_switch_view.o_kanban")
    browser.wait_for(
        f"document.querySelector('.o_kanban_view')?.innerText.includes('{held}')",
        "the card of the message",
    )
    browser.press(".o_switch_view.o_list")
    browser.click(f"{ROW} [name=about]", held)
    browser.wait_for(
        "document.querySelector('.o_form_view [name=amazon_order_id]') !== null",
        "the order",
    )
    assert held in browser.evaluate("document.body.innerText")


def test_the_counts_of_each_day_are_a_list_a_table_and_a_chart(see, browser, america):
    america.run("action_download_orders")
    see(COUNTS, ROW, WIDE)
    keep(browser, "counts_by_day")
    browser.press(".o_switch_view.o_pivot")
    browser.wait_for("document.querySelector('.o_pivot table') !== null", "the table")
    browser.press(".o_switch_view.o_graph")
    browser.wait_for(
        "document.querySelector('.o_graph_renderer canvas') !== null", "the chart"
    )
