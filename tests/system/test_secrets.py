"""No secret leaves: looked for in all that a full run leaves behind."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from guided import CONNECTION, SETUP, Guided, connection, wait_for_state
from host.rpc import OdooClient, OdooError

from spapi_simulator.accounts import CLIENT_SECRET, EUROPE, NORTH_AMERICA

TOKENS = re.compile(r"Atz[ar]\|[\w-]{8,}")
OTHER_PASSWORD = "clerk-of-the-test"


@pytest.fixture(scope="module")
def run(fresh_client):
    """A store connected by redirect, its orders imported, with what must not show.

    Returns (administrator's session, connection id, secrets).
    """
    client = fresh_client
    guided = Guided(client, "ATVPDKIKX0DER")
    address = guided.authorise(NORTH_AMERICA)
    code = parse_qs(urlsplit(address).query)["spapi_oauth_code"][0]
    assert guided.come_back(address).status_code == 200
    connection_id = guided.finish()
    wait_for_state(client, connection_id, "completed")
    own = Guided(
        client,
        "A1PA6795UKMFR9",
        method="own",
        seller_id=EUROPE.seller_id,
        refresh_token=EUROPE.refresh_token,
    ).finish()
    wait_for_state(client, own, "completed")
    return client, connection_id, (CLIENT_SECRET, code, EUROPE.refresh_token)


def found_in(text, secrets):
    """The secrets and tokens that a text shows."""
    return [secret for secret in secrets if secret in text] + TOKENS.findall(text)


def test_the_search_finds_what_it_is_told_to():
    """Else all the tests here would pass for nothing."""
    assert found_in("x the-code y Atza|abcdefgh", ["the-code"]) == [
        "the-code",
        "Atza|abcdefgh",
    ]


def test_not_in_what_the_forms_show(run, fresh):
    client, connection_id, secrets = run
    fields = client.call(CONNECTION, "fields_get")
    shown = client.call(CONNECTION, "read", [connection_id], list(fields))
    assert "refresh_token" in shown[0]
    assert not found_in(str(shown), secrets)
    open_setup = Guided(client, "ATVPDKIKX0DER", refresh_token=EUROPE.refresh_token)
    shown = open_setup.read(*client.call(SETUP, "fields_get"))
    assert shown["has_secret"]
    assert not found_in(str(shown), secrets)
    for name in ("refresh_token_encrypted", "lwa_client_secret_encrypted"):
        assert name not in fields
        with pytest.raises(OdooError):
            client.call(CONNECTION, "read", [connection_id], [name])


def test_not_for_a_user(run, fresh):
    client, connection_id, secrets = run
    groups = client.call(
        "res.groups",
        "search",
        [("full_name", "in", ("Amazon / User", "Role / User"))],
    )
    client.call(
        "res.users",
        "create",
        {
            "name": "Clerk",
            "login": "clerk",
            "password": OTHER_PASSWORD,
            "group_ids": [(4, group) for group in groups],
        },
    )
    clerk = OdooClient(fresh.url, fresh.database, "clerk", OTHER_PASSWORD)
    fields = clerk.call(CONNECTION, "fields_get")
    assert not {"refresh_token", "lwa_client_secret", "lwa_client_id"} & set(fields)
    shown = clerk.call(CONNECTION, "read", [connection_id], list(fields))
    assert not found_in(str(shown), secrets)


def test_not_in_exports_and_copies(run):
    client, connection_id, secrets = run
    fields = client.call(CONNECTION, "fields_get", [], ["exportable"])
    exportable = [name for name, told in fields.items() if told.get("exportable", True)]
    assert not {"refresh_token", "lwa_client_secret"} & set(exportable)
    exported = client.call(CONNECTION, "export_data", [connection_id], exportable)
    assert not found_in(str(exported), secrets)
    (copy,) = client.call(CONNECTION, "copy", [connection_id])
    values = connection(client, copy, "has_credentials", "seller_id", "state")
    assert values == {
        "id": copy,
        "has_credentials": False,
        "seller_id": False,
        "state": "draft",
    }


def test_not_in_the_settings(run):
    client, _connection_id, _secrets = run
    settings = client.call(
        "res.config.settings", "create", {"amazon_lwa_client_secret": "settings-secret"}
    )
    client.call("res.config.settings", "execute", [settings])
    shown = client.call("res.config.settings", "default_get", ["amazon_has_secret"])
    again = client.call("res.config.settings", "create", {})
    shown = client.call("res.config.settings", "read", [again])
    assert shown[0]["amazon_has_secret"]
    assert "settings-secret" not in str(shown)
    client.call(
        "ir.config_parameter",
        "set_param",
        "amazon_connector.lwa_client_secret_encrypted",
        False,
    )


def test_not_in_error_texts(run, fresh_amazon):
    client, _connection_id, secrets = run
    wrong = Guided(
        client,
        "ATVPDKIKX0DER",
        method="own",
        seller_id="A9NOBODY",
        lwa_client_secret="a-wrong-secret",
        refresh_token="Atzr|a-wrong-token",
    )
    wrong.call("action_continue")
    problem = wrong.read("problem")["problem"]
    assert "client secret" in problem
    assert not found_in(problem, (*secrets, "a-wrong-secret"))


def test_not_in_the_log_at_debug_level(run, fresh):
    _client, _connection_id, secrets = run
    log = fresh.log_text()
    assert " DEBUG " in log
    assert not [line for line in log.splitlines() if found_in(line, secrets)]


def test_not_in_the_database(run, fresh):
    """Every row of every table, as a dump would have it."""
    _client, _connection_id, secrets = run
    with fresh.postgres.cursor(fresh.database) as cursor:
        cursor.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        assert len(tables) > 300
        patterns = [f"%{secret}%" for secret in secrets]
        for table in tables:
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text LIKE ANY(%s) "
                r"OR t::text ~ 'Atz[ar]\|[A-Za-z0-9_-]{8,}'",
                [patterns],
            )
            assert cursor.fetchone() == (0,), table
        cursor.execute(
            "SELECT count(*) FROM amazon_connection "
            "WHERE refresh_token_encrypted LIKE 'gAAAA%'"
        )
        assert cursor.fetchone()[0] >= 2
