"""The ASGI application: routes of LWA, of the admin interface and of the SP-API."""

from starlette.applications import Starlette
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.routing import Mount, Route

from .admin_api import admin_routes
from .gateway import serve_api, serve_token
from .images import serve_image
from .pages.consent import Consent
from .pages.people import People
from .schemas import serve_schema
from .storage import serve_document

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class _AnyPath(PathConvertor):
    """Any path at all; even a line break may be part of a SKU."""

    regex = r"[\s\S]*"


register_url_convertor("any", _AnyPath())


def create_app(simulator):
    """The application that serves one simulator."""

    async def token(request):
        return await serve_token(simulator, request)

    async def api(request):
        return await serve_api(simulator, request)

    async def document(request):
        return await serve_document(simulator, request)

    return Starlette(
        routes=[
            Route("/auth/o2/token", token, methods=["POST"]),
            *Consent(simulator).routes(),
            *People(simulator, api).routes(),
            Mount("/_simulator", routes=admin_routes(simulator)),
            Route("/documents/{document_id}", document, methods=_METHODS),
            Route("/images/{name}.png", serve_image, methods=["GET"]),
            Route("/schemas/{name:path}", serve_schema, methods=["GET"]),
            Route("/{path:any}", api, methods=_METHODS),
        ]
    )
