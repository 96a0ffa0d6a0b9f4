"""Amazon's website authorisation: where the seller is sent, and what comes back.

Source: "Website authorization workflow" of Amazon's documentation.
"""

from urllib.parse import urlencode

from .endpoints import check_url

CONSENT_PATH = "/apps/authorize/consent"


def consent_url(
    seller_central_url, application_id, state, *, redirect_uri="", draft=False
):
    """Return the address at which a seller authorises the application.

    :param str seller_central_url: such as ``https://sellercentral.amazon.com``
    :param str application_id: ``amzn1.sellerapps.app.…`` (or ``sp.solution``)
    :param bool draft: the application is not published: Amazon wants to be told
    :raises ValueError: see :func:`.endpoints.check_url`
    """
    query = {"application_id": application_id, "state": state}
    if redirect_uri:
        query["redirect_uri"] = redirect_uri
    if draft:
        query["version"] = "beta"
    return f"{check_url(seller_central_url)}{CONSENT_PATH}?{urlencode(query)}"
