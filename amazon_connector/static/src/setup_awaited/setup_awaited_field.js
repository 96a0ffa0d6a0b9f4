/* The tab in which the set-up was started, while Amazon's page is open in another one:
   it asks the server whether the seller came back there, and then shows what is next. */

import {Component, onMounted, onWillUnmount} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const INTERVAL = 2000;
const CONNECTIONS = "amazon_connector.amazon_connection_action";

export class SetupAwaitedField extends Component {
    static template = "amazon_connector.SetupAwaitedField";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        onMounted(() => {
            this.timer = setInterval(() => this.refresh(), INTERVAL);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    get isAwaited() {
        return this.props.record.data[this.props.name];
    }

    async refresh() {
        const {record} = this.props;
        // What a person is typing must not be taken away.
        if (this.isAwaited && !this.isAsking && !(await record.isDirty())) {
            this.isAsking = true;
            try {
                await this.showWhatIsNext(record);
            } finally {
                this.isAsking = false;
            }
        }
    }

    async showWhatIsNext(record) {
        const {name} = this.props;
        const [found] = await this.orm.silent.searchRead(
            record.resModel,
            [["id", "=", record.resId]],
            ["step", name]
        );
        if (await record.isDirty()) {
            return;
        }
        if (!found) {
            // It was finished in the other tab, and is gone.
            await this.openConnection(record.data.connection_id);
        } else if (found.step !== record.data.step || !found[name]) {
            await record.load();
        }
    }

    openConnection(connection) {
        const options = {clearBreadcrumbs: true};
        if (connection) {
            Object.assign(options, {viewType: "form", props: {resId: connection.id}});
        }
        return this.action.doAction(CONNECTIONS, options);
    }
}

registry.category("fields").add("amazon_setup_awaited", {
    component: SetupAwaitedField,
    displayName: _t("Waiting for Amazon's page"),
    supportedTypes: ["boolean"],
});
