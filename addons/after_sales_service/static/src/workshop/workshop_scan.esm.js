import {Component, useRef} from "@odoo/owl";
import {useBus, useService} from "@web/core/utils/hooks";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {ListController} from "@web/views/list/list_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";

/**
 * The scan box of the workshop's desk: a label opens its repair, whether the
 * scanner types into the box or the desk just lies open (SHOP-12).
 */
export class WorkshopScan extends Component {
    static template = "after_sales_service.WorkshopScan";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useRef("input");
        useBus(useService("barcode").bus, "barcode_scanned", (ev) =>
            this.open(ev.detail.barcode),
        );
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.stopPropagation();
            this.open(ev.target.value);
        }
    }

    async open(code) {
        this.input.el.value = "";
        if (code.trim()) {
            this.action.doAction(
                await this.orm.call("repair.order", "action_open_scanned", [code]),
            );
        }
    }
}

class WorkshopKanbanController extends KanbanController {
    static components = {...KanbanController.components, WorkshopScan};
}

class WorkshopListController extends ListController {
    static components = {...ListController.components, WorkshopScan};
}

registry.category("views").add("workshop_kanban", {
    ...kanbanView,
    Controller: WorkshopKanbanController,
    buttonTemplate: "after_sales_service.WorkshopButtons",
});

registry.category("views").add("workshop_list", {
    ...listView,
    Controller: WorkshopListController,
    buttonTemplate: "after_sales_service.WorkshopButtons",
});
