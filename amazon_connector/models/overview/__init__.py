"""What people see first: how each store is doing, and what waits for them."""

from . import amazon_connection
from . import amazon_history
from . import amazon_order
from . import stock_picking
from . import stock_picking_type
