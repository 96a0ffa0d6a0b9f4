/* The functions of a store: when each ran last, runs next, and what it waits for. */

import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const {DateTime} = window.luxon;

export class OverviewJobsField extends Component {
    static template = "amazon_connector.OverviewJobsField";
    static props = {...standardFieldProps};

    get jobs() {
        return this.props.record.data[this.props.name] || [];
    }

    /** As the reader writes it, without the date if it is today's. */
    format(text) {
        if (!text) {
            return "";
        }
        const moment = deserializeDateTime(text);
        const isToday = moment.hasSame(DateTime.local(), "day");
        return moment.toLocaleString(
            isToday ? DateTime.TIME_SIMPLE : DateTime.DATETIME_SHORT
        );
    }
}

registry.category("fields").add("amazon_overview_jobs", {
    component: OverviewJobsField,
    displayName: _t("Functions of a store"),
    supportedTypes: ["json"],
});
