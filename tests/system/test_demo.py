"""The running demo: a person connects further stores, with what it prints alone.

With PICTURES=1, what is seen is kept as pictures in docs/.
"""

import re
import signal
import subprocess
import uuid
from os import environ
from types import SimpleNamespace

import pytest
from browser import Browser
from guided import Guided
from host.browser import ADVICE, find_browser
from host.demo.visit import (
    CODE_PATH,
    SimulatorGuide,
    region_of,
    seller_central_url,
)
from host.paths import REPOSITORY
from host.rpc import OdooClient
from host.simulator import SimulatorServer
from shop import wait_until
from test_browser import keep
from test_commands import MARK, databases_of, left_behind
from test_setup import authorise, begin

from spapi_simulator.accounts import NORTH_AMERICA
from spapi_simulator.admin import SimulatorAdmin

READY = "Ctrl-C stops everything."
# A machine that does something else as well takes several times as long.
START = 900
# The demo waits for all of them; fewer than it has for who looks around.
LISTINGS = 40


def accounts_in(text):
    """The accounts of which a text says what to type, by what is first in their row."""
    rows = re.findall(
        r"^  (\S.*?) {2,}(Amazon\..*?) {2,}(A\S+) {2,}(Atzr\S+)$", text, re.M
    )
    names = ("store_name", "marketplace", "seller_id", "refresh_token")
    return {
        row[0]: SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows
    }


class Demo:
    """script/demo as a person starts it, and what is read on the terminal."""

    def __init__(self, folder, postgres):
        self.log = folder / "demo.log"
        self.mark = uuid.uuid4().hex
        self.postgres = postgres
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                ["script/demo", "--listings", str(LISTINGS)],
                cwd=REPOSITORY,
                env=environ | {MARK: self.mark},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self):
        try:
            wait_until(self._is_ready, "the running demo", START)
        except BaseException:
            self.process.terminate()
            self.process.wait(60)
            raise
        return self

    def __exit__(self, *_exc_info):
        """Press Ctrl-C; nothing is left behind."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(60)
        assert code == 0, self.text
        assert left_behind(self.mark) == []
        assert databases_of(self.postgres, self.process) == []

    def _is_ready(self):
        assert self.process.poll() is None, self.text
        return READY in self.text

    @property
    def text(self):
        """All that was printed."""
        return self.log.read_text()

    def told(self, label):
        """What stands beside a label."""
        return re.search(rf"^  {re.escape(label)} {{2,}}(\S+)$", self.text, re.M)[1]

    @property
    def url(self):
        """Where Odoo is."""
        return re.search(r"^Odoo is at (http\S+)/odoo ", self.text, re.M)[1]

    def accounts(self):
        """The accounts that can be connected, by what is first in their row."""
        return accounts_in(self.text)

    def application(self):
        """What is to be typed of the application, by the fields of the set-up."""
        return {
            "application_id": self.told("Application ID"),
            "lwa_client_id": self.told("Client Identifier"),
            "lwa_client_secret": self.told("Client Secret"),
        }

    def client(self):
        """An administrator's session."""
        (database,) = databases_of(self.postgres, self.process)
        return OdooClient(self.url, database)


@pytest.fixture(scope="module")
def demo(tmp_path_factory, postgres):
    """The running demo with its own simulator."""
    with Demo(tmp_path_factory.mktemp("demo"), postgres) as started:
        yield started


@pytest.fixture
def person(tmp_path, demo):
    """A browser in which somebody logged in as the demo says."""
    program = find_browser()
    if not program:
        pytest.skip(ADVICE)
    login, password = re.search(r"login (\w+), password (\w+)", demo.text).groups()
    with Browser(program, tmp_path) as started:
        started.open(f"{demo.url}/odoo")
        # Hidden until Odoo's own script runs; nothing can be typed before.
        form = "document.querySelector('.oe_login_form')"
        started.wait_for(f"{form}.offsetParent !== null", "the login page")
        started.fill("input[name=login]", login)
        started.fill("input[name=password]", password)
        started.press(".oe_login_form button[type=submit]")
        # Of a new database Odoo makes its style sheets and scripts first.
        page = "document.querySelector('.o_web_client .o_main_navbar') !== null"
        wait_until(lambda: started.evaluate(page), "Odoo's first page")
        yield started


