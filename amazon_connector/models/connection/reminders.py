"""What the responsible of a connection is reminded of: one type of activity for each.

The records are in data/mail_activity_type_data.xml.
"""

_TYPE = "amazon_connector.mail_activity_type_"
REAUTHORIZE_REMINDER = f"{_TYPE}reauthorize"
ROLE_REMINDER = f"{_TYPE}role"
SECRET_REMINDER = f"{_TYPE}secret"
AUTHORIZATION_REMINDER = f"{_TYPE}authorization"
KEY_REMINDER = f"{_TYPE}key"
IMPORT_REMINDER = f"{_TYPE}import"
ZERO_REMINDER = f"{_TYPE}zero"
