/** License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {Component, useRef} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {beep} from "../receiving/beep.esm";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

/** Packs a weekly return by scanning: a slip or serial goes into the box. */
export class PackScan extends Component {
    static template = "spare_parts_rma.PackScan";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.input = useRef("scan");
    }

    async onKeydown(ev) {
        if (ev.key !== "Enter") {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        const code = this.input.el.value.trim();
        this.input.el.value = "";
        if (!code) {
            return;
        }
        const record = this.props.record;
        try {
            await record.save();
            await this.orm.call("spare.return", "action_scan", [[record.resId], code]);
            beep("success");
            this.notification.add(_t("%s packed", code), {type: "success"});
        } catch (error) {
            beep("danger");
            this.notification.add(
                (error.data && error.data.message) || error.message || String(error),
                {type: "danger"},
            );
        }
        await record.load();
        if (this.input.el) {
            this.input.el.focus();
        }
    }
}

registry.category("view_widgets").add("spare_pack_scan", {component: PackScan});
