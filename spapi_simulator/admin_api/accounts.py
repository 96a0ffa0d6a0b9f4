"""The accounts, their authorisation, and the registration of the application."""

from ..accounts import ACCOUNTS
from ..apis import OPERATIONS
from ..errors import AdminError
from ..lwa.authorisations import ALL_APIS
from .reading import flag, only, require_account, text, texts

#: Roles are given and taken API by API, named as the paths of their operations begin.
APIS = tuple(sorted({o.path.split("/")[1] for o in OPERATIONS if not o.grantless}))
_APPLICATION = (
    "client_secret",
    "client_secret_expired",
    "draft",
    "redirect_uris",
    "login_uri",
)


def list_accounts(simulator, _request, _body):
    """The credentials, and what the accounts allow the application at present."""
    return 200, {"accounts": [_describe(simulator, a) for a in ACCOUNTS.values()]}


def _describe(simulator, account):
    return {
        **account.credentials(),
        "client_secret": simulator.lwa.application.client_secret,
        **_authorisation(simulator, account.seller_id),
    }


def _authorisation(simulator, seller_id):
    authorisations = simulator.lwa.authorisations
    return {
        "authorised": authorisations.is_authorised(seller_id),
        "missing_roles": authorisations.missing_roles(seller_id),
    }


def get_authorisation(simulator, request, _body):
    """Whether an account is authorised, and the roles it lacks."""
    account = require_account(request.path_params["seller_id"])
    return 200, _authorisation(simulator, account.seller_id)


def change_authorisation(simulator, request, body):
    """``authorised`` withdraws or restores; ``missing_roles`` names whole APIs."""
    only(body, ("authorised", "missing_roles"))
    seller_id = require_account(request.path_params["seller_id"]).seller_id
    authorised = flag(body, "authorised", None)
    missing = texts(body, "missing_roles")
    unknown = sorted(set(missing or ()) - {*APIS, ALL_APIS})
    if unknown:
        known = ", ".join((*APIS, ALL_APIS))
        raise AdminError(f"missing_roles: {', '.join(unknown)} is none of {known}")
    if missing is not None:
        simulator.lwa.authorisations.set_missing_roles(seller_id, missing)
    if authorised:
        simulator.lwa.authorisations.restore(seller_id)
    elif authorised is not None:
        simulator.lwa.withdraw(seller_id)
    return get_authorisation(simulator, request, body)


def get_application(simulator, _request, _body):
    """The registration of the application."""
    return 200, simulator.lwa.application.describe()


def change_application(simulator, _request, body):
    """Rotate or expire the client secret, register URIs, make it a draft."""
    only(body, _APPLICATION)
    application = simulator.lwa.application
    changes = {
        "client_secret": text(body, "client_secret") or application.client_secret,
        "client_secret_expired": flag(
            body, "client_secret_expired", application.client_secret_expired
        ),
        "draft": flag(body, "draft", application.draft),
        "redirect_uris": _uris(body, application.redirect_uris),
        "login_uri": _login_uri(body, application.login_uri),
    }
    for name, value in changes.items():
        setattr(application, name, value)
    return 200, application.describe()


def _uris(body, default):
    uris = texts(body, "redirect_uris")
    if uris is None:
        return default
    return tuple(_uri("redirect_uris", uri) for uri in uris)


def _login_uri(body, default):
    """null and an empty text unset it."""
    if "login_uri" not in body:
        return default
    return _uri("login_uri", text(body, "login_uri") or None)


def _uri(name, uri):
    if uri is not None and not uri.startswith(("http://", "https://")):
        raise AdminError(f"{name} must begin with http:// or https://")
    return uri


ROUTES = (
    ("/accounts", {"GET": list_accounts}),
    (
        "/accounts/{seller_id}/authorisation",
        {"GET": get_authorisation, "PATCH": change_authorisation},
    ),
    ("/application", {"GET": get_application, "PATCH": change_application}),
)
