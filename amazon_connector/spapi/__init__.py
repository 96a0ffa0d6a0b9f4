"""Amazon's Selling Partner API, as plain Python.

Nothing in this package knows Odoo: it turns Amazon's documents into frozen
dataclasses, builds the requests the connector sends, and talks HTTP in two modules
only: with Amazon in :mod:`.client`, with public servers in :mod:`.public`. Everything
else is pure and can be imported without the ``python-amazon-sp-api`` library.

Each API is a folder (``orders``, ``listings``, ``shipments``) whose public names are
those of the folder itself: ``from .orders import parse_order``.
"""
