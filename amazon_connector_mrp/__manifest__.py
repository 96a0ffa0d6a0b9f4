{
    "name": "Amazon Connector: Kits",
    "summary": "Confirm kits to Amazon with the parcels that hold their components",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Sales/Sales",
    "author": "Amazon Connector contributors",
    "license": "LGPL-3",
    "depends": ["amazon_connector", "sale_mrp"],
    "auto_install": True,
    "post_init_hook": "confirm_kits_in_outbox",
}
