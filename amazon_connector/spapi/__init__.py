"""Amazon's Selling Partner API, as plain Python.

Nothing in this package knows Odoo: it turns Amazon's documents into frozen
dataclasses, builds the requests the connector sends, and talks HTTP in one
module only (:mod:`.client`). Everything else is pure and can be imported without
the ``python-amazon-sp-api`` library.
"""
