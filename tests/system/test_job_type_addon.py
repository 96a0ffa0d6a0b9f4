"""Another addon adds a job to the connector, and is uninstalled again.

The addon is addons/amazon_connector_test_job; nothing in the connector knows of it.
"""

from pathlib import Path

import pytest
from guided import CONNECTION
from host.paths import REPOSITORY
from host.rpc import OdooClient, OdooError
from servers import prepare_odoo
from shop import Database, Shop, wait_until

from spapi_simulator.accounts import EUROPE, NORTH_AMERICA
from spapi_simulator.admin import SimulatorAdmin

ADDONS = Path(__file__).resolve().parent / "addons"
MODULE = "amazon_connector_test_job"
KIND = "count_listings"
LABEL = "Count listings"
OPERATION = "getMarketplaceParticipations"
JOB = "amazon.job"
HISTORY = "amazon.history"
ROLE = "amazon_connector.mail_activity_type_role"


@pytest.fixture(scope="module")
def server(postgres, simulator):
    """A running Odoo with the connector; the other addon is there to be installed."""
    addons = (REPOSITORY, ADDONS)
    with prepare_odoo(postgres, simulator.url, addons=addons) as server, server:
        yield server


@pytest.fixture(scope="module")
def rpc(server):
    """An administrator's session in it."""
    return OdooClient(server.url, server.database)


@pytest.fixture(scope="module")
def sql(server):
    """SQL on its database."""
    return Database(server.postgres, server.database)


@pytest.fixture(scope="module")
def old_shop(rpc, sql, simulator):
    """A store that is connected before the other addon is installed."""
    return connect(rpc, sql, simulator, NORTH_AMERICA, "ATVPDKIKX0DER")


@pytest.fixture(scope="module")
def installed(old_shop):
    """The installed addon: its row in Odoo."""
    client = old_shop.client
    client.call("ir.module.module", "update_list")
    ids = client.call("ir.module.module", "search", [("name", "=", MODULE)])
    change_modules(client, "button_immediate_install", ids)
    return ids


@pytest.fixture
def shop(installed, old_shop, simulator):
    """The connected store with the job of the other addon; faults end with the test."""
    with SimulatorAdmin(simulator.url) as amazon:
        amazon.clear_faults()
        old_shop.database.calm_down()
        old_shop.amazon = amazon
        yield old_shop
        amazon.clear_faults()


def connect(client, sql, simulator, account, marketplace):
    with SimulatorAdmin(simulator.url) as admin:
        accounts = {found["seller_id"]: found for found in admin.accounts()}
        connection_id = Shop.connect(client, accounts[account.seller_id], marketplace)
    return Shop(client, None, sql, account.seller_id, connection_id)


def change_modules(client, button, ids):
    """Press a button of the addons; Odoo refuses it while a scheduled action runs."""

    def press():
        try:
            client.call("ir.module.module", button, ids)
        except OdooError as error:
            if "processing a scheduled action" not in str(error):
                raise
            return False
        return True

    wait_until(press, button)


def write(shop, **values):
    shop.client.call(CONNECTION, "write", [shop.connection_id], values)


def job_of(shop, kind=KIND):
    """The job as the page Scheduled Jobs shows it."""
    mine = [("connection_id", "=", shop.connection_id), ("kind", "=", kind)]
    names = ["display_name", "plan", "next_run", "requested", "denials", "cron_id"]
    (job,) = shop.client.call(JOB, "search_read", mine, names)
    return job


def read_run(shop, run_id):
    specification = {
        name: {}
        for name in ("display_name", "kind", "outcome", "reason", "seen", "updated")
    }
    lines = {"fields": {"message": {}, "level": {}}}
    (run,) = shop.client.call(
        HISTORY, "web_read", [run_id], {**specification, "line_ids": lines}
    )
    return run


def errors(server, start):
    """The errors in the log from a place on; of the database only those that count.

    What Odoo tries again, it logs by ``odoo.sql_db`` alone.
    """
    lines = server.log_text()[start:].splitlines()
    found = [line for line in lines if " ERROR " in line or " CRITICAL " in line]
    return [line for line in found if " odoo.sql_db: " not in line]


def crons(sql):
    return sql(
        "SELECT c.id, c.active FROM ir_cron c "
        "JOIN ir_model_data d ON d.model = 'ir.cron' AND d.res_id = c.id "
        "WHERE d.module = %s AND d.name = %s",
        MODULE,
        f"ir_cron_{KIND}",
    )


def test_the_store_that_was_there_has_the_job_and_it_runs_by_itself(shop):
    ((cron_id, active),) = crons(shop.database)
    assert active
    job = job_of(shop)
    assert job["display_name"] == LABEL
    assert job["cron_id"][0] == cron_id
    last = shop.last_run_id(KIND)
    shop.database("UPDATE amazon_job SET not_before = NULL WHERE kind = %s", KIND)
    shop.database.come_round()
    run = read_run(shop, shop.run_after(last, KIND).id)
    assert run["display_name"].startswith(f"{LABEL}, ")
    assert (run["outcome"], run["reason"]) == ("done", "schedule")
    assert (run["seen"] > 0, run["updated"]) == (True, 1)


