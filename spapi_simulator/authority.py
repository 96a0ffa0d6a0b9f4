"""Whether an access token opens an operation: roles, scopes, restricted resources."""

from .errors import unauthorized
from .lwa.grants import NOTIFICATIONS, ROTATION

#: The scope that grantless operations need, by the API their paths begin with.
_SCOPES = {"notifications": NOTIFICATIONS, "applications": ROTATION}
#: Grantless by Amazon's model, but python-amazon-sp-api calls them for a seller.
_FOR_SELLERS_TOO = ("getSubscriptionById", "deleteSubscriptionById")


def check_authority(simulator, token, operation, segments):
    """Refuse with 403 what this token must not do; ``segments`` are the path's."""
    grantless = operation.grantless
    if token.account and operation.name in _FOR_SELLERS_TOO:
        grantless = False
    if grantless != (token.account is None):
        raise unauthorized("")
    api = segments[0]
    if grantless:
        if _SCOPES.get(api) not in token.scopes:
            raise unauthorized("")
    elif not simulator.lwa.authorisations.allows(token.account.seller_id, api):
        raise unauthorized("")
    if token.resources is not None:
        _check_resource(token.resources, operation.method, segments)


def _check_resource(resources, method, segments):
    for resource_method, path in resources:
        if resource_method == method and _covers(path.strip("/").split("/"), segments):
            return
    raise unauthorized("")


def _covers(pattern, segments):
    """Whether a resource with placeholders such as {orderId} means this path."""
    return len(pattern) == len(segments) and all(
        part == segment or (part.startswith("{") and part.endswith("}"))
        for part, segment in zip(pattern, segments, strict=True)
    )
