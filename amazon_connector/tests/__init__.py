from .connection import *
from .jobs import *
from .orders import *
from .products import *
from .stock import *
from .inventory import *
from .shipments import *
from . import test_tours
