{
    "name": "Amazon Connector: A Job of Another Addon",
    "summary": "Shows that a job type needs nothing but a class that inherits",
    "version": "19.0.1.0.0",
    "author": "Amazon Connector contributors",
    "license": "LGPL-3",
    "category": "Hidden",
    "depends": ["amazon_connector"],
}
