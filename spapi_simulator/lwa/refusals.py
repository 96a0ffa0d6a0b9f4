"""The refusals of Login with Amazon, in its own words."""

from ..errors import LwaError


def invalid_grant(parameter="refresh_token"):
    """What should prove the authorisation is revoked, used, expired or invented."""
    message = f"The request has an invalid grant parameter : {parameter}"
    return LwaError(400, "invalid_grant", message)


def invalid_client():
    """The client id or secret is wrong, or the secret has expired."""
    return LwaError(401, "invalid_client", "Client authentication failed")


def invalid_request(parameter):
    """A parameter that every request of this kind needs is missing."""
    message = f"The request is missing a required parameter : {parameter}"
    return LwaError(400, "invalid_request", message)


def request_too_large():
    """No token request is that long."""
    return LwaError(413, "invalid_request", "The request is too large")


def invalid_scope():
    """The application asked for something that does not exist."""
    message = "The request has an invalid parameter : scope"
    return LwaError(400, "invalid_scope", message)


def unsupported_grant_type():
    """A grant type that Login with Amazon does not have."""
    message = (
        "The authorization grant type is not supported by the authorization server"
    )
    return LwaError(400, "unsupported_grant_type", message)
