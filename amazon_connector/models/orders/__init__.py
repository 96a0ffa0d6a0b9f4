"""Amazon's orders and the sale orders made of them."""

from . import account_move
from . import amazon_order
from . import amazon_order_line
from . import order_reminders
from . import order_changes
from . import order_cancellation
from . import order_shipped_elsewhere
from . import order_missing_lines
from . import amazon_job_type_download_orders
from . import sale_order
from . import sale_order_line
from . import stock_picking
