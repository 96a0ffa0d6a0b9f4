"""The guided set-up of a connection, its doctor, what is asked before orders are
fetched or imported by hand, and links of listings as a spreadsheet."""

from . import amazon_connection_doctor
from . import amazon_connection_setup
from . import amazon_connection_setup_authorize
from . import amazon_listing_spreadsheet
from . import amazon_order_period
from . import amazon_order_recover
from . import amazon_order_resolve