def is_completed(demo, account):
    """The store is connected, and its orders came in."""
    client = demo.client()

    def probe():
        return client.call(
            "amazon.connection",
            "search_read",
            [("seller_id", "=", account.seller_id), ("state", "=", "completed")],
            ["name", "import_summary"],
        )

    (connection,) = wait_until(probe, f"the import of {account.store_name}", START)
    assert connection["name"] == account.store_name
    return "Orders" in connection["import_summary"]


def test_odoo_and_amazon_agree(demo):
    assert "NOT AS IT SHOULD BE" not in demo.text
    assert re.search(r"Amazon confirmed \d+ shipments\.", demo.text)


def test_every_account_but_the_connected_one_is_free(demo):
    assert set(demo.accounts()) == {
        "Nordlicht Handel",
        "Hokuto Trading",
        "Maple Leaf Supplies",
    }
    connections = demo.client().call(
        "amazon.connection",
        "search_read",
        [],
        ["seller_id", "state"],
        context={"active_test": False},
    )
    assert [(row["seller_id"], row["state"]) for row in connections] == [
        ("A1SIMULATOR0NA", "completed")
    ]


def test_on_amazons_page_and_back(demo, person):
    account = demo.accounts()["Hokuto Trading"]
    setup = begin(person, demo)
    setup.choose_marketplace(account.marketplace)
    setup.type_in(**demo.application())
    keep(person, "demo_redirect_1")
    setup.button("action_open_amazon")
    amazon_tab = person.new_tab()
    amazon_tab.wait_for("document.querySelector('form') !== null", "Amazon's page")
    keep(amazon_tab, "demo_redirect_2")
    authorise(amazon_tab, account)
    person.to_front()
    # The set-up goes on by itself in the tab where it was begun.
    setup.is_at("Whose store, which warehouse")
    keep(person, "demo_redirect_3")
    setup.finish()
    assert is_completed(demo, account)
    keep(person, "demo_redirect_4")


def test_with_a_code_from_amazons_page(demo, person):
    account = demo.accounts()["Nordlicht Handel"]
    setup = begin(person, demo)
    setup.choose_marketplace(account.marketplace)
    setup.choose_way("code")
    setup.type_in(**demo.application())
    setup.button("action_open_amazon")
    amazon_tab = person.new_tab()
    amazon_tab.wait_for("document.querySelector('form') !== null", "Amazon's page")
    authorise(amazon_tab, account)
    amazon_tab.wait_for(
        "document.querySelector('#spapi_oauth_code') !== null", "the code on a page"
    )
    keep(amazon_tab, "demo_code_1")
    (seller_id,) = amazon_tab.texts("#selling_partner_id")
    (code,) = amazon_tab.texts("#spapi_oauth_code")
    person.to_front()
    setup.type_in(seller_id=seller_id, authorization_code=code)
    keep(person, "demo_code_2")
    setup.button("action_continue")
    setup.finish()
    assert is_completed(demo, account)


def test_with_an_application_of_ones_own(demo):
    account = demo.accounts()["Maple Leaf Supplies"]
    # A marketplace by Amazon's id: Canada.
    setup = Guided(
        demo.client(),
        "A2EUQ1WTGCTBG2",
        method="own",
        **demo.application(),
        seller_id=account.seller_id,
        refresh_token=account.refresh_token,
    )
    setup.call("action_continue")
    assert not setup.read("problem")["problem"]
    setup.finish()
    assert is_completed(demo, account)


def test_a_server_of_ones_own_gets_a_website_and_tells_its_own_accounts(tmp_path):
    with SimulatorServer(tmp_path / "simulator.log", orders=0) as server:
        # Its application has no website, and SP-API is not at the top.
        sp_api_url = f"{server.url}/na"
        assert seller_central_url(sp_api_url) == server.url
        guide = SimulatorGuide(server.url, region_of(sp_api_url))
        assert guide.is_simulator()
        with SimulatorAdmin(server.url) as admin:
            assert admin.change_application()["redirect_uris"] == []
            guide.ensure_redirect_uri()
            uris = admin.change_application()["redirect_uris"]
            assert uris == [server.url + CODE_PATH]
        canada = "Amazon.ca (Canada)"
        lines = guide.lines(NORTH_AMERICA.seller_id, {"A2EUQ1WTGCTBG2": canada})
        # Those of other regions are refused there.
        ((name, account),) = accounts_in("\n".join(lines)).items()
        assert (name, account.marketplace) == ("Maple Leaf Supplies", canada)
