/* Tour of an administrator: map a delivery method that Amazon does not know, with a code
   of Amazon's list. */

import {registry} from "@web/core/registry";

const code = ".modal .o_field_widget[name='carrier_code']";

registry.category("web_tour.tours").add("amazon_carrier_tour", {
    steps: () => [
        {
            content: "The method is unmapped; map it",
            trigger:
                ".o_data_row:contains('Tour Courier'):contains('Unmapped') " +
                "button[name='action_map_amazon_carrier']",
            run: "click",
        },
        {
            content: "Enter a part of the code",
            trigger: `${code} input`,
            run: "edit ontr",
        },
        {
            content: "Choose it from Amazon's list",
            trigger: `${code} .o-autocomplete--dropdown-item:contains('OnTrac')`,
            run: "click",
        },
        {
            content: "It is spelled as Amazon spells it",
            trigger: `${code} input:value('OnTrac')`,
        },
        {
            content: "Save the mapping",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The list says what Amazon is told",
            trigger:
                "body:not(:has(.modal)) " +
                ".o_data_row:contains('Tour Courier'):contains('OnTrac')",
        },
    ],
});
