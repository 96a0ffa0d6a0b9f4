"""What was shipped, confirmed to Amazon."""

from . import amazon_carrier
from . import amazon_confirmation_marks
from . import amazon_connection
from . import amazon_order
from . import amazon_order_line
from . import not_as_ordered
from . import amazon_shipment
from . import amazon_shipment_line
from . import amazon_storefront
from . import amazon_job_type_send_shipments
from . import delivery_carrier
from . import stock_picking
from . import sale_order
from . import sale_order_line
