"""Amazon fails one store: the user is told, the other store goes on, it ends well."""

import pytest
from host.ports import LOCALHOST, free_port
from shop import wait_until

UNREACHED = "Amazon could not be reached or did not answer properly"
OUT_OF_ORDER = "Amazon answered that it is out of order"
NOT_UNDERSTOOD = "Amazon answered something that cannot be understood"
DENIED = "Amazon denies access"
WAITING = "Waiting for Amazon's quota until"
LOST = "was lost. The shipment is looked up"

DOWNLOAD_FAULTS = [
    # kind, times, outcome, level, what the user reads
    ("html_503", 1, "failed", "error", OUT_OF_ORDER),
    ("json_500", 1, "failed", "error", OUT_OF_ORDER),
    ("reset", 1, "failed", "error", UNREACHED),
    ("not_json", 1, "failed", "error", NOT_UNDERSTOOD),
    ("empty", 1, "failed", "error", NOT_UNDERSTOOD),
    # Once is no problem at all: a new token is taken.
    ("forbidden", 2, "failed", "error", DENIED),
    ("expired_token", 2, "failed", "error", DENIED),
    ("throttle", 1, "waiting", "info", WAITING),
]
REFUSED_FAULTS = [
    ("forbidden", 2, "failed", DENIED),
    ("expired_token", 2, "failed", DENIED),
    ("throttle", 1, "waiting", WAITING),
]
# The requests that Amazon gets for one shipment: one more when the first did nothing.
LOST_ANSWERS = [
    ("html_503", 2),
    ("json_500", 2),
    ("reset", 2),
    ("html_503_after", 1),
    ("json_500_after", 1),
    ("reset_after", 1),
]


class TestDownload:
    @pytest.mark.parametrize(
        ("kind", "times", "outcome", "level", "sentence"),
        DOWNLOAD_FAULTS,
        ids=[fault[0] for fault in DOWNLOAD_FAULTS],
    )
    def test_a_failure_stays_with_its_store(
        self, america, europe, amazon, kind, times, outcome, level, sentence
    ):
        (mine,), (theirs,) = america.new_orders(), europe.new_orders()
        cursor, their_cursor = america.set_back(), europe.set_back()
        amazon.add_fault(
            kind, operation="searchOrders", seller_id=america.seller_id, times=times
        )
        their_last = europe.last_run_id("download_orders")
        run = america.run("action_download_orders")
        their_run = europe.run_after(their_last, "download_orders")
        assert (run.outcome, run.levels) == (outcome, [level])
        assert sentence in run.text
        assert america.synced_until == cursor
        assert america.put_off("download_orders")
        assert america.sales([mine]) == []
        assert their_run.outcome == "done"
        assert europe.synced_until > their_cursor
        assert not europe.put_off("download_orders")
        assert europe.sales([theirs]) == [theirs]
        # The button forgets the delay; a run that waits for quota is continued.
        run = america.run("action_download_orders")
        before = [level] if outcome == "waiting" else []
        assert (run.outcome, run.levels) == ("done", before)
        assert america.synced_until > cursor
        assert not america.put_off("download_orders")
        assert america.sales([mine]) == [mine]

    def test_a_failure_between_two_pages_costs_no_order(self, america, amazon):
        america.run("action_download_orders")
        order_ids = america.new_orders(101)
        cursor = america.set_back()
        searching = {"operation": "searchOrders", "seller_id": america.seller_id}
        # Faults wait in line: the first page is only late, the second one fails.
        amazon.add_fault("slow", delay_seconds=0.1, **searching)
        amazon.add_fault("html_503", **searching)
        last = america.last_run_id("download_orders")
        america.press("action_download_orders")
        run = america.run_after(last, "download_orders")
        assert (run.outcome, run.levels) == ("failed", ["error"])
        assert america.synced_until == cursor
        first_page = america.sales(order_ids)
        assert 0 < len(first_page) < 101
        amazon.clear_journal()
        america.press("action_download_orders")
        run = america.run_after(run.id, "download_orders")
        assert run.outcome in ("done", "nothing")
        # What was stored is not asked for again.
        asked = [
            entry["query"]
            for entry in amazon.journal("searchOrders")
            if entry["seller_id"] == america.seller_id
        ]
        assert len(asked) == 1
        assert "paginationToken" in asked[0]
        assert america.synced_until > cursor
        assert america.sales(order_ids) == sorted(order_ids)

    def test_used_up_quota_is_waited_for_without_asking_amazon(self, america, amazon):
        america.run("action_download_orders")
        (mine,) = america.new_orders()
        cursor = america.set_back()
        america.set_quota("searchOrders", tokens=0, rate=0.0056)
        amazon.clear_journal()
        run = america.run("action_download_orders")
        assert (run.outcome, run.levels) == ("waiting", ["info"])
        assert WAITING in run.text
        asked = {entry["seller_id"] for entry in amazon.journal("searchOrders")}
        assert america.seller_id not in asked
        assert america.synced_until == cursor
        assert america.put_off("download_orders")
        # The button forgets the delay, but not Amazon's quota.
        assert america.run("action_download_orders").outcome == "waiting"
        america.set_quota("searchOrders", tokens=20, rate=5.6)
        assert america.run("action_download_orders").outcome == "done"
        assert america.sales([mine]) == [mine]


