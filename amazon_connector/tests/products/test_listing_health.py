"""What Amazon finds wrong with a listing is shown, in words, and found again."""

from lxml import etree

from odoo.tests import tagged
from odoo.tools import format_datetime
from odoo.tools.safe_eval import safe_eval

from ..builders import ago, ahead, moment
from ..fake_listings import CA, US, build_issue, build_listing
from ..listings_common import ListingsCommon

LISTING_SUPPRESSED = build_issue(
    "The price is too low.", code="18155", action="LISTING_SUPPRESSED", marketplace=US
)


@tagged("post_install", "-at_install")
class TestListingHealth(ListingsCommon):
    def show(self, *issues, status=("DISCOVERABLE",), **more):
        """Have the mug's listing with these issues downloaded; return it."""
        self.fake.list(build_listing(issues=list(issues), status=list(status), **more))
        self.download_products()
        return self.listing()

    def test_a_suppressed_listing_says_so_and_why(self):
        listing = self.show(LISTING_SUPPRESSED)
        self.assertRecordValues(
            listing, [{"state": "suppressed", "issue_severity": "error"}]
        )
        self.assertEqual(
            listing.issue_text,
            "Error: The price is too low. Amazon took the offer down. (18155)",
        )

    def test_what_amazon_does_is_said_of_each_issue(self):
        for action, sentence in (
            ("SEARCH_SUPPRESSED", "hides it from its search"),
            ("CATALOG_ITEM_REMOVED", "removed it from its catalogue"),
            ("ATTRIBUTE_SUPPRESSED", "rejected the value"),
        ):
            with self.subTest(action):
                listing = self.show(build_issue(action=action), updated=ago(days=3))
                self.assertIn(sentence, listing.issue_text)

    def test_a_rejected_value_suppresses_nothing(self):
        listing = self.show(
            build_issue(action="ATTRIBUTE_SUPPRESSED"),
            status=["BUYABLE", "DISCOVERABLE"],
        )
        self.assertRecordValues(
            listing, [{"state": "active", "issue_severity": "error"}]
        )

    def test_a_listing_that_shows_again_is_active_whatever_is_left(self):
        listing = self.show(LISTING_SUPPRESSED)
        self.show(
            LISTING_SUPPRESSED, status=["BUYABLE", "DISCOVERABLE"], updated=ago(days=3)
        )
        self.assertEqual(listing.state, "active")

    def test_while_it_is_exempt_amazon_does_nothing(self):
        until = ahead(days=90)
        listing = self.show(
            build_issue(
                action="LISTING_SUPPRESSED",
                exemption="EXEMPT_UNTIL_EXPIRY_DATE",
                until=until,
            )
        )
        self.assertEqual(listing.state, "inactive")
        shown = format_datetime(self.env, moment(until))
        self.assertIn(f"does nothing about it until {shown}", listing.issue_text)

    def test_the_worst_issue_comes_first(self):
        listing = self.show(
            build_issue("Nice to have.", "INFO"),
            build_issue("Too short.", "WARNING"),
        )
        self.assertEqual(listing.issue_severity, "warning")
        self.assertEqual(
            listing.issue_text.splitlines(),
            ["Warning: Too short. (90220)", "Hint: Nice to have. (90220)"],
        )

    def test_an_issue_of_another_marketplace_is_not_shown_here(self):
        listing = self.show(build_issue(marketplace=CA))
        self.assertFalse(listing.issue_severity)
        self.assertFalse(listing.issue_text)

    def test_issues_that_are_gone_leave_nothing(self):
        listing = self.show(LISTING_SUPPRESSED)
        self.show(status=["BUYABLE", "DISCOVERABLE"], updated=ago(days=3))
        self.assertRecordValues(
            listing,
            [{"state": "active", "issue_severity": False, "amazon_issues": False}],
        )

    def test_the_same_issues_again_change_nothing(self):
        self.show(LISTING_SUPPRESSED)
        self.download_products()
        self.assertRecordValues(
            self.last_run("download_products"),
            [{"seen": 1, "unchanged": 1, "updated": 0, "outcome": "nothing"}],
        )

    def test_an_issue_concerns_no_product(self):
        listing = self.show(status=["BUYABLE", "DISCOVERABLE"])
        self.show(
            build_issue("Too short.", "WARNING"),
            status=["BUYABLE", "DISCOVERABLE"],
            updated=ago(days=3),
        )
        self.assertEqual(listing.issue_severity, "warning")
        self.assertFalse(listing.to_process)

    def test_seller_central_opens_at_the_listing_in_its_marketplace(self):
        self.env["ir.config_parameter"].set_param(
            "amazon_connector.seller_central_url", False
        )
        canada = self.open_storefront()
        self.fake.list(build_listing("A/B 1"), build_listing("A/B 1", marketplace=CA))
        self.download_products()
        for storefront, domain in (
            (self.connection.storefront_ids - canada, "sellercentral.amazon.com"),
            (canada, "sellercentral.amazon.ca"),
        ):
            action = self.listing(
                "A/B 1", storefront=storefront
            ).action_open_seller_central()
            self.assertEqual(
                action["url"], f"https://{domain}/skucentral?mSku=A%2FB%201"
            )
            self.assertEqual(action["target"], "new")


@tagged("post_install", "-at_install")
class TestFilters(ListingsCommon):
    def prepare(self):
        super().prepare()
        self.connection.download_products = False
        self.fake.list(
            build_listing("MUG"),
            build_listing("ALIEN"),
            build_listing("FAMILY", children=["MUG"]),
            build_listing("HIDDEN", status=[], issues=[LISTING_SUPPRESSED]),
            build_listing("SHORT", issues=[build_issue("Too short.", "WARNING")]),
            build_listing("THEIRS", channel="AMAZON_NA"),
            build_listing("GONE"),
        )
        self.connection.action_download_products()
        self.download_products()
        self.listing("GONE").sudo().state = "removed"
        self.listing("ALIEN").sudo().error = "Two products have the reference."

    def test_each_filter_shows_what_it_says(self):
        listings = self.env["amazon.listing"]
        arch = etree.fromstring(listings.get_view(view_type="search")["arch"])
        for name, skus in (
            ("not_linked", {"ALIEN", "HIDDEN", "SHORT", "THEIRS"}),
            ("linked", {"MUG"}),
            ("suppressed", {"HIDDEN"}),
            ("issue", {"ALIEN", "HIDDEN"}),
            ("any_issue", {"HIDDEN", "SHORT"}),
            ("amazon", {"THEIRS"}),
            ("removed", {"GONE"}),
        ):
            with self.subTest(name):
                (node,) = arch.xpath(f"//filter[@name='{name}']")
                found = listings.search(safe_eval(node.get("domain")))
                self.assertEqual(set(found.mapped("sku")), skus)

    def test_the_connection_opens_what_is_not_linked_with_suggestions(self):
        action = self.connection.action_open_unlinked()
        found = self.env["amazon.listing"].search(action["domain"])
        self.assertEqual(len(found), self.connection.unlinked_count)
        self.assertTrue(action["context"]["amazon_not_linked"])
