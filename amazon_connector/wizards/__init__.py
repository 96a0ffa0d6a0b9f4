"""The guided set-up of a connection, and what is asked before orders are fetched."""

from . import amazon_connection_setup
from . import amazon_connection_setup_authorize
from . import amazon_order_period
from . import amazon_order_recover
