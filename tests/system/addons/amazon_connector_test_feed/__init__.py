"""An addon that has a few quantities go by a feed, for the tests."""

from odoo.addons.amazon_connector.models.inventory import many_quantities

many_quantities.FEED_FROM = 10
