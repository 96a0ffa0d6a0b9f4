"""The grants beside the refresh token, and credentials that end or are withdrawn."""

import pytest
from simulator_client import Api, grant

from spapi_simulator.accounts import (
    APPLICATION_ID,
    CLIENT_ID,
    CLIENT_SECRET,
    EUROPE,
    NORTH_AMERICA,
)

SCOPE = "sellingpartnerapi::notifications"
ROTATION = "sellingpartnerapi::client_credential:rotation"
SEARCH = "/orders/2026-01-01/orders"
PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"


def client_grant(**fields):
    """The form of a token request of the application itself."""
    return {
        "grant_type": "client_credentials",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "scope": SCOPE,
        **fields,
    }


def ask(http, form):
    """(status, document) of a token request."""
    answer = http.post("/auth/o2/token", data=form)
    return answer.status_code, answer.json()


def errors(answer):
    """The only error of an answer of the SP-API."""
    (error,) = answer.json()["errors"]
    return error


@pytest.mark.parametrize("scope", [SCOPE, ROTATION, f"{SCOPE} {ROTATION}"])
def test_the_application_signs_in_by_itself(http, admin, scope):
    status, token = ask(http, client_grant(scope=scope))
    assert status == 200
    assert (token["token_type"], token["expires_in"]) == ("bearer", 3600)
    assert token["scope"] == scope
    assert "refresh_token" not in token


@pytest.mark.parametrize("scope", ["", "profile", f"{SCOPE} profile"])
def test_other_scopes_are_refused(http, admin, scope):
    status, refusal = ask(http, client_grant(scope=scope))
    assert (status, refusal["error"]) == (400, "invalid_scope")
    assert refusal["error_description"]


def test_the_application_needs_its_secret(http, admin):
    status, refusal = ask(http, client_grant(client_secret="wrong"))
    assert (status, refusal["error"]) == (401, "invalid_client")


def test_a_token_of_the_application_opens_no_account(http, admin, model):
    _status, token = ask(http, client_grant())
    headers = {"x-amz-access-token": token["access_token"]}
    answer = http.get(PARTICIPATIONS, headers=headers)
    assert answer.status_code == 403
    assert errors(answer)["code"] == "Unauthorized"
    model("sellers.json").validate(answer, PARTICIPATIONS)


@pytest.mark.parametrize("code", ["", "AN-invented"])
def test_an_invented_code_is_refused(http, admin, code):
    form = grant(NORTH_AMERICA, grant_type="authorization_code", code=code)
    status, refusal = ask(http, form)
    expected = "invalid_grant" if code else "invalid_request"
    assert (status, refusal["error"]) == (400, expected)
    assert refusal["error_description"].endswith(" code")


def test_a_withdrawn_authorisation_ends_all_tokens(api, europe, http, admin, model):
    admin.withdraw_authorisation(NORTH_AMERICA.seller_id)
    answer = api.search()
    assert answer.status_code == 403
    assert errors(answer)["code"] == "Unauthorized"
    model("orders_2026-01-01.json").validate(answer, SEARCH)
    status, refusal = ask(http, grant(NORTH_AMERICA))
    assert (status, refusal["error"]) == (400, "invalid_grant")
    assert europe.search().status_code == 200
    states = {a["seller_id"]: a["authorised"] for a in admin.accounts()}
    assert states[NORTH_AMERICA.seller_id] is False
    assert states[EUROPE.seller_id] is True

    admin.restore_authorisation(NORTH_AMERICA.seller_id)
    assert api.search().status_code == 403
    api.fetch_token()
    assert api.search().status_code == 200


def test_an_expired_client_secret_is_refused(http, admin):
    admin.change_application(client_secret_expired=True)
    for form in (grant(NORTH_AMERICA), client_grant()):
        status, refusal = ask(http, form)
        assert (status, refusal["error"]) == (401, "invalid_client")
    admin.change_application(client_secret_expired=False)
    assert ask(http, grant(NORTH_AMERICA))[0] == 200


def test_a_rotated_client_secret_replaces_the_old_one(http, admin):
    admin.change_application(client_secret="rotated-secret")
    assert ask(http, grant(NORTH_AMERICA))[0] == 401
    assert ask(http, grant(NORTH_AMERICA, client_secret="rotated-secret"))[0] == 200
    assert {a["client_secret"] for a in admin.accounts()} == {"rotated-secret"}


def test_a_missing_role_closes_one_api(api, europe, admin, model):
    admin.set_missing_roles(NORTH_AMERICA.seller_id, "orders")
    answer = api.search()
    assert answer.status_code == 403
    assert errors(answer)["message"] == "Access to requested resource is denied."
    model("orders_2026-01-01.json").validate(answer, SEARCH)
    assert api.participations().status_code == 200
    assert europe.search().status_code == 200
    admin.set_missing_roles(NORTH_AMERICA.seller_id)
    assert api.search().status_code == 200


def test_all_roles_can_be_missing(api, admin):
    admin.set_missing_roles(NORTH_AMERICA.seller_id, "all")
    assert {api.search().status_code, api.participations().status_code} == {403}


def test_a_reset_restores_everything(http, admin):
    admin.withdraw_authorisation(NORTH_AMERICA.seller_id)
    admin.set_missing_roles(EUROPE.seller_id, "all")
    admin.change_application(
        client_secret="other", draft=True, redirect_uris=["https://shop.example.com/"]
    )
    admin.reset()
    for account in (NORTH_AMERICA, EUROPE):
        assert Api(http, account).search().status_code == 200
    assert admin.application() == {
        "application_id": APPLICATION_ID,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "client_secret_expired": False,
        "draft": False,
        "redirect_uris": [],
        "login_uri": None,
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a: a.set_missing_roles(EUROPE.seller_id, "chess"), "orders"),
        (lambda a: a.withdraw_authorisation("A0NOBODY"), EUROPE.seller_id),
        (lambda a: a.change_application(draft="yes"), "true or false"),
        (lambda a: a.change_application(colour="red"), "colour"),
        (lambda a: a.change_application(redirect_uris=["ftp://x"]), "https://"),
    ],
)
def test_impossible_changes_are_explained(admin, change, words):
    with pytest.raises(ValueError, match=words):
        change(admin)


def test_a_regional_address_serves_its_own_accounts_only(http, admin, model):
    home, foreign = Api(http, EUROPE), Api(http, NORTH_AMERICA)
    assert home.get("/eu" + PARTICIPATIONS).status_code == 200
    answer = foreign.get("/eu" + PARTICIPATIONS)
    assert answer.status_code == 403
    assert errors(answer)["code"] == "Unauthorized"
    model("sellers.json").validate(answer, PARTICIPATIONS)
    assert foreign.get("/na" + PARTICIPATIONS).status_code == 200
    assert foreign.get("/mars" + PARTICIPATIONS).status_code == 403


def test_the_accounts_tell_the_application(admin):
    assert {a["application_id"] for a in admin.accounts()} == {APPLICATION_ID}
