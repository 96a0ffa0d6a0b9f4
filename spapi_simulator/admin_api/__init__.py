"""The admin interface under /_simulator/: look at and change the simulated world.

One module per subject. Each has ``ROUTES``: (path, {method: handler}), where a
handler takes the simulator, the request and the decoded JSON body and gives (status,
document); a document of None is an answer without a body, and an ``AdminError`` the
answer to bad input. A further subject is one more module in ``routes.SUBJECTS``.
"""

from .routes import admin_routes
