/* The form of the guided set-up: Cancel leaves it, whatever was typed. */

import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

export class SetupFormController extends FormController {
    /** A button saves the form before; what is given up need not even be valid. */
    async beforeExecuteActionButton(clickParams) {
        if (clickParams.name !== "action_cancel") {
            return super.beforeExecuteActionButton(clickParams);
        }
        const {root} = this.model;
        await root.discard();
        if (root.resId) {
            return true;
        }
        // Nothing was stored yet.
        this.env.services.action.doAction(
            "amazon_connector.amazon_integration_action",
            {
                clearBreadcrumbs: true,
            }
        );
        return false;
    }
}

registry.category("views").add("amazon_setup_form", {
    ...formView,
    Controller: SetupFormController,
});
