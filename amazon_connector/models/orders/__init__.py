"""Amazon's orders and the sale orders made of them."""

from . import account_move
from . import amazon_connection
from . import res_partner
from . import amazon_order
from . import amazon_order_line
from . import amazon_delivery_method
from . import amazon_storefront
from . import order_changes
from . import order_marks
from . import amazon_order_marks
from . import amazon_job_type_orders
from . import amazon_job_type_download_orders
from . import amazon_job_type_sweep_orders
from . import amazon_job_type_recover_orders
from . import amazon_job_type_complete_addresses
from . import sale_order
from . import sale_order_line
from . import stock_picking
from . import mail_thread
from . import mail_mail
