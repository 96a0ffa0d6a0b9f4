"""Wrong credentials: Amazon's reason in words, nothing connected, nothing leaked."""

import pytest
from host.rpc import OdooError

from spapi_simulator.accounts import CLIENT_ID, CLIENT_SECRET, EUROPE, NORTH_AMERICA

WRONG_SECRET = "simulator-mistyped-secret-7d1f"
WRONG_TOKEN = "Atzr|simulator-mistyped-token-7d1f"
SECRETS = (
    WRONG_SECRET,
    WRONG_TOKEN,
    CLIENT_SECRET,
    EUROPE.refresh_token,
    NORTH_AMERICA.refresh_token,
    "Atza|",
)
GOOD = {
    "seller_id": "A9NEWSELLER",
    "lwa_client_id": CLIENT_ID,
    "lwa_client_secret": CLIENT_SECRET,
    "refresh_token": NORTH_AMERICA.refresh_token,
}
CASES = {
    "wrong_secret": (
        {"lwa_client_secret": WRONG_SECRET},
        "Amazon does not accept the client identifier or client secret",
    ),
    "wrong_client": (
        {"lwa_client_id": "amzn1.application-oa2-client.another"},
        "Amazon does not accept the client identifier or client secret",
    ),
    "wrong_refresh_token": (
        {"refresh_token": WRONG_TOKEN},
        "Amazon does not accept the refresh token",
    ),
    "account_of_another_region": (
        {"refresh_token": EUROPE.refresh_token},
        "this account does not sell in",
    ),
    "no_refresh_token": (
        {"refresh_token": False},
        "Enter Selling Partner ID, client identifier, client secret and refresh token",
    ),
}


@pytest.fixture
def draft(client, connected):
    """A function that makes a connection; it is deleted at the end."""
    made = []

    def create(**values):
        (marketplace_id,) = client.call(
            "amazon.marketplace",
            "search",
            [("amazon_marketplace_id", "=", "ATVPDKIKX0DER")],
        )
        made.extend(
            client.call(
                "amazon.connection",
                "create",
                [GOOD | {"marketplace_id": marketplace_id} | values],
            )
        )
        return made[-1]

    yield create
    client.call("amazon.connection", "unlink", made)


@pytest.mark.parametrize(("values", "reason"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("button", ["action_connect", "action_test_connection"])
def test_amazons_reason_is_told_and_nothing_is_connected(
    client, odoo, database, draft, values, reason, button
):
    connection_id = draft(**values)
    seen = len(odoo.log_text())
    with pytest.raises(OdooError) as caught:
        client.call("amazon.connection", button, [connection_id])
    assert caught.value.name == "odoo.exceptions.UserError"
    assert reason in str(caught.value)
    rows = database(
        "SELECT state, name FROM amazon_connection WHERE id = %s", connection_id
    )
    assert rows == [("draft", None)]
    fronts = database(
        "SELECT id FROM amazon_storefront WHERE connection_id = %s", connection_id
    )
    assert fronts == []
    told = f"{caught.value} {caught.value.debug} {odoo.log_text()[seen:]}"
    assert [secret for secret in SECRETS if secret in told] == []


def test_a_draft_downloads_nothing(client, draft):
    connection_id = draft(lwa_client_secret=WRONG_SECRET)
    with pytest.raises(OdooError, match="is not connected. Press Connect."):
        client.call("amazon.connection", "action_download_orders", [connection_id])


def test_an_account_is_connected_only_once(draft, connected):
    with pytest.raises(OdooError, match="is already connected in this region"):
        draft(seller_id=NORTH_AMERICA.seller_id)


def test_secrets_can_be_read_neither_back_nor_in_the_database(
    client, odoo, database, connected
):
    ids = list(connected.values())
    names = ["lwa_client_secret", "refresh_token"]
    for row in client.call("amazon.connection", "read", ids, names):
        assert not any(row[name] for name in names)
    stored = str(database("SELECT * FROM amazon_connection"))
    seen = stored + odoo.log_text()
    assert [secret for secret in SECRETS if secret in seen] == []
