"""Connecting a store as its owner does: the card, the guided set-up, all three ways.

With PICTURES=1, the pictures of the documentation are taken anew.
"""

import json

import pytest
import screens
from browser import Browser
from host.browser import ADVICE, find_browser
from shop import wait_until
from test_browser import keep

from spapi_simulator.accounts import (
    APPLICATION_ID,
    CLIENT_ID,
    CLIENT_SECRET,
    EUROPE,
    FAR_EAST,
    NORTH_AMERICA,
)
from spapi_simulator.admin import SimulatorAdmin

CARDS = "/odoo/integrations"
HEADING = ".o_form_view h2"
AWAITED = "[name=is_awaited] [role=status]"


@pytest.fixture
def browser(tmp_path, fresh_client):
    """A browser in which the administrator is logged in."""
    program = find_browser()
    if not program:
        pytest.skip(ADVICE)
    with Browser(program, tmp_path) as started:
        started.log_in(fresh_client)
        yield started


class Setup:
    """The guided set-up in a tab of the browser."""

    def __init__(self, tab):
        self.tab = tab

    def choose_marketplace(self, name):
        """Pick a marketplace from the list."""
        self.tab.fill(".o_field_widget[name=marketplace_id] input", name)
        option = ".o-autocomplete--dropdown-item a"
        query = f"[...document.querySelectorAll({json.dumps(option)})]"
        found = f"{query}.find(e => e.textContent.includes({json.dumps(name)}))"
        self.tab.wait_for(f"(e => e && (e.click(), true))({found})", name)

    def choose_way(self, value):
        """Pick one of the three ways."""
        self.tab.press(f".o_field_widget[name=method] input[data-value={value}]")

    def type_in(self, **values):
        """Fill in the fields of the page."""
        for name, value in values.items():
            self.tab.fill(f".o_field_widget[name={name}] input", value)
        # An answer to what was chosen before may come after the first of them.
        for name, value in values.items():
            box = f"document.querySelector('.o_field_widget[name={name}] input')"
            is_kept = f"{box}.value.trim() === {json.dumps(value.strip())}"
            self.tab.wait_for(is_kept, f"{name} as it was typed")

    def button(self, name):
        """Press a button of the page."""
        self.tab.press(f"button[name={name}]:not(:disabled)")

    def is_at(self, heading):
        """Wait for a page."""
        shown = f"[...document.querySelectorAll({json.dumps(HEADING)})]"
        visible = "e.offsetParent !== null && e.textContent.trim() === "
        self.tab.wait_for(f"{shown}.some(e => {visible}{json.dumps(heading)})", heading)

    def finish(self):
        """Go through the pages after Connect, there and back, to the connection."""
        self.is_at("Whose store, which warehouse")
        self.button("action_continue")
        self.is_at("What the connection does")
        self.button("action_back")
        self.is_at("Whose store, which warehouse")
        self.button("action_continue")
        self.is_at("What the connection does")
        self.button("action_continue")
        self.is_at("Ready")
        self.button("action_finish")


def begin(browser, fresh):
    """Open the set-up from its card."""
    browser.open(fresh.url + CARDS)
    browser.press("button[name=action_set_up]")
    setup = Setup(browser)
    setup.is_at("Connect your Amazon store")
    return setup


def completed(client, account):
    """Wait for the end of the initial import; the connection's values."""

    def probe():
        found = client.call(
            "amazon.connection",
            "search_read",
            [("seller_id", "=", account.seller_id), ("state", "=", "completed")],
            ["name", "import_summary", "has_credentials", "store_name"],
        )
        return found and found[0]

    return wait_until(probe, "the end of the initial import")


def application():
    """The values of the application, as a person types them."""
    return {
        "application_id": APPLICATION_ID,
        "lwa_client_id": CLIENT_ID,
        "lwa_client_secret": CLIENT_SECRET,
    }


def authorise(tab, account):
    """Confirm on Amazon's page."""
    tab.press(f"input[value={account.seller_id}]")
    tab.click("button", "Confirm")


def see_the_import(tab):
    """Wait for a bar that moves; it is as wide as the form, in a narrow window too."""
    bar = "document.querySelector('.o_field_amazon_import_progress .progress')"
    tab.wait_for(f"{bar}.getAttribute('aria-valuenow') > 20", "some progress")
    share = f"{bar}.clientWidth / {bar}.closest('.alert').clientWidth"
    assert tab.evaluate(share) > 0.7
    keep(tab, "setup_importing")
    width, height = tab.size
    tab.resize(480, height)
    tab.wait_for(f"window.innerWidth === 480 && {share} > 0.7", "a bar as wide")
    percent = tab.texts(".o_field_amazon_import_progress span")[0]
    assert 0 < int(percent.removesuffix(" %")) < 100
    screens.keep(tab, "setup_importing_narrow")
    tab.resize(width, height)


