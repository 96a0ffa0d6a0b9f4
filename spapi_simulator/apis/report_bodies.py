"""The request bodies of createReport and createReportSchedule."""

from ..bodies import Body

PERIODS = (
    "PT5M",
    "PT15M",
    "PT30M",
    "PT1H",
    "PT2H",
    "PT4H",
    "PT8H",
    "PT12H",
    "P1D",
    "P2D",
    "P3D",
    "PT84H",
    "P7D",
    "P14D",
    "P15D",
    "P18D",
    "P30D",
    "P1M",
)
_TEXT = {"type": "string", "minLength": 1}
_COMMON = {
    "reportType": _TEXT,
    "marketplaceIds": {
        "type": "array",
        "items": _TEXT,
        "minItems": 1,
        "maxItems": 25,
    },
    "reportOptions": {
        "type": "object",
        "additionalProperties": {"type": "string"},
    },
}
SPECIFICATION = Body(
    {
        "type": "object",
        "required": ["reportType", "marketplaceIds"],
        "properties": {
            **_COMMON,
            "dataStartTime": {"type": "string"},
            "dataEndTime": {"type": "string"},
        },
    }
)
SCHEDULE = Body(
    {
        "type": "object",
        "required": ["reportType", "marketplaceIds", "period"],
        "properties": {
            **_COMMON,
            "period": {"type": "string", "enum": list(PERIODS)},
            "nextReportCreationTime": {"type": "string"},
        },
    }
)
