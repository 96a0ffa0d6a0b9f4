"""Access is withdrawn in the middle of an import, and given back."""

import pytest
from guided import CONNECTION, Guided, connection, wait_for_state
from shop import Database, wait_until

from spapi_simulator.accounts import NORTH_AMERICA
from spapi_simulator.admin import SimulatorAdmin

ORDERS = 250


@pytest.fixture
def amazon(fresh_amazon):
    """The simulator's admin client."""
    with SimulatorAdmin(fresh_amazon.url) as admin:
        yield admin
        admin.clear_faults()
        admin.restore_authorisation(NORTH_AMERICA.seller_id)


def requests_of(amazon):
    """What the connector asked for, refusals included."""
    return [entry["operation"] for entry in amazon.journal()]


def stored(client, connection_id):
    """How many orders came into the inbox."""
    domain = [("connection_id", "=", connection_id)]
    return client.call("amazon.order", "search_count", domain)


def test_the_import_stops_and_ends_complete_after_all(
    fresh, fresh_client, amazon, postgres
):
    database = Database(postgres, fresh.database)
    client = fresh_client
    amazon.create_orders(
        NORTH_AMERICA.seller_id,
        count=ORDERS,
        marketplace_id="ATVPDKIKX0DER",
        age_seconds=3600,
    )
    expected = len(
        [
            order
            for order in amazon.orders(NORTH_AMERICA.seller_id)
            if order["salesChannel"]["marketplaceId"] == "ATVPDKIKX0DER"
            and order["fulfillment"]["fulfilledBy"] == "MERCHANT"
        ]
    )
    guided = Guided(
        client,
        "ATVPDKIKX0DER",
        method="own",
        seller_id=NORTH_AMERICA.seller_id,
        refresh_token=NORTH_AMERICA.refresh_token,
    )
    # Every page takes its time, so that the withdrawal falls between two.
    amazon.add_fault("slow", operation="searchOrders", delay_seconds=2, times=20)
    connection_id = guided.finish()
    wait_until(lambda: stored(client, connection_id), "the first page")
    values = connection(client, connection_id, "import_progress", "import_message")
    assert 0 < values["import_progress"] < 100
    assert "Orders read: " in values["import_message"]
    amazon.withdraw_authorisation(NORTH_AMERICA.seller_id)
    wait_for_state(client, connection_id, "reauthorize")
    assert 0 < stored(client, connection_id) < expected

    amazon.clear_journal()
    # The scheduled action comes round, finds nothing to do and calls nobody.
    database.come_round()
    wait_until(database.is_off, "the end of the scheduled actions")
    with pytest.raises(Exception, match="not connected"):
        client.call(CONNECTION, "action_download_orders", [connection_id])
    assert requests_of(amazon) == []
    activities = client.call(
        "mail.activity",
        "search_count",
        [("res_model", "=", CONNECTION), ("res_id", "=", connection_id)],
    )
    assert activities == 1

    amazon.clear_faults()
    amazon.restore_authorisation(NORTH_AMERICA.seller_id)
    action = client.call(CONNECTION, "action_authorize_again", [connection_id])
    setup_id = action["res_id"]
    client.call(
        action["res_model"],
        "write",
        [setup_id],
        {"method": "own", "refresh_token": NORTH_AMERICA.refresh_token},
    )
    client.call(action["res_model"], "action_continue", [setup_id])
    wait_for_state(client, connection_id, "completed")
    assert stored(client, connection_id) == expected
    activities = client.call(
        "mail.activity",
        "search_count",
        [("res_model", "=", CONNECTION), ("res_id", "=", connection_id)],
    )
    assert activities == 0
