"""The ASGI application: routes of LWA, of the admin interface and of the SP-API."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route, request_response

from .admin_api import admin_routes
from .defence import Defence
from .gateway import serve_api, serve_token
from .images import serve_image
from .pages.consent import Consent
from .pages.people import People
from .routing import AnyMethod
from .schemas import serve_schema
from .storage import serve_document


def create_app(simulator):
    """The application that serves one simulator."""

    async def token(request):
        return await serve_token(simulator, request)

    async def api(request):
        return await serve_api(simulator, request)

    async def document(request):
        return await serve_document(simulator, request)

    application = Starlette(
        middleware=[Middleware(Defence)],
        routes=[
            Route("/auth/o2/token", token, methods=["POST"]),
            *Consent(simulator).routes(),
            *People(simulator, api).routes(),
            Mount("/_simulator", routes=admin_routes(simulator)),
            AnyMethod("/documents/{document_id}", document),
            Route("/images/{name}.png", serve_image, methods=["GET"]),
            Route("/schemas/{name:path}", serve_schema, methods=["GET"]),
            AnyMethod("/{path:any}", api),
        ],
    )
    # "OPTIONS *" has no path that a route could match.
    application.router.default = request_response(api)
    return application