class TestShipments:
    @pytest.mark.parametrize(
        ("kind", "times", "outcome", "sentence"),
        REFUSED_FAULTS,
        ids=[fault[0] for fault in REFUSED_FAULTS],
    )
    def test_a_refusal_of_the_store_keeps_the_shipment_waiting(
        self, america, europe, amazon, kind, times, outcome, sentence
    ):
        mine, theirs = america.sold(), europe.sold()
        amazon.add_fault(kind, operation="confirmShipment", order_id=mine, times=times)
        run, their_run = self.ship_both(america, mine, europe, theirs)
        assert run.outcome == outcome
        assert sentence in run.text
        assert america.put_off("send_shipments")
        assert america.shipment_state(mine) == "pending"
        assert america.applied(mine) == 0
        assert their_run.outcome == "done"
        assert europe.shipment_state(theirs) == "done"
        assert europe.applied(theirs) == 1
        assert america.run("action_send_shipments").outcome == "done"
        assert america.shipment_state(mine) == "done"
        assert america.applied(mine) == 1

    @pytest.mark.parametrize(
        ("kind", "requests"), LOST_ANSWERS, ids=[fault[0] for fault in LOST_ANSWERS]
    )
    def test_a_lost_answer_leads_to_exactly_one_confirmation(
        self, america, europe, amazon, kind, requests
    ):
        mine, theirs = america.sold(), europe.sold()
        amazon.add_fault(kind, operation="confirmShipment", order_id=mine)
        run, their_run = self.ship_both(america, mine, europe, theirs)
        assert (run.outcome, run.levels) == ("warning", ["warning"])
        assert f"Amazon's answer for order {mine} {LOST}" in run.text
        assert america.shipment_state(mine) == "unknown"
        assert their_run.outcome == "done"
        assert europe.shipment_state(theirs) == "done"
        # Not before its time, however often the button is pressed.
        america.run("action_send_shipments")
        assert america.shipment_state(mine) == "unknown"
        assert len(america.confirmations(mine)) == 1
        america.let_look_up()
        assert america.run("action_send_shipments").outcome == "done"
        assert america.shipment_state(mine) == "done"
        assert america.applied(mine) == 1
        assert len(america.confirmations(mine)) == requests

    def test_an_answer_that_does_not_come_is_not_waited_for_long(self, america, amazon):
        order_id = america.sold()
        # The connector waits for half a minute.
        amazon.add_fault(
            "timeout_after",
            operation="confirmShipment",
            order_id=order_id,
            delay_seconds=35,
        )
        last = america.last_run_id("send_shipments")
        america.ship(order_id, "1Z999AA10000000007")
        run = america.run_after(last, "send_shipments")
        assert run.outcome == "warning"
        assert run.levels == ["warning"]
        assert america.shipment_state(order_id) == "unknown"
        america.database.calm_down()
        america.let_look_up()
        assert america.run("action_send_shipments").outcome == "done"
        assert america.applied(order_id) == 1
        assert len(america.confirmations(order_id)) == 1

    def test_a_number_corrected_while_the_request_is_on_its_way_ends_at_amazon(
        self, america, amazon
    ):
        """The connector reads the shipment anew when the answer is there."""
        order_id = america.sold()
        wrong, right = "1Z999AA10000000008", "1Z999AA10000000009"
        amazon.add_fault(
            "slow", operation="confirmShipment", order_id=order_id, delay_seconds=8
        )
        america.ship(order_id, wrong)
        wait_until(
            lambda: america.shipment_state(order_id) == "sent", "the request to leave"
        )
        picking_id = america.client.call(
            "stock.picking", "search", [("amazon_order_ref", "=", order_id)]
        )
        america.client.call(
            "stock.picking", "write", picking_id, {"carrier_tracking_ref": right}
        )
        assert america.shipment_state(order_id) == "sent"
        wait_until(
            lambda: america.applied(order_id) == 2, "the correction after the answer"
        )
        wait_until(
            lambda: america.shipment_state(order_id) == "done", "its confirmation"
        )
        order = amazon.order(order_id)
        (package,) = order["packages"]
        assert package["trackingNumber"] == right

    @staticmethod
    def ship_both(america, mine, europe, theirs):
        """Ship one shipment of each store; return the runs that sent them."""
        last = europe.last_run_id("send_shipments")
        europe.ship(theirs, "1Z999AA10000000005")
        their_run = europe.run_after(last, "send_shipments")
        europe.database.calm_down()
        last = america.last_run_id("send_shipments")
        america.ship(mine, "1Z999AA10000000006")
        return america.run_after(last, "send_shipments"), their_run


