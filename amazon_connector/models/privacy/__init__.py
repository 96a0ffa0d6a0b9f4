"""The life of buyers' personal data: who may read it, who did, and when it goes."""

from . import amazon_personal_data
from . import amazon_personal_record
from . import base
from . import amazon_personal_data_access
from . import amazon_erasure
from . import amazon_order
from . import amazon_connection
from . import sale_order
from . import stock_picking
from . import res_partner
from . import account_move
from . import mail_activity
from . import mail_message
from . import ir_attachment
from . import ir_actions_report
from . import amazon_job_type_remove_personal_data
from . import amazon_security_check
