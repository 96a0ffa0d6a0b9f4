/* Tour of an administrator: complete a new connection by hand, test it, connect it. */

import {registry} from "@web/core/registry";

const field = (name) => `.o_field_widget[name='${name}'] input`;
const choice = (value) =>
    `.o_field_widget[name='unknown_product'] input[data-value='${value}']`;

registry.category("web_tour.tours").add("amazon_connection_tour", {
    steps: () => [
        {
            content: "Name the store",
            trigger: field("store_name"),
            run: "edit Tour Store",
        },
        {
            content: "Turn to the credentials",
            trigger: ".nav-link[name='credentials']",
            run: "click",
        },
        {
            content: "Enter the Selling Partner ID",
            trigger: field("seller_id"),
            run: "edit A1TOURSELLER",
        },
        {
            content: "Enter the client identifier",
            trigger: field("lwa_client_id"),
            run: "edit amzn1.application-oa2-client.tour",
        },
        {
            content: "Enter the client secret",
            trigger: field("lwa_client_secret"),
            run: "edit tour-secret",
        },
        {
            content: "Enter the refresh token",
            trigger: field("refresh_token"),
            run: "edit Atzr|tour",
        },
        {
            content: "Save the credentials",
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            content: "They are stored",
            trigger: ".o_form_saved",
        },
        {
            content: "Look at the configuration",
            trigger: ".nav-link[name='configuration']",
            run: "click",
        },
        {
            content: "Orders are to be downloaded",
            trigger: ".o_field_widget[name='download_orders'] input:checked",
        },
        {
            content: "With products downloaded, no order is for unknown ones",
            trigger:
                ".o_form_view:not(:has(.o_field_widget[name='unknown_product'])) " +
                field("download_products") +
                ":checked",
        },
        {
            content: "Inventory cannot be synced before the set-up is completed",
            trigger: field("sync_inventory") + ":disabled",
        },
        {
            content: "Do not download products",
            trigger: field("download_products"),
            run: "click",
        },
        {
            // A switch is saved at once; the next one waits for that.
            content: "What is done with unknown products is explained",
            trigger: `.o_form_saved ${choice("hold")}:checked ~ .text-muted:contains('No sale order')`,
        },
        {
            content: "Do not download orders",
            trigger: field("download_orders"),
            run: "click",
        },
        {
            content: "Then there is no such choice; download them after all",
            trigger:
                ".o_form_saved:not(:has(.o_field_widget[name='unknown_product'])) " +
                field("download_orders"),
            run: "click",
        },
        {
            content: "The choice is there again",
            trigger: `.o_form_saved:has(${choice("create")})`,
        },
        {
            content: "Have unknown products made",
            trigger: choice("create"),
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            content: "Test the connection",
            trigger: "button[name='action_test_connection']:not(:disabled)",
            run: "click",
        },
        {
            content: "Amazon's answer is shown",
            trigger: ".o_notification:contains('Amazon accepts the credentials')",
        },
        {
            content: "Connect",
            trigger: "button[name='action_connect']:not(:disabled)",
            run: "click",
        },
        {
            content: "The store is connected",
            trigger: ".o_arrow_button_current:contains('Importing')",
        },
    ],
});
