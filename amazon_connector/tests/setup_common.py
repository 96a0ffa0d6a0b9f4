"""What the tests of the guided set-up share: a set-up, and an Amazon for it."""

from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from .common import SECRETS, AmazonCommon, FakeAmazon

AUTHORIZE = "odoo.addons.amazon_connector.wizards.amazon_connection_setup_authorize"
APPLICATION = {
    "application_id": "amzn1.sellerapps.app.example",
    "lwa_client_id": "amzn1.application-oa2-client.example",
    "lwa_client_secret": "example-secret",
}


class SetupCommon(AmazonCommon):
    def setUp(self):
        super().setUp()
        # One Amazon for whatever is being set up, which has no id yet.
        self.account = FakeAmazon()
        test = self

        def open_client(_connection, observer):
            return test.account.open(observer)

        self.patch(self.env.registry["amazon.connection"], "_open_client", open_client)
        setups = self.env.registry["amazon.connection.setup"]
        self.patch(setups, "_commit_exchange", lambda setup: setup.env.flush_all())
        self.exchange = self.startPatcher(patch(f"{AUTHORIZE}.exchange_code"))
        self.exchange.return_value = "Atzr|exchanged"
        self.env["ir.config_parameter"].set_param(
            "web.base.url", "https://odoo.example"
        )

    def new_setup(self, method="own", **values):
        own = {"seller_id": "A2NEWSELLER", **SECRETS} if method == "own" else {}
        return self.env["amazon.connection.setup"].create(
            {
                "marketplace_id": self.env.ref(
                    "amazon_connector.amazon_marketplace_us"
                ).id,
                "method": method,
                "download_products": False,
                **APPLICATION,
                **own,
                **values,
            }
        )

    def state_of(self, setup):
        """Press Open Amazon; the query of the address that opens."""
        address = setup.action_open_amazon()["url"]
        return {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}

    def come_back(self, setup, code="CODE", seller="A2NEWSELLER"):
        """Amazon sends the browser back, as after a confirmation there."""
        state = self.state_of(setup)["state"]
        found = self.env["amazon.connection.setup"]._find_by_state(state)
        return found._process_redirect(seller, code)

    def go_on(self, setup, pages=3):
        for _ in range(pages):
            self.assertFalse(setup.problem)
            setup.action_continue()

    def made(self, seller="A2NEWSELLER"):
        return (
            self.env["amazon.connection"]
            .with_context(active_test=False)
            .search([("seller_id", "=", seller)])
        )
