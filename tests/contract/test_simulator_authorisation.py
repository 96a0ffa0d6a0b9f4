"""The website authorisation: pages for the seller, codes for the application."""

from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from simulator_client import Api, grant, start_simulator

from spapi_simulator.accounts import APPLICATION_ID, EUROPE, NORTH_AMERICA
from spapi_simulator.admin import SimulatorAdmin
from spapi_simulator.pages.consent import CODE_PATH

CONSENT = "/apps/authorize/consent"
STORE = "/apps/store"
HERE = "http://127.0.0.1:8585"
SHOP = "https://shop.example.com/amazon/return"
LOCAL = "http://127.0.0.1:8069/amazon/return"


def wish(**changes):
    """The parameters of an authorisation, as a client's website sends them."""
    fields = {
        "application_id": APPLICATION_ID,
        "state": "state-1",
        "redirect_uri": LOCAL,
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def choice(account=EUROPE, decision="confirm", **changes):
    """The form that a seller sends with his decision."""
    form = wish(**changes)
    return {**form, "selling_partner_id": account.seller_id, "decision": decision}


def target(answer):
    """(address without query, parameters) that a browser is sent to."""
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["location"])
    return parts._replace(query="").geturl(), dict(parse_qsl(parts.query))


def consent(http, **changes):
    """The parameters with which a seller comes back who confirmed."""
    return target(http.post(CONSENT, data=choice(**changes)))[1]


def exchange(http, code, **fields):
    """(status, document) of fetching tokens for a code."""
    form = grant(EUROPE, grant_type="authorization_code", code=code, **fields)
    form.pop("refresh_token")
    answer = http.post("/auth/o2/token", data=form)
    return answer.status_code, answer.json()


def test_the_page_lets_the_seller_choose(http, admin):
    answer = http.get(CONSENT, params=wish())
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["referrer-policy"] == "no-referrer"
    for account in (EUROPE, NORTH_AMERICA):
        assert account.store_name in answer.text
        assert f'value="{account.seller_id}"' in answer.text
    assert LOCAL in answer.text


def test_confirming_returns_with_a_code(http, admin):
    address, parameters = target(http.post(CONSENT, data=choice()))
    assert address == LOCAL
    assert parameters.pop("spapi_oauth_code")
    expected = {"state": "state-1", "selling_partner_id": EUROPE.seller_id}
    assert parameters == expected


def test_the_query_of_the_redirect_uri_stays(http, admin):
    answer = http.post(CONSENT, data=choice(redirect_uri=LOCAL + "?db=shop#top"))
    address, parameters = target(answer)
    assert address == LOCAL + "#top"
    assert (parameters["db"], parameters["state"]) == ("shop", "state-1")


def test_denying_returns_nothing(http, admin):
    answer = http.post(CONSENT, data=choice(decision="deny"))
    assert answer.status_code == 200
    assert "Nothing was authorised" in answer.text
    assert "spapi_oauth_code" not in answer.text


def test_a_choice_without_an_account_is_refused(http, admin):
    form = {**choice(), "selling_partner_id": "A0NOBODY"}
    assert http.post(CONSENT, data=form).status_code == 400


@pytest.mark.parametrize("fields", [{}, {"redirect_uri": LOCAL}])
def test_a_code_gives_a_new_refresh_token(http, admin, fields):
    status, token = exchange(http, consent(http)["spapi_oauth_code"], **fields)
    assert status == 200
    assert token["refresh_token"] != EUROPE.refresh_token
    assert (token["token_type"], token["expires_in"]) == ("bearer", 3600)
    again = http.post(
        "/auth/o2/token", data=grant(EUROPE, refresh_token=token["refresh_token"])
    )
    for granted in (token, again.json()):
        headers = {"x-amz-access-token": granted["access_token"]}
        answer = http.get("/sellers/v1/marketplaceParticipations", headers=headers)
        stores = {entry["storeName"] for entry in answer.json()["payload"]}
        assert stores == {EUROPE.store_name}
    assert Api(http, EUROPE).search().status_code == 200