def test_a_new_store_has_the_job(installed, shop, simulator):
    new = connect(shop.client, shop.database, simulator, EUROPE, "A1PA6795UKMFR9")
    assert job_of(new)["plan"] == "As scheduled."
    assert job_of(new)["next_run"]
    new.amazon = shop.amazon
    assert new.run(f"action_{KIND}").outcome == "done"


def test_its_button_starts_it(shop):
    names = ["listings_counted"]
    ids = [shop.connection_id]
    before = shop.client.call(CONNECTION, "read", ids, names)[0]["listings_counted"]
    run = read_run(shop, shop.run(f"action_{KIND}").id)
    assert (run["outcome"], run["reason"]) == ("done", "button")
    after = shop.client.call(CONNECTION, "read", ids, names)[0]["listings_counted"]
    assert after == before + 1
    assert job_of(shop)["plan"] == "As scheduled."


def test_its_switch_stops_it(shop):
    write(shop, count_listings=False)
    assert job_of(shop)["plan"] == "Switched off under Configuration."
    assert not job_of(shop)["next_run"]
    last, others = shop.last_run_id(KIND), shop.last_run_id("download_orders")
    shop.database("UPDATE amazon_job SET not_before = NULL")
    shop.database.come_round()
    shop.run_after(others, "download_orders")
    shop.database.calm_down()
    assert shop.last_run_id(KIND) == last
    write(shop, count_listings=True)
    assert job_of(shop)["plan"] == "As scheduled."


def test_a_denial_reminds_of_the_role_and_retry_runs_it_again(shop):
    shop.amazon.add_fault("forbidden", operation=OPERATION, times=100)
    for attempt in range(3):
        assert len(role_activities(shop)) == 0, f"after {attempt} denials"
        run = shop.run(f"action_{KIND}")
        assert run.outcome == "failed"
    (activity,) = role_activities(shop)
    assert LABEL in activity["note"]
    assert job_of(shop)["denials"] == 3
    names = ["state"]
    (connection,) = shop.client.call(CONNECTION, "read", [shop.connection_id], names)
    assert connection["state"] in ("authorized", "completed")

    shop.amazon.clear_faults()
    (line,) = read_run(shop, run.id)["line_ids"]
    assert line["level"] == "error"
    shop.client.call(f"{HISTORY}.line", "action_retry", [line["id"]])
    again = read_run(shop, shop.run_after(run.id, KIND).id)
    assert (again["outcome"], again["reason"]) == ("done", "button")
    assert role_activities(shop) == []
    assert job_of(shop)["denials"] == 0


def role_activities(shop):
    (role_id,) = shop.database(
        "SELECT res_id FROM ir_model_data WHERE module || '.' || name = %s", ROLE
    )[0]
    domain = [
        ("res_model", "=", CONNECTION),
        ("res_id", "=", shop.connection_id),
        ("activity_type_id", "=", role_id),
    ]
    return shop.client.call("mail.activity", "search_read", domain, ["note"])


def test_it_goes_without_a_trace_but_its_history(installed, server, shop):
    client, sql = shop.client, shop.database
    # The last run failed, so that there is a line to read and to press Retry on.
    shop.amazon.add_fault("forbidden", operation=OPERATION, times=100)
    run = shop.run(f"action_{KIND}")
    shop.amazon.clear_faults()
    ((cron_id, _active),) = crons(sql)
    sql.calm_down()
    log_start = len(server.log_text())
    change_modules(client, "button_immediate_uninstall", installed)

    assert crons(sql) == []
    assert sql("SELECT 1 FROM ir_cron WHERE id = %s", cron_id) == []
    assert sql("SELECT 1 FROM amazon_job WHERE kind = %s", KIND) == []
    assert sql("SELECT count(*) FROM amazon_job")[0][0] > 0

    # The history stays: in the list, in the form, grouped.
    gone = read_run(shop, run.id)
    assert gone["display_name"].startswith(f"{KIND}, ")
    assert (gone["kind"], gone["outcome"]) == (KIND, "failed")
    found = client.call(
        HISTORY, "web_search_read", [("kind", "=", KIND)], {"kind": {}, "outcome": {}}
    )
    assert found["length"] > 3
    groups = client.call(
        HISTORY, "web_read_group", [], groupby=["kind"], aggregates=["__count"]
    )
    assert KIND in [group["kind"] for group in groups["groups"]]
    with pytest.raises(Exception, match="not installed any more"):
        client.call(f"{HISTORY}.line", "action_retry", [gone["line_ids"][0]["id"]])

    # The connection's form and the other jobs are as before.
    client.call(CONNECTION, "web_read", [shop.connection_id], {"job_ids": {}})
    (order_id,) = shop.new_orders()
    # With a warning: nobody sells this product in Odoo.
    assert shop.run("action_download_orders").outcome in ("done", "warning")
    assert len(sql("SELECT 1 FROM amazon_order WHERE amazon_order_id = %s", order_id))
    assert errors(server, log_start) == []
