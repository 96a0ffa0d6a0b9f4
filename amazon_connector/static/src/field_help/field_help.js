/* The help of a field, as text below it: what stands in its tooltip, written once. */

import {Component, xml} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

export class FieldHelp extends Component {
    static template = xml`<t t-out="help" />`;
    static props = {...standardWidgetProps, field: String};

    get help() {
        const {record, field} = this.props;
        return record.fields[field].help;
    }
}

registry.category("view_widgets").add("amazon_field_help", {
    component: FieldHelp,
    extractProps: ({attrs}) => ({field: attrs.field}),
    additionalClasses: ["text-muted", "mb-3"],
});