def leap_over_no_page(setup):
    """Press Continue on a page that another tab has left; saving alone moves on."""
    setup.tab.to_front()
    setup.type_in(store_name="A first name")
    setup.button("action_continue")
    setup.is_at("What the connection does")
    # Buttons are off until the server has answered.
    pressed = "document.querySelector('button[name=action_continue]:not(:disabled)')"
    setup.tab.wait_for(f"{pressed} !== null", "the answer")
    setup.is_at("What the connection does")


def test_by_redirect(browser, fresh, fresh_client, fresh_amazon):
    browser.open(fresh.url + CARDS)
    browser.wait_for("document.querySelector('.o_kanban_record') !== null", "the card")
    keep(browser, "setup_1_card")
    setup = begin(browser, fresh)
    setup.choose_marketplace("Amazon.com (United")
    setup.type_in(**application())
    keep(browser, "setup_2_connect")
    setup.button("action_open_amazon")
    amazon_tab = browser.new_tab()
    amazon_tab.wait_for("document.querySelector('form') !== null", "Amazon's page")
    keep(amazon_tab, "setup_3_amazon")
    authorise(amazon_tab, NORTH_AMERICA)
    setup = Setup(amazon_tab)
    setup.is_at("Whose store, which warehouse")
    keep(amazon_tab, "setup_4_general")
    # The tab in which it was started shows it too, by itself.
    browser.to_front()
    first = Setup(browser)
    first.is_at("Whose store, which warehouse")
    amazon_tab.to_front()
    setup.button("action_continue")
    setup.is_at("What the connection does")
    keep(amazon_tab, "setup_5_configuration")
    leap_over_no_page(first)
    amazon_tab.to_front()
    setup.button("action_back")
    setup.is_at("Whose store, which warehouse")
    setup.type_in(store_name="Our shop")
    setup.button("action_continue")
    setup.is_at("What the connection does")
    setup.button("action_continue")
    setup.is_at("Ready")
    keep(amazon_tab, "setup_6_finish")
    with SimulatorAdmin(fresh_amazon.url) as admin:
        # Every page takes its time, so that the import is seen under way.
        slow = {"operation": "searchListingsItems", "times": 40}
        admin.add_fault("slow", **slow, delay_seconds=2)
        setup.button("action_finish")
        see_the_import(amazon_tab)
        admin.clear_faults()
    connection = completed(fresh_client, NORTH_AMERICA)
    assert connection["name"] == "Northwind Trading"
    assert connection["store_name"] == "Our shop"
    assert connection["has_credentials"]
    current = "document.querySelector('.o_arrow_button_current').textContent.trim()"
    amazon_tab.wait_for(f"{current} === 'Completed'", "Completed, by itself")
    keep(amazon_tab, "setup_7_completed")


def test_by_pasted_code(browser, fresh, fresh_client, fresh_amazon):
    with SimulatorAdmin(fresh_amazon.url) as admin:
        # A site of the application's own, which shows what Amazon brings.
        admin.change_application(redirect_uris=[f"{fresh_amazon.url}/shown"])
    setup = begin(browser, fresh)
    setup.choose_marketplace("Amazon.de")
    setup.choose_way("code")
    setup.type_in(**application())
    setup.button("action_open_amazon")
    amazon_tab = browser.new_tab()
    amazon_tab.wait_for("document.querySelector('form') !== null", "Amazon's page")
    authorise(amazon_tab, EUROPE)
    address = amazon_tab.wait_for(
        "location.href.includes('spapi_oauth_code') && location.search",
        "the code in the address",
    )
    shown = dict(part.split("=", 1) for part in address[1:].split("&"))
    assert shown["selling_partner_id"] == EUROPE.seller_id
    # A tab behind another one is not drawn anew; what is typed there would be lost.
    browser.to_front()
    browser.wait_for(f"document.querySelector('{AWAITED}') !== null", "the waiting")
    setup.type_in(
        seller_id=f"  {EUROPE.seller_id} ",
        authorization_code=shown["spapi_oauth_code"],
    )
    keep(browser, "setup_code")
    setup.button("action_continue")
    setup.finish()
    assert completed(fresh_client, EUROPE)["name"] == "Nordlicht Handel"


def test_by_an_application_of_ones_own(browser, fresh, fresh_client):
    setup = begin(browser, fresh)
    setup.choose_marketplace("Amazon.co.jp")
    setup.choose_way("own")
    setup.type_in(
        seller_id=FAR_EAST.seller_id,
        lwa_client_id=CLIENT_ID,
        lwa_client_secret=CLIENT_SECRET,
        refresh_token=FAR_EAST.refresh_token,
    )
    keep(browser, "setup_own")
    setup.button("action_continue")
    setup.finish()
    assert completed(fresh_client, FAR_EAST)["name"] == "Hokuto Trading"
