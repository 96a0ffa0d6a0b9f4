"""A quantity is explained, and a rule shows what it would change, in a browser.

On a wide and on a narrow screen.
"""

import pytest
from screens import NARROW, WIDE, keep

LISTING = "amazon.listing"
RULE = "amazon.inventory.rule"
LISTINGS = "/odoo/action-amazon_connector.amazon_listing_action"
RULES = "/odoo/action-amazon_connector.amazon_inventory_rule_action"
EXPLANATION = ".o_form_view [name=quantity_explanation]"


@pytest.fixture
def shop(america):
    """The store with its listings in Odoo, each linked to the product of its SKU."""
    america.run("action_download_products")
    return america


@pytest.fixture
def listing(shop):
    """A listing whose quantity the warehouse decides."""
    (row,) = shop.client.call(
        LISTING,
        "search_read",
        [
            ("connection_id", "=", shop.connection_id),
            ("channel", "=", "merchant"),
            ("is_tracked", "=", True),
            ("product_id", "!=", False),
            ("state", "=", "active"),
        ],
        ["sku", "product_id"],
        limit=1,
        order="id",
    )
    return row


@pytest.fixture
def rules(shop):
    """A buffer and a share for all of the store; gone afterwards."""
    ids = [
        shop.client.call(
            RULE,
            "create",
            {
                "rule_type": rule_type,
                "value": value,
                "applied_on": "connection",
                "connection_id": shop.connection_id,
            },
        )
        for rule_type, value in (("buffer", 2), ("percentage", 80))
    ]
    yield ids
    shop.client.call(RULE, "unlink", ids)


def test_a_quantity_is_explained_and_leads_to_its_records(
    see, browser, shop, listing, rules
):
    for size, name in ((WIDE, "explained"), (NARROW, "explained_narrow")):
        text = see(f"{LISTINGS}/{listing['id']}", EXPLANATION, size)
        assert "on hand in" in text
        assert "Safety buffer 2" in text
        assert "offered" in text
        browser.evaluate(
            f"document.querySelector('{EXPLANATION}').scrollIntoView("
            "{block: 'center'})"
        )
        keep(browser, f"inventory_{name}")
    # Odoo opens links of a text in a tab of their own.
    browser.press(f"{EXPLANATION} a[href*=amazon_listing_action_on_hand]")
    stock = browser.new_tab()
    stock.wait_for(
        "document.querySelector('.o_list_view .o_data_row') !== null", "the stock"
    )
    shown = stock.evaluate("document.body.innerText")
    assert f"Stock: {listing['sku']}" in shown
    browser.to_front()
    browser.press(f"{EXPLANATION} a[href*='amazon.inventory.rule/{rules[0]}']")
    rule = browser.new_tab()
    rule.wait_for(
        "document.querySelector('.o_form_view [name=rule_type]') !== null", "the rule"
    )


def test_a_rule_shows_what_it_would_change_before_it_is_saved(
    see, browser, shop, rules
):
    for size, name in ((WIDE, "rule"), (NARROW, "rule_narrow")):
        see(f"{RULES}/{rules[0]}", ".o_form_view [name=value] input", size)
        browser.fill("[name=value] input", "5")
        # As a person's click elsewhere does.
        browser.evaluate("document.activeElement.blur()")
        browser.press("[name=is_what_if_shown] input")
        browser.wait_for(
            "document.querySelector('[name=what_if]')?.innerText"
            ".includes('listings would change')",
            "what would change",
        )
        text = browser.evaluate("document.querySelector('[name=what_if]').innerText")
        assert "→" in text
        browser.evaluate(
            "document.querySelector('[name=what_if]').scrollIntoView({block: 'end'})"
        )
        keep(browser, f"inventory_{name}")
        browser.press(".o_form_button_cancel")
        browser.wait_for(
            "document.querySelector('[name=value] input').value === '2'", "the former"
        )
    (saved,) = shop.client.call(RULE, "read", rules[:1], ["value"])
    assert saved["value"] == 2
    see(RULES, ".o_list_view .o_data_row", WIDE)
    keep(browser, "inventory_rules")