def test_an_expired_token_is_renewed_unnoticed(america, amazon):
    (order_id,) = america.new_orders()
    amazon.add_fault("expired_token", seller_id=america.seller_id)
    run = america.run("action_download_orders")
    assert (run.outcome, run.levels) == ("done", [])
    assert america.sales([order_id]) == [order_id]
    amazon.add_fault("expired_token", operation="confirmShipment", order_id=order_id)
    last = america.last_run_id("send_shipments")
    america.ship(order_id, "1Z999AA10000000003")
    run = america.run_after(last, "send_shipments")
    assert (run.outcome, run.levels) == ("done", [])
    assert america.applied(order_id) == 1
    assert amazon.faults() == []


def test_nobody_answers(america, europe, unreachable):
    order_id = america.sold()
    # Both stores are due again.
    america.database.calm_down()
    (mine,) = america.new_orders()
    cursors = [america.set_back(), europe.set_back()]
    their_last = europe.last_run_id("download_orders")
    last = america.last_run_id("send_shipments")
    with unreachable:
        runs = [
            america.run("action_download_orders"),
            europe.run_after(their_last, "download_orders"),
        ]
        america.ship(order_id, "1Z999AA10000000004")
        runs.append(america.run_after(last, "send_shipments"))
    assert [run.outcome for run in runs] == ["failed"] * 3
    assert all(UNREACHED in run.text for run in runs)
    assert [america.synced_until, europe.synced_until] == cursors
    assert america.shipment_state(order_id) == "pending"
    assert america.run("action_download_orders").outcome == "done"
    assert america.sales([mine]) == [mine]
    assert america.run("action_send_shipments").outcome == "done"
    assert america.applied(order_id) == 1


@pytest.fixture
def unreachable(client, simulator):
    """A context in which Odoo asks where nobody listens."""
    return Elsewhere(client, simulator.url)


class Elsewhere:
    """Points Odoo at a closed port, and back."""

    def __init__(self, client, url):
        self.client = client
        self.url = url

    def __enter__(self):
        self._point_at(f"http://{LOCALHOST}:{free_port()}")

    def __exit__(self, *_exc_info):
        self._point_at(self.url)

    def _point_at(self, url):
        for name in ("sp_api_url", "lwa_url"):
            self.client.call(
                "ir.config_parameter", "set_param", f"amazon_connector.{name}", url
            )
