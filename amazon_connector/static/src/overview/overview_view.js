/* The overview of the stores: counts anew when something changed, and finds an order. */

import {onMounted, onWillUnmount, useState} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {useAutofocus, useService} from "@web/core/utils/hooks";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {KanbanRenderer} from "@web/views/kanban/kanban_renderer";
import {kanbanView} from "@web/views/kanban/kanban_view";

// As in models/overview/amazon_connection.py.
const OVERVIEW_CHANGED = "amazon_connector.overview_changed";
// What changes in a row is counted once.
const QUIET_MS = 1500;
// Orders become late while nothing happens, and messages can be lost.
const REFRESH_MS = 60000;
// Who needs a person comes first.
const RANKS = [
    "stopped",
    "failing",
    "urgent",
    "attention",
    "catching_up",
    "importing",
    "good",
    "new",
    "sandbox",
    "paused",
];

export class OverviewController extends KanbanController {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.bus = useService("bus_service");
        this.search = useState({number: ""});
        // There are few stores to search among, and many orders.
        useAutofocus({refName: "findOrder"});
        const onChanged = () => this.refreshSoon();
        const onVisible = () => this.isMissed && this.refresh();
        onMounted(() => {
            this.bus.subscribe(OVERVIEW_CHANGED, onChanged);
            this.bus.start();
            document.addEventListener("visibilitychange", onVisible);
            this.interval = browser.setInterval(() => this.refresh(), REFRESH_MS);
        });
        onWillUnmount(() => {
            this.bus.unsubscribe(OVERVIEW_CHANGED, onChanged);
            document.removeEventListener("visibilitychange", onVisible);
            browser.clearInterval(this.interval);
            browser.clearTimeout(this.timeout);
        });
    }

    /** Waits for the last of several changes, but not for ever. */
    refreshSoon() {
        if (!this.timeout) {
            this.timeout = browser.setTimeout(() => this.refresh(), QUIET_MS);
        }
    }

    /** Nobody looks at a tab in the background: it is counted when it is shown. */
    async refresh() {
        browser.clearTimeout(this.timeout);
        this.timeout = null;
        this.isMissed = document.hidden;
        if (document.hidden || this.isLoading) {
            return;
        }
        this.isLoading = true;
        try {
            await this.model.load();
        } finally {
            this.isLoading = false;
        }
    }

    async findOrder() {
        const number = this.search.number.trim();
        if (number) {
            const action = await this.orm.call("amazon.order", "action_find", [number]);
            await this.actionService.doAction(action);
        }
    }
}
OverviewController.template = "amazon_connector.OverviewView";

export class OverviewRenderer extends KanbanRenderer {
    getGroupsOrRecords() {
        const cards = super.getGroupsOrRecords();
        const rank = ({record}) => RANKS.indexOf(record?.data.health);
        return cards.sort((one, other) => rank(one) - rank(other));
    }
}

registry.category("views").add("amazon_overview", {
    ...kanbanView,
    Controller: OverviewController,
    Renderer: OverviewRenderer,
});
