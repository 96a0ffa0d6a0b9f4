"""The guided set-up of a connection, and a held order imported by hand."""

from . import amazon_connection_setup
from . import amazon_connection_setup_authorize
from . import amazon_order_resolve
