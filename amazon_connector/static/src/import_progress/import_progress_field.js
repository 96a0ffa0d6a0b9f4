/* The progress bar of a connection's initial import: asks the server while it runs. */

import {Component, onMounted, onWillUnmount} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const INTERVAL = 2000;

export class ImportProgressField extends Component {
    static template = "amazon_connector.ImportProgressField";
    static props = {...standardFieldProps};

    setup() {
        onMounted(() => {
            this.timer = setInterval(() => this.refresh(), INTERVAL);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    /** Rounded down: it is all done only when it is over. */
    get percent() {
        const percent = Math.floor(this.props.record.data[this.props.name]);
        return this.isImporting ? Math.min(percent, 99) : percent;
    }

    get isImporting() {
        return this.props.record.data.state === "importing";
    }

    /** An inactive connection stands still, and its bar with it. */
    get isRunning() {
        return this.isImporting && this.props.record.data.active;
    }

    async refresh() {
        const {record} = this.props;
        // What a person is typing must not be taken away.
        if (this.isRunning && !this.isLoading && !(await record.isDirty())) {
            this.isLoading = true;
            try {
                await record.load();
            } finally {
                this.isLoading = false;
            }
        }
    }
}

registry.category("fields").add("amazon_import_progress", {
    component: ImportProgressField,
    displayName: _t("Import progress"),
    supportedTypes: ["float"],
});
