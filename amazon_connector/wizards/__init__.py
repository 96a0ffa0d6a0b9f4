"""The guided set-up of a connection."""

from . import amazon_connection_setup
from . import amazon_connection_setup_authorize
