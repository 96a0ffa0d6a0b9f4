"""A server that does nothing: the floor of what this machine and framework can do."""

import asyncio

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from spapi_simulator.server import make_server


async def _hello(_request):
    return Response(b'{"payload":{}}', media_type="application/json")


def serve(listening):
    """Serve on a bound socket until the process is ended."""
    application = Starlette(routes=[Route("/{path:path}", _hello)])
    server = make_server(application, lambda: None)
    asyncio.run(server.serve(sockets=[listening]))
