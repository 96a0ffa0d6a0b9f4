"""The request bodies of the Notifications API."""

from ..bodies import Body

_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": {"type": "string"}}
_SQS = {
    "type": "object",
    "required": ["arn"],
    "properties": {
        "arn": {
            "type": "string",
            "maxLength": 1000,
            "pattern": r"^arn:aws:sqs:\S+:\S+:\S+",
        }
    },
}
_EVENT_BRIDGE = {
    "type": "object",
    "required": ["accountId", "region"],
    "properties": {"accountId": _TEXT, "region": _TEXT},
}
DESTINATION = Body(
    {
        "type": "object",
        "required": ["name", "resourceSpecification"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 256},
            "resourceSpecification": {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "properties": {"sqs": _SQS, "eventBridge": _EVENT_BRIDGE},
            },
        },
    }
)
_EVENT_FILTER = {
    "type": "object",
    "required": ["eventFilterType"],
    "properties": {
        "eventFilterType": {
            "enum": [
                "ANY_OFFER_CHANGED",
                "ORDER_CHANGE",
                "SHIPMENT_TRACKING_MILESTONE_CHANGED",
            ]
        },
        "aggregationSettings": {
            "type": "object",
            "required": ["aggregationTimePeriod"],
            "properties": {
                "aggregationTimePeriod": {"enum": ["FiveMinutes", "TenMinutes"]}
            },
        },
        "marketplaceIds": _TEXTS,
        "orderChangeTypes": {
            "type": "array",
            "items": {
                "enum": [
                    "BuyerRequestedChange",
                    "DeliveryTipChange",
                    "OrderStatusChange",
                ]
            },
        },
        "trackingIdentifier": {"type": "object"},
    },
}
SUBSCRIPTION = Body(
    {
        "type": "object",
        "required": ["destinationId", "payloadVersion"],
        "properties": {
            "destinationId": _TEXT,
            "payloadVersion": _TEXT,
            "processingDirective": {
                "type": "object",
                "properties": {
                    "eventFilter": _EVENT_FILTER,
                    "filterExpression": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 256,
                    },
                },
            },
        },
    }
)
TEST_NOTIFICATION = Body(
    {
        "type": "object",
        "required": ["destinationId", "testNotification"],
        "properties": {
            "destinationId": _TEXT,
            "testNotification": {
                "type": "object",
                "required": ["payloadVersion", "testScenario"],
                "properties": {"payloadVersion": _TEXT, "testScenario": _TEXT},
            },
        },
    }
)
