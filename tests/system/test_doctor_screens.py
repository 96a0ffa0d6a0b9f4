"""The doctor of a connection in a browser: what is wrong, and a text to copy.

On a wide and on a narrow screen.
"""

from screens import NARROW, WIDE, keep

CONNECTIONS = "/odoo/action-amazon_connector.amazon_connection_action"
OPEN = "[name=action_open_doctor]"
FINDINGS = ".modal .o_field_widget[name=line_ids]"


def test_the_doctor_names_a_missing_role(see, browser, america, amazon):
    america.sold()
    seller = america.seller_id
    fault = {"operation": "searchListingsItems", "seller_id": seller, "times": 20}
    amazon.add_fault("forbidden", **fault)
    last = america.last_run_id("download_products")
    america.press("action_download_products")
    run = america.run_after(last, "download_products")
    assert run.outcome == "failed", vars(run)
    for size, name in ((WIDE, "doctor"), (NARROW, "doctor_narrow")):
        see(
            f"{CONNECTIONS}/{america.connection_id}",
            ".o_form_view .o_statusbar_status",
            size,
        )
        if size == NARROW:
            browser.press(".o_statusbar_buttons .o-dropdown")
        browser.press(OPEN)
        browser.wait_for(f"document.querySelector('{FINDINGS}') !== null", "the doctor")
        text = browser.evaluate("document.querySelector('.modal').innerText")
        assert "Role Product Listing" in text
        assert "Amazon denied: searchListingsItems" in text
        assert "Last answers of Amazon".lower() in text.lower()
        keep(browser, name)
    (copied,) = america.client.call(
        "amazon.connection.doctor",
        "search_read",
        [("connection_id", "=", america.connection_id)],
        ["diagnosis"],
        order="id desc",
        limit=1,
    )
    assert "searchListingsItems, 403" in copied["diagnosis"]
    assert seller not in copied["diagnosis"]
