"""What Odoo logs of a call shows no secret."""

import logging

import pytest
from log_secrets import HideSecrets


def shown(message, *arguments):
    record = logging.LogRecord("name", logging.DEBUG, "", 0, message, arguments, None)
    assert HideSecrets().filter(record)
    return record.getMessage()


@pytest.mark.parametrize(
    "values",
    [
        {"refresh_token": "the-secret", "seller_id": "A1"},
        {"lwa_client_secret": "the-secret'with\" quotes", "x": 1},
        {"amazon_lwa_client_secret": 'the-secret"'},
        {"authorization_code": "the-secret\\"},
    ],
)
def test_values_of_a_call(values):
    text = shown("call %s.%s(%s)", "model()", "create", values)
    assert "the-secret" not in text
    assert "call model().create(" in text


def test_the_code_in_an_address():
    text = shown('"%s" 303', "GET /back?state=s&spapi_oauth_code=the-code&x=1 HTTP/1.1")
    assert text == '"GET /back?state=s&spapi_oauth_code=…&x=1 HTTP/1.1" 303'


def test_the_code_where_odoo_asks_to_log_in_first():
    text = shown(
        '"%s" 200',
        "GET /web/login?redirect=/back?state%3Ds%26spapi_oauth_code%3Dthe-code%26x%3D1",
    )
    assert "the-code" not in text
    assert text.endswith('%26x%3D1" 200')


def test_an_import_by_file():
    rows = (["name", "refresh_token"], [["Store", "the-secret"]])
    text = shown("call %s.%s(%s)", "amazon.connection()", "load", rows)
    assert text == "call amazon.connection().load(…)"


def test_what_cannot_be_formatted_is_left_to_logging():
    record = logging.LogRecord("n", 10, "", 0, "%d", ("text",), None)
    assert HideSecrets().filter(record)


def test_all_else_is_left_as_it_is():
    record = logging.LogRecord("n", 10, "", 0, "call %s", ("refresh_token",), None)
    HideSecrets().filter(record)
    assert (record.msg, record.args) == ("call %s", ("refresh_token",))
