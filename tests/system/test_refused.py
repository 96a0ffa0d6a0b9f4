"""What a user reads when Amazon refuses; nothing half-connected is left behind.

The table of docs/connect.md holds these sentences.
"""

import pytest
from guided import CONNECTION, Guided
from host.rpc import OdooClient
from requests import Session

from spapi_simulator.accounts import EUROPE, NORTH_AMERICA
from spapi_simulator.admin import SimulatorAdmin

US = "ATVPDKIKX0DER"
AUTHORIZE = "/amazon_connector/authorize"
SP_API_URL = "amazon_connector.sp_api_url"


@pytest.fixture
def amazon(fresh_amazon):
    """The simulator's admin client; all is as it was after the test."""
    with SimulatorAdmin(fresh_amazon.url) as admin:
        yield admin
        admin.reset()


@pytest.fixture
def nothing_left(fresh_client):
    """No connection before, none after."""
    everything = {"context": {"active_test": False}}
    assert fresh_client.call(CONNECTION, "search", [], **everything) == []
    yield
    assert fresh_client.call(CONNECTION, "search", [], **everything) == []


def own(client, **values):
    """A set-up with an application of one's own."""
    values = {
        "method": "own",
        "seller_id": NORTH_AMERICA.seller_id,
        "refresh_token": NORTH_AMERICA.refresh_token,
    } | values
    return Guided(client, US, **values)


def by_code(client, code):
    """A set-up with a pasted code."""
    return Guided(
        client,
        US,
        method="code",
        seller_id=NORTH_AMERICA.seller_id,
        authorization_code=code,
    )


def problem(guided):
    """Press Continue; what the page says."""
    guided.call("action_continue")
    values = guided.read("problem", "step")
    assert values["step"] == "connect"
    return values["problem"]


def session_of_another(fresh, client, login, group):
    """A session of a new user who is in a group."""
    groups = client.call("res.groups", "search", [("full_name", "=", group)])
    assert groups
    client.call(
        "res.users",
        "create",
        {
            "name": login,
            "login": login,
            "password": "one-of-the-test",
            "group_ids": [(4, found) for found in groups],
        },
    )
    return OdooClient(fresh.url, fresh.database, login, "one-of-the-test")


def code_of(guided):
    """A code that Amazon brings back."""
    address = guided.authorise(NORTH_AMERICA)
    return address.split("spapi_oauth_code=")[1].split("&")[0]


@pytest.mark.usefixtures("nothing_left")
class TestRefused:
    def test_a_wrong_code(self, fresh_client):
        said = problem(by_code(fresh_client, "NOT-A-CODE"))
        assert said.startswith("Amazon does not accept the authorization code")

    def test_an_expired_code(self, fresh_client, amazon):
        code = code_of(Guided(fresh_client, US))
        amazon.advance_clock(301)
        said = problem(by_code(fresh_client, code))
        assert "older than five minutes" in said

    def test_a_used_code(self, fresh_client):
        first = Guided(fresh_client, US)
        address = first.authorise(NORTH_AMERICA)
        code = address.split("spapi_oauth_code=")[1].split("&")[0]
        first.come_back(address)
        assert first.read("step")["step"] == "general"
        said = problem(by_code(fresh_client, code))
        assert "was used already" in said

    def test_a_wrong_secret(self, fresh_client):
        said = problem(own(fresh_client, lwa_client_secret="wrong"))
        assert "does not accept the client identifier or client secret" in said

    def test_an_expired_secret(self, fresh_client, amazon):
        amazon.change_application(client_secret_expired=True)
        assert "it lasts 180 days" in problem(own(fresh_client))

    def test_an_expired_secret_that_is_told_after_the_login(self, fresh_client, amazon):
        # Once could be an old token; the next one is refused as well.
        amazon.add_fault("expired_secret", times=2)
        assert "it lasts 180 days" in problem(own(fresh_client))

    def test_a_wrong_token(self, fresh_client):
        said = problem(own(fresh_client, refresh_token="Atzr|wrong"))
        assert said.startswith("Amazon does not accept the refresh token")

    def test_a_missing_role(self, fresh_client, amazon):
        amazon.set_missing_roles(NORTH_AMERICA.seller_id, "all")
        assert "lacks a role" in problem(own(fresh_client))

    def test_another_region(self, fresh_client, fresh_amazon):
        set_param = ("ir.config_parameter", "set_param", SP_API_URL)
        fresh_client.call(*set_param, f"{fresh_amazon.url}/na")
        try:
            said = problem(own(fresh_client, refresh_token=EUROPE.refresh_token))
        finally:
            fresh_client.call(*set_param, fresh_amazon.url)
        assert "the account belongs to another region" in said

    def test_a_marketplace_of_another_region(self, fresh_client):
        said = problem(own(fresh_client, refresh_token=EUROPE.refresh_token))
        assert "does not sell in Amazon.com" in said
        assert "DE, FR, GB" in said

    def test_no_network(self, fresh_client, fresh_amazon):
        set_param = ("ir.config_parameter", "set_param", "amazon_connector.lwa_url")
        # Port 9 of this machine: nobody listens there.
        fresh_client.call(*set_param, "http://127.0.0.1:9")
        try:
            said = problem(own(fresh_client))
        finally:
            fresh_client.call(*set_param, fresh_amazon.url)
        assert "could not be reached" in said
        assert "Check the network" in said

    @pytest.mark.parametrize("state", ["never-sent", ""])
    def test_a_foreign_state(self, fresh, fresh_client, state):
        answer = fresh_client.session.get(
            fresh.url + AUTHORIZE,
            params={
                "state": state,
                "selling_partner_id": NORTH_AMERICA.seller_id,
                "spapi_oauth_code": "CODE",
            },
            timeout=30,
        )
        assert answer.status_code == 400
        assert "This authorisation cannot be used" in answer.text
        assert answer.headers["Referrer-Policy"] == "no-referrer"

    def test_a_return_address_that_is_loaded_again_leads_to_its_set_up(
        self, fresh_client
    ):
        guided = Guided(fresh_client, US)
        address = guided.authorise(NORTH_AMERICA)
        for _ in range(2):
            answer = guided.come_back(address)
            assert answer.status_code == 200
            assert answer.url.endswith(f"/{guided.id}")
        assert guided.read("step")["step"] == "general"

    def test_the_state_of_another_user(self, fresh, fresh_client):
        for login, group in (
            ("second", "Amazon / Administrator"),
            ("without-rights", "Role / User"),
        ):
            other = session_of_another(fresh, fresh_client, login, group)
            guided = Guided(fresh_client, US)
            address = guided.authorise(NORTH_AMERICA)
            assert other.session.get(address, timeout=30).status_code == 400
            assert guided.read("step")["step"] == "connect"

    def test_a_stranger_has_to_log_in(self, fresh):
        stranger = Session()
        stranger.trust_env = False
        answer = stranger.get(fresh.url + AUTHORIZE, allow_redirects=False, timeout=30)
        assert answer.is_redirect
        assert "/web/login" in answer.headers["location"]


def test_a_seller_that_is_connected_already(fresh_client):
    first = own(fresh_client)
    first.finish()
    said = problem(own(fresh_client))
    assert "is already connected in this region" in said
    assert "Northwind Trading" in said
