from . import test_connection
from . import test_download_orders
from . import test_examples
from . import test_failures
from . import test_quota
from . import test_security
from . import test_send_shipments
from . import test_tours
