"""Amazon's orders and the sale orders made of them."""

from . import amazon_order
from . import amazon_order_line
from . import order_changes
from . import missing_address
from . import amazon_job_type_download_orders
from . import amazon_job_type_complete_addresses
from . import amazon_connection
from . import res_partner
from . import sale_order
from . import sale_order_line
from . import stock_picking
from . import no_mail