def test_a_code_works_once(http, admin):
    code = consent(http)["spapi_oauth_code"]
    assert exchange(http, code)[0] == 200
    status, refusal = exchange(http, code)
    assert (status, refusal["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(("seconds", "status"), [(290, 200), (301, 400)])
def test_a_code_works_for_five_minutes(http, admin, seconds, status):
    code = consent(http)["spapi_oauth_code"]
    admin.advance_clock(seconds)
    assert exchange(http, code)[0] == status


def test_a_code_belongs_to_its_redirect_uri(http, admin):
    code = consent(http)["spapi_oauth_code"]
    status, refusal = exchange(http, code, redirect_uri="http://127.0.0.1/other")
    assert (status, refusal["error"]) == (400, "invalid_grant")
    assert refusal["error_description"].endswith("redirect_uri")


def test_a_seller_can_authorise_again_after_withdrawing(http, admin):
    admin.withdraw_authorisation(EUROPE.seller_id)
    status, token = exchange(http, consent(http)["spapi_oauth_code"])
    assert status == 200
    old = http.post("/auth/o2/token", data=grant(EUROPE))
    assert old.json()["error"] == "invalid_grant"
    new = grant(EUROPE, refresh_token=token["refresh_token"])
    assert http.post("/auth/o2/token", data=new).status_code == 200


def test_withdrawing_ends_codes_too(http, admin):
    code = consent(http)["spapi_oauth_code"]
    admin.withdraw_authorisation(EUROPE.seller_id)
    assert exchange(http, code)[1]["error"] == "invalid_grant"


def test_the_default_redirect_uri_is_the_first_registered(http, admin):
    admin.change_application(redirect_uris=[SHOP, LOCAL])
    answer = http.post(CONSENT, data=choice(redirect_uri=None))
    assert target(answer)[0] == SHOP


def test_a_redirect_uri_of_the_start_is_there_again_after_a_reset():
    page = f"{HERE}{CODE_PATH}"
    process, url = start_simulator("--redirect-uri", page, "--redirect-uri", SHOP)
    try:
        with (
            SimulatorAdmin(url) as admin,
            httpx.Client(base_url=url, trust_env=False) as http,
        ):
            admin.change_application(redirect_uris=[])
            admin.reset()
            assert admin.application()["redirect_uris"] == [page, SHOP]
            answer = http.post(CONSENT, data=choice(redirect_uri=None))
            address, brought = target(answer)
            assert address == page
            shown = http.get(CODE_PATH, params=brought)
    finally:
        process.terminate()
        process.communicate(timeout=10)
    assert shown.status_code == 200
    assert f">{EUROPE.seller_id}</code>" in shown.text
    assert f">{brought['spapi_oauth_code']}</code>" in shown.text


@pytest.mark.parametrize(
    "brought", [{}, {"spapi_oauth_code": "AN1"}, {"selling_partner_id": "A1"}]
)
def test_the_page_for_the_code_says_that_there_is_none(http, brought):
    answer = http.get(CODE_PATH, params=brought)
    assert answer.status_code == 200
    assert "There is no code" in answer.text
    assert "<code" not in answer.text


def test_the_page_for_the_code_escapes_what_it_is_given(http):
    hostile = "<script>alert(1)</script>"
    brought = {"selling_partner_id": hostile, "spapi_oauth_code": hostile}
    answer = http.get(CODE_PATH, params=brought)
    assert "&lt;script&gt;alert" in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    ("changes", "application", "code"),
    [
        ({"application_id": "amzn1.sellerapps.app.other"}, {}, "MD4100"),
        ({"application_id": None}, {}, "MD4100"),
        ({}, {"draft": True}, "MD1000"),
        ({"redirect_uri": SHOP}, {}, "MD5101"),
        ({"redirect_uri": "http://127.0.0.1@shop.example.com/"}, {}, "MD5101"),
        ({"redirect_uri": "javascript:alert(1)"}, {}, "MD5101"),
        ({"redirect_uri": "http://[::1"}, {}, "MD5101"),
        ({"redirect_uri": None}, {}, "MD5100"),
    ],
)
def test_mistakes_of_the_application_have_amazons_codes(
    http, admin, changes, application, code
):
    admin.change_application(**application)
    for answer in (
        http.get(CONSENT, params=wish(**changes)),
        http.post(CONSENT, data=choice(**changes)),
    ):
        assert answer.status_code == 400
        assert code in answer.text


@pytest.mark.parametrize(
    ("changes", "application"),
    [
        ({"version": "beta"}, {"draft": True}),
        ({"version": "beta"}, {}),
        ({"redirect_uri": SHOP}, {"redirect_uris": [SHOP]}),
        ({"redirect_uri": "http://[::1]:8069/back"}, {}),
        ({"redirect_uri": "https://localhost/back"}, {}),
        ({"state": None}, {}),
    ],
)
def test_variants_that_amazon_accepts(http, admin, changes, application):
    admin.change_application(**application)
    assert http.get(CONSENT, params=wish(**changes)).status_code == 200
    assert consent(http, **changes)["spapi_oauth_code"]


def test_the_page_escapes_what_it_is_given(http, admin):
    answer = http.get(CONSENT, params=wish(state='"><script>alert(1)</script>'))
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_an_authorisation_can_begin_in_the_appstore(http, admin):
    login = "http://127.0.0.1:8069/amazon/login"
    admin.change_application(login_uri=login)
    assert EUROPE.store_name in http.get(STORE).text
    address, sent = target(http.post(STORE, data=choice()))
    assert address == login
    assert sent["selling_partner_id"] == EUROPE.seller_id
    back = {
        "redirect_uri": LOCAL,
        "amazon_state": sent["amazon_state"],
        "state": "mine",
    }
    callback = sent["amazon_callback_uri"]
    address, parameters = target(http.get(callback, params=back))
    assert address == LOCAL
    assert parameters["state"] == "mine"
    assert parameters["amazon_state"] == sent["amazon_state"]
    assert exchange(http, parameters["spapi_oauth_code"])[0] == 200
    assert http.get(callback, params=back).status_code == 400


def test_the_appstore_needs_a_login_uri(http, admin):
    answer = http.post(STORE, data=choice())
    assert answer.status_code == 400
    assert "MD5110" in answer.text


@pytest.mark.parametrize("nothing", [None, ""])
def test_the_login_uri_can_be_unset(admin, nothing):
    admin.change_application(login_uri="https://login.example.com/")
    assert admin.change_application(draft=True)["login_uri"]
    assert admin.change_application(login_uri=nothing)["login_uri"] is None
