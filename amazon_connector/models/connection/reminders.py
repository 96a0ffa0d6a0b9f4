"""What people are reminded of: one type of activity for each, and who gets it.

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
ORDER_PROBLEM_REMINDER = f"{_TYPE}order_problem"
ORDER_CANCELLED_REMINDER = f"{_TYPE}order_cancelled"
ORDER_ADDRESS_REMINDER = f"{_TYPE}order_address"
ORDER_ITEMS_REMINDER = f"{_TYPE}order_items"
ORDER_REQUEST_REMINDER = f"{_TYPE}order_request"
ORDER_INVOICE_REMINDER = f"{_TYPE}order_invoice"
ORDER_LATE_LINES_REMINDER = f"{_TYPE}order_late_lines"
ORDER_UNREADABLE_REMINDER = f"{_TYPE}order_unreadable"
ORDER_SHIPMENT_REMINDER = f"{_TYPE}order_shipment"
ORDER_AWAITED_REMINDER = f"{_TYPE}order_awaited"

# Who is reminded, by kind of trouble: a field of the connection. All else, and where
# that is empty, is the responsible's.
RESPONSIBLES = {
    ORDER_PROBLEM_REMINDER: "order_user_id",
    ORDER_CANCELLED_REMINDER: "order_user_id",
    ORDER_ADDRESS_REMINDER: "order_user_id",
    ORDER_ITEMS_REMINDER: "order_user_id",
    ORDER_REQUEST_REMINDER: "order_user_id",
    ORDER_INVOICE_REMINDER: "order_user_id",
    ORDER_UNREADABLE_REMINDER: "order_user_id",
    ORDER_LATE_LINES_REMINDER: "warehouse_user_id",
    ORDER_SHIPMENT_REMINDER: "warehouse_user_id",
    ORDER_AWAITED_REMINDER: "warehouse_user_id",
    IMPORT_REMINDER: "listing_user_id",
    ZERO_REMINDER: "listing_user_id",
    FEED_REMINDER: "listing_user_id",
}
