"""Amazon's errors as sentences: what went wrong, and what to do.

They are shown where somebody pressed a button, and written into the history by jobs.
What a refused shipment means is in ``shipments/refusals.py``.
"""

from ...spapi.errors import AuthError


def explain_error(env, error, by_hand=False):
    """Return what went wrong with Amazon, and what to do, in one or two sentences.

    :param SpApiError error: what the client raised
    :param bool by_hand: somebody waits for the answer, and nothing is repeated
    """
    kind = error.reason if isinstance(error, AuthError) else error.kind
    if kind == "unavailable" and (error.status or 0) >= 500:
        # Amazon itself answered: the network is not to blame.
        kind = "out_of_order"
    reasons = _get_reasons(env)
    reason = reasons.get(f"{kind}_by_hand" if by_hand else kind, reasons.get(kind))
    parts = [reason or env._("Amazon answered: %s", error)]
    if reason and error.kind in ("rejected", "protocol"):
        parts.append(str(error))
    if error.kind == "unavailable":
        parts += _get_replaced_addresses(env)
    parts.append(get_request_note(env, error))
    return " ".join(part for part in parts if part)


def explain_denied_orders(env, error):
    """Return what to do when Amazon denies a store's orders alone (403)."""
    return env._(
        "Amazon accepts the credentials, but denies this store's orders. Give the "
        "application the role Inventory and Order Tracking in Seller Central (Develop "
        "Apps), authorise it again, then try again. %s",
        get_request_note(env, error),
    ).strip()


def explain_denied_listings(connection, error):
    """Return what a 403 for listings means: a role, or a mistyped ID.

    :param connection: the ``amazon.connection`` that was denied
    """
    env = connection.env
    note = get_request_note(env, error)
    if connection.is_account_proven or connection.sudo().listing_ids:
        return env._(
            "Amazon denies this store's listings. The application lacks the role "
            "Product Listing, which Download Products and Sync Inventory need: give it "
            "the role in Seller Central (Develop Apps), then authorise it again. %s",
            note,
        ).strip()
    return env._(
        "Amazon denies this store's listings. Either the application lacks the role "
        "Product Listing, which Download Products and Sync Inventory need, or "
        "%(seller)s is not the Selling Partner ID of this account: compare it with "
        "Seller Central (Settings, Account Info) and correct it. %(note)s",
        seller=connection.seller_id,
        note=note,
    ).strip()


def get_request_note(env, error):
    """Return by which id Amazon's support finds the request; "" when there is none."""
    if not error.request_id:
        return ""
    return env._("(Amazon request %s)", error.request_id)


def _get_replaced_addresses(env):
    """Return a sentence for each system parameter that replaces Amazon's address."""
    parameters = env["ir.config_parameter"].sudo()
    keys = ("amazon_connector.sp_api_url", "amazon_connector.lwa_url")
    return [
        env._(
            "The system parameter %(key)s replaces Amazon's address by %(url)s.",
            key=key,
            url=url,
        )
        for key in keys
        if (url := parameters.get_param(key))
    ]


def _get_reasons(env):
    """Return the sentences by kind of error; ``_by_hand`` where nothing is repeated."""
    _ = env._
    return {
        "client": _(
            "Amazon does not accept the client identifier or client secret. The "
            "secret may have expired (it lasts 180 days): make a new one in "
            "Seller Central and enter it where the application is entered: in the "
            "Settings, or with the store's own."
        ),
        "grant": _(
            "Amazon does not accept the refresh token: it was mistyped, belongs "
            "to another application, or the authorisation was withdrawn. "
            "Authorise the application again and enter the new token."
        ),
        "code": _(
            "Amazon does not accept the authorization code: it was mistyped, is "
            "older than five minutes, or was used already. Authorise again and "
            "paste the new code."
        ),
        "forbidden": _(
            "Amazon denies access. Either the application lacks a role (Inventory "
            "and Order Tracking, Direct-to-Consumer Shipping, Product Listing), "
            "the authorisation was withdrawn, or the account belongs to another "
            "region."
        ),
        "throttled_by_hand": _(
            "Amazon's quota is used up. Try again in a few minutes."
        ),
        "unavailable_by_hand": _(
            "Amazon could not be reached or did not answer properly. Check the "
            "network, then try again."
        ),
        "out_of_order_by_hand": _(
            "Amazon answered that it is out of order at the moment. Try again in a "
            "few minutes."
        ),
        "protocol_by_hand": _(
            "Amazon answered something that cannot be understood. Try again later."
        ),
        "throttled": _("Amazon's quota is used up; it goes on by itself."),
        "unavailable": _(
            "Amazon could not be reached or did not answer properly. Check the "
            "network; it is tried again by itself."
        ),
        "out_of_order": _(
            "Amazon answered that it is out of order at the moment; it is tried "
            "again by itself."
        ),
        "ambiguous": _(
            "Amazon's answer was lost, so it is not known whether it did what "
            "was asked. It is looked up before anything is sent again."
        ),
        "rejected": _("Amazon refused the request."),
        "protocol": _(
            "Amazon answered something that cannot be understood; nothing was "
            "taken from it, and it is tried again by itself."
        ),
    }
