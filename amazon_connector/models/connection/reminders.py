"""What the responsible of a connection is reminded of: one type of activity for each.

Those of orders are on the sale order, the others on the connection.

The records are in data/mail_activity_type_data.xml.
"""

_TYPE = "amazon_connector.mail_activity_type_"
REAUTHORIZE_REMINDER = f"{_TYPE}reauthorize"
ROLE_REMINDER = f"{_TYPE}role"
SECRET_REMINDER = f"{_TYPE}secret"
AUTHORIZATION_REMINDER = f"{_TYPE}authorization"
KEY_REMINDER = f"{_TYPE}key"
IMPORT_REMINDER = f"{_TYPE}import"
COPY_REMINDER = f"{_TYPE}copy"
ZERO_REMINDER = f"{_TYPE}zero"
FEED_REMINDER = f"{_TYPE}feed"
ORDER_CANCELLED_REMINDER = f"{_TYPE}order_cancelled"
ORDER_ADDRESS_REMINDER = f"{_TYPE}order_address"
ORDER_ITEMS_REMINDER = f"{_TYPE}order_items"
ORDER_REQUEST_REMINDER = f"{_TYPE}order_request"
ORDER_INVOICE_REMINDER = f"{_TYPE}order_invoice"
ORDER_LATE_LINES_REMINDER = f"{_TYPE}order_late_lines"
ORDER_UNREADABLE_REMINDER = f"{_TYPE}order_unreadable"
ORDER_SHIPMENT_REMINDER = f"{_TYPE}order_shipment"
ORDER_AWAITED_REMINDER = f"{_TYPE}order_awaited"
