/* The form of the guided set-up: Cancel leaves it, whatever was typed; the other
   buttons send the server which page was shown. */

import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

export class SetupFormController extends FormController {
    /** A button saves the form before; what is given up need not even be valid. */
    async beforeExecuteActionButton(clickParams) {
        const {root} = this.model;
        if (clickParams.name !== "action_cancel") {
            // Saving reads the page again, and another tab may have gone on meanwhile.
            clickParams.buttonContext = {amazon_setup_step: root.data.step};
            return super.beforeExecuteActionButton(clickParams);
        }
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
