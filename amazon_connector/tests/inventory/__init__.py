from . import test_fulfilment_look
from . import test_no_overselling
from . import test_packs
from . import test_quantities
from . import test_quantity_feed
from . import test_sync_inventory
from . import test_zero_brake
