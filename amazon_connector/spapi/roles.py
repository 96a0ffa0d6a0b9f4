"""Which role of the application Amazon wants for an operation, in Amazon's words."""

ORDERS_ROLE = "Inventory and Order Tracking"
LISTINGS_ROLE = "Product Listing"
# Without it, names, streets and phone numbers are left out of orders.
ADDRESS_ROLE = "Direct-to-Consumer Shipping (Restricted)"
# Almost any role will do; this one is for nothing else of the connector's.
ACCOUNT_ROLE = "Selling Partner Insights"

ROLES = {
    "getMarketplaceParticipations": ACCOUNT_ROLE,
    "searchOrders": ORDERS_ROLE,
    "getOrder": ORDERS_ROLE,
    "confirmShipment": ORDERS_ROLE,
    "searchListingsItems": LISTINGS_ROLE,
    "getListingsItem": LISTINGS_ROLE,
    "patchListingsItem": LISTINGS_ROLE,
    "createReport": LISTINGS_ROLE,
    "getReport": LISTINGS_ROLE,
    "getReportDocument": LISTINGS_ROLE,
    "createFeedDocument": LISTINGS_ROLE,
    "createFeed": LISTINGS_ROLE,
    "getFeed": LISTINGS_ROLE,
    "getFeeds": LISTINGS_ROLE,
    "cancelFeed": LISTINGS_ROLE,
    "getFeedDocument": LISTINGS_ROLE,
    "searchCatalogItems": LISTINGS_ROLE,
}
