/* The search of Inventory's overview finds the delivery of an Amazon order, too. */

import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";
import {useService} from "@web/core/utils/hooks";
import {SearchBar} from "@web/search/search_bar/search_bar";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {StockKanbanView} from "@stock/components/stock_overview/stock_overview";

const ORDER_NUMBER = /^\d{3}-\d{7}-\d{7}$/;

export class InventorySearchBar extends SearchBar {
    setup() {
        super.setup();
        this.action = useService("action");
    }

    /** No kind of transfer has such a name: what is meant is the order. */
    async computeState(options) {
        await super.computeState(options);
        const number = this.state.query.trim();
        if (ORDER_NUMBER.test(number)) {
            this.items.unshift({
                id: "amazon_order",
                searchItemDescription: _t("Amazon Order"),
                preposition: this.getPreposition({fieldName: "name"}),
                label: number,
                isAmazonOrder: true,
            });
        }
    }

    selectItem(item) {
        return item.isAmazonOrder ? this.findOrder(item.label) : super.selectItem(item);
    }

    async findOrder(number) {
        const action = await this.orm.call(
            "stock.picking",
            "action_find_amazon_order",
            [number]
        );
        this.resetState();
        await this.action.doAction(action);
    }
}

export class InventoryOverviewController extends KanbanController {
    static components = {
        ...KanbanController.components,
        SearchBar: InventorySearchBar,
    };
}

patch(StockKanbanView, {Controller: InventoryOverviewController});
