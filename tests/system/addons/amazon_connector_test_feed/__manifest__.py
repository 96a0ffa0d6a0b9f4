{
    "name": "Amazon Connector: Small Feeds",
    "summary": "Has a few quantities go by a feed, as very many do",
    "version": "19.0.1.0.0",
    "author": "Amazon Connector contributors",
    "license": "LGPL-3",
    "category": "Hidden",
    "depends": ["amazon_connector"],
}
