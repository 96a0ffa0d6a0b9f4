"""The website authorisation: a seller consents, the application gets a code.

Both ways of Amazon's are there: the client's own website sends the seller here
(``/apps/authorize/consent``), or the seller begins at Amazon's Appstore
(``/apps/store``), which sends him to the client's login URI and back.
"""

import secrets

from starlette.routing import Route

from ..accounts import ACCOUNTS
from ..lwa.authorisations import CODE_SECONDS
from .rendering import read_form, redirect, render

#: What Amazon's pages call the mistakes of the application.
UNKNOWN = ("MD4100", "Unable to find the application.")
DRAFT = (
    "MD1000",
    "The application is in Draft state. Add version=beta to the authorization URI.",
)
NO_REDIRECT = (
    "MD5100",
    "The application has no OAuth redirect URI, and the request names none.",
)
FOREIGN_REDIRECT = (
    "MD5101",
    "The OAuth redirect URI is not one of those registered for the application.",
)
NO_LOGIN = ("MD5110", "The application has no OAuth login URI.")
STALE = ("MD9100", "The authorization was not begun here, or it took too long.")
STATE_SECONDS = 1800
#: A page that an application without a website of its own can take as redirect URI.
CODE_PATH = "/apps/authorize/code"
_FIELDS = ("application_id", "state", "redirect_uri", "version")


class Refusal(Exception):
    """Something that the application got wrong, by Amazon's code and in words."""


class Consent:
    """The pages of one simulator."""

    def __init__(self, simulator):
        self.simulator = simulator
        self._started = {}

    def routes(self):
        """The routes of both workflows."""
        get, post = ["GET"], ["POST"]
        return [
            Route("/apps/authorize/consent", _page(self.ask), methods=get),
            Route("/apps/authorize/consent", _page(self.decide), methods=post),
            Route(CODE_PATH, self.show_code, methods=get),
            Route("/apps/store", _page(self.offer), methods=get),
            Route("/apps/store", _page(self.start), methods=post),
            Route(
                "/apps/authorize/confirm/{application_id}",
                _page(self.finish),
                methods=get,
            ),
        ]

    async def ask(self, request):
        """Show the seller what is asked of him."""
        fields = _fields(request.query_params)
        redirect_uri = self._redirect_uri(fields)
        return render(
            "consent.html",
            accounts=list(ACCOUNTS.values()),
            fields=fields,
            redirect_uri=redirect_uri,
            action="/apps/authorize/consent",
        )

    async def decide(self, request):
        """Take the seller's choice; confirming goes back with a code."""
        form = await read_form(request)
        redirect_uri = self._redirect_uri(_fields(form))
        if form.get("decision") != "confirm":
            return render("declined.html")
        account = ACCOUNTS.get(form.get("selling_partner_id"))
        if account is None:
            return _refused(("Choose an account", "No selling account was chosen."))
        return self._grant(account, redirect_uri, form.get("state") or None)

    def _grant(self, account, redirect_uri, state, **more):
        authorisations = self.simulator.lwa.authorisations
        return redirect(
            redirect_uri,
            **more,
            state=state,
            selling_partner_id=account.seller_id,
            spapi_oauth_code=authorisations.authorise(account.seller_id, redirect_uri),
        )

    async def show_code(self, request):
        """What an application's website gets, for a person to type elsewhere."""
        query = request.query_params
        return render(
            "code.html",
            selling_partner_id=query.get("selling_partner_id"),
            code=query.get("spapi_oauth_code"),
            minutes=CODE_SECONDS // 60,
        )

    async def offer(self, _request):
        """The application's page in the Appstore."""
        return render(
            "consent.html",
            accounts=list(ACCOUNTS.values()),
            fields={},
            redirect_uri=self.simulator.lwa.application.login_uri,
            action="/apps/store",
        )

    async def start(self, request):
        """Send the seller to the client's login URI, with what brings him back."""
        application = self.simulator.lwa.application
        if application.login_uri is None:
            raise Refusal(*NO_LOGIN)
        form = await read_form(request)
        account = ACCOUNTS.get(form.get("selling_partner_id"))
        if form.get("decision") != "confirm" or account is None:
            return render("declined.html")
        state = secrets.token_urlsafe(24)
        now = self.simulator.clock.timestamp()
        self._started = {s: a for s, a in self._started.items() if a[1] > now}
        self._started[state] = (account, now + STATE_SECONDS)
        base = str(request.base_url).rstrip("/")
        return redirect(
            application.login_uri,
            amazon_callback_uri=f"{base}/apps/authorize/confirm/{application.id}",
            amazon_state=state,
            selling_partner_id=account.seller_id,
            version="beta" if application.draft else None,
        )

    async def finish(self, request):
        """The client sent the seller back from its login URI; give the code."""
        query = dict(request.query_params)
        application_id = request.path_params["application_id"]
        fields = {**_fields(query), "application_id": application_id}
        redirect_uri = self._redirect_uri(fields)
        account, expires = self._started.pop(query.get("amazon_state"), (None, 0))
        if account is None or expires <= self.simulator.clock.timestamp():
            raise Refusal(*STALE)
        return self._grant(
            account,
            redirect_uri,
            query.get("state"),
            amazon_state=query["amazon_state"],
        )

    def _redirect_uri(self, fields):
        """Where the seller goes afterwards; Refusal as Amazon refuses."""
        application = self.simulator.lwa.application
        if fields["application_id"] != application.id:
            raise Refusal(*UNKNOWN)
        if application.draft and fields["version"] != "beta":
            raise Refusal(*DRAFT)
        given = fields["redirect_uri"]
        if given and not application.accepts(given):
            raise Refusal(*FOREIGN_REDIRECT)
        redirect_uri = given or application.default_redirect_uri()
        if not redirect_uri:
            raise Refusal(*NO_REDIRECT)
        return redirect_uri


def _fields(values):
    return {name: values.get(name) or "" for name in _FIELDS}


def _page(handler):
    async def endpoint(request):
        try:
            return await handler(request)
        except Refusal as refusal:
            return _refused(refusal.args)

    return endpoint


def _refused(reason):
    code, words = reason
    return render("refused.html", 400, code=code, words=words)
