/* Texts that Amazon spells in its own way (carrier codes, services): the spellings that
   are known are offered while one types; any other may be entered, too. */

import {_t} from "@web/core/l10n/translation";
import {AutoComplete} from "@web/core/autocomplete/autocomplete";
import {CharField, charField} from "@web/views/fields/char/char_field";
import {registry} from "@web/core/registry";
import {useChildRef, useService} from "@web/core/utils/hooks";
import {useInputField} from "@web/views/fields/input_field_hook";

export class CarrierCodeField extends CharField {
    static template = "amazon_connector.CarrierSuggestionsField";
    static components = {...CharField.components, AutoComplete};

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.inputRef = useChildRef();
        useInputField({
            getValue: () => this.value,
            parse: (value) => this.parse(value),
            ref: this.inputRef,
        });
    }

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    get marketplaceId() {
        return this.props.record.data.marketplace_id?.id || false;
    }

    get sources() {
        return [{options: (request) => this.loadOptions(request)}];
    }

    loadSuggestions() {
        return this.orm
            .cache()
            .call("amazon.carrier", "get_carrier_codes", [this.marketplaceId]);
    }

    async loadOptions(request) {
        const wanted = request.trim().toLowerCase();
        const suggestions = await this.loadSuggestions();
        if (this.inputRef.el !== document.activeElement) {
            // Who went on to the next field would find it under the list.
            return [];
        }
        return suggestions
            .filter((text) => text.toLowerCase().includes(wanted))
            .map((text) => ({label: text, onSelect: () => this.choose(text)}));
    }

    choose(text) {
        return this.props.record.update({[this.props.name]: text});
    }
}

export class ShipMethodField extends CarrierCodeField {
    loadSuggestions() {
        return this.orm
            .cache()
            .call("amazon.carrier", "get_ship_methods", [
                this.marketplaceId,
                this.props.record.data.carrier_code || "",
            ]);
    }
}

registry.category("fields").add("amazon_carrier_code", {
    ...charField,
    component: CarrierCodeField,
    displayName: _t("Amazon's carrier code"),
    supportedTypes: ["char"],
});

registry.category("fields").add("amazon_ship_method", {
    ...charField,
    component: ShipMethodField,
    displayName: _t("Amazon's service"),
    supportedTypes: ["char"],
});
