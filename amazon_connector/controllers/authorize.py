"""Amazon's website authorisation comes back here.

Source: "Website authorization workflow" of Amazon's documentation: the browser brings
``state``, ``selling_partner_id`` and ``spapi_oauth_code``.
"""

from odoo import http
from odoo.http import request

from ..wizards.amazon_connection_setup_authorize import REDIRECT_PATH

SETUP_PATH = "/odoo/action-amazon_connector.amazon_connection_setup_action"


class AmazonAuthorization(http.Controller):
    @http.route(REDIRECT_PATH, type="http", auth="user", methods=["GET"])
    def amazon_authorize(
        self, state="", selling_partner_id="", spapi_oauth_code="", **_others
    ):
        """Exchange the code at once, then show the set-up, which goes on."""
        setups = request.env["amazon.connection.setup"]
        setup = setups._find_by_state(state)
        if setup and selling_partner_id and spapi_oauth_code:
            action = setup._process_redirect(selling_partner_id, spapi_oauth_code)
            response = request.redirect(setup._get_path(action))
        elif spent := setups._find_by_spent_state(state):
            # The address was loaded again.
            response = request.redirect(spent._get_path(None))
        else:
            response = request.render(
                "amazon_connector.authorization_refused", {"setup_path": SETUP_PATH}
            )
            response.status_code = 400
        # The address holds the code; it must not reach any other site.
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response
