"""Amazon's orders and the sale orders made of them."""

from . import amazon_connection
from . import amazon_order
from . import amazon_order_line
from . import order_changes
from . import amazon_job_type_orders
from . import amazon_job_type_download_orders
from . import amazon_job_type_sweep_orders
from . import amazon_job_type_recover_orders
from . import sale_order
from . import sale_order_line
from . import stock_picking
