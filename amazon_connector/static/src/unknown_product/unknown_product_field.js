/* What to do with an order for unknown products: radio, each option explained. */

import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {RadioField, radioField} from "@web/views/fields/radio/radio_field";

export class UnknownProductField extends RadioField {
    static template = "amazon_connector.UnknownProductField";

    explanation(choice) {
        return {
            partial: _t(
                "The sale order comes in with the lines whose products are known. It gains the others once their products are there, unless something was shipped before."
            ),
            create: _t(
                "A storable product is made from Amazon's SKU, title and price, and the sale order comes in whole."
            ),
            hold: _t(
                "No sale order is made before all products are there; then it comes in by itself."
            ),
        }[choice];
    }
}

registry.category("fields").add("amazon_unknown_product", {
    ...radioField,
    component: UnknownProductField,
    displayName: _t("Radio for unknown products, explained"),
    supportedTypes: ["selection"],
});
