/* The unknown items of an order: the product of the first one is typed at once. */

import {onMounted} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {X2ManyField, x2ManyField} from "@web/views/fields/x2many/x2many_field";

export class ResolveLinesField extends X2ManyField {
    setup() {
        super.setup();
        onMounted(() => {
            const line = this.list.records.find(({data}) => !data.product_id);
            if (line) {
                this.list.enterEditMode(line);
            }
        });
    }
}

registry.category("fields").add("amazon_resolve_lines", {
    ...x2ManyField,
    component: ResolveLinesField,
    displayName: _t("Unknown items of an order"),
});
