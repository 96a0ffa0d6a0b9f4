{
    "name": "Amazon Connector: Kits",
    "summary": "Offer kits by their components, confirm them with their parcels",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Sales/Sales",
    "author": "Amazon Connector contributors",
    "license": "LGPL-3",
    "depends": ["amazon_connector", "sale_mrp"],
    "auto_install": True,
    "post_init_hook": "take_up_kits",
}
