from . import test_download_orders
from . import test_examples
from . import test_order_inbox
from . import test_partial_orders
from . import test_stopped_deliveries
from . import test_unknown_products
