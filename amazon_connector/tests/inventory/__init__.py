from . import test_fulfilment_look
from . import test_inventory_histories
from . import test_inventory_rules
from . import test_no_overselling
from . import test_packs
from . import test_quantities
from . import test_sync_inventory
from . import test_zero_brake
