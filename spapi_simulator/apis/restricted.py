"""The restricted operations, which show personal data to a restricted data token."""

DATA_ELEMENTS = ("buyerInfo", "buyerTaxInformation", "shippingAddress")
#: (method, path, whether it takes dataElements); {…} stands for any one segment.
_RESOURCES = (
    ("GET", "/orders/v0/orders", True),
    ("GET", "/orders/v0/orders/{orderId}", True),
    ("GET", "/orders/v0/orders/{orderId}/orderItems", True),
    ("GET", "/orders/v0/orders/{orderId}/orderItems/buyerInfo", False),
    ("GET", "/orders/v0/orders/{orderId}/buyerInfo", False),
    ("GET", "/orders/v0/orders/{orderId}/address", False),
    ("GET", "/orders/v0/orders/{orderId}/regulatedInfo", False),
    ("POST", "/mfn/v0/shipments", False),
    ("GET", "/mfn/v0/shipments/{shipmentId}", False),
    ("PUT", "/mfn/v0/shipments/{shipmentId}", False),
    ("DELETE", "/mfn/v0/shipments/{shipmentId}", False),
    ("PUT", "/mfn/v0/shipments/{shipmentId}/cancel", False),
    ("GET", "/reports/2021-06-30/documents/{reportDocumentId}", False),
    ("GET", "/shipping/v1/shipments/{shipmentId}", False),
    ("GET", "/fba/outbound/brazil/v0/shipments/{shipmentId}", False),
)
#: Of these a token is for one document only: the path must name it.
_NAMED = "/reports/"


def takes_data_elements(method, path):
    """Whether a resource takes dataElements; None when it is not restricted."""
    segments = path.split("/")
    for known_method, pattern, takes in _RESOURCES:
        if known_method == method and _matches(pattern.split("/"), segments):
            named = not (path.startswith(_NAMED) and "{" in path)
            return takes if named else None
    return None


def _matches(pattern, segments):
    return len(pattern) == len(segments) and all(
        segment == part or (part.startswith("{") and segment)
        for part, segment in zip(pattern, segments, strict=True)
    )
