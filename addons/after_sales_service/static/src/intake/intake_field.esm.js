/** License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {AutoComplete} from "@web/core/autocomplete/autocomplete";
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/**
 * The one field a call begins with: a serial, a phone number, an account or a
 * name. Enter takes the first hit, arrows another one, Tab leaves it to the server.
 */
export class IntakeField extends Component {
    static template = "after_sales_service.IntakeField";
    static components = {AutoComplete};
    static props = {...standardFieldProps, placeholder: {type: String, optional: true}};

    setup() {
        this.orm = useService("orm");
    }

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    get sources() {
        return [
            {
                placeholder: _t("Looking…"),
                optionSlot: "option",
                options: (text) => this.search(text),
            },
        ];
    }

    async search(text) {
        if (text.length < 2) {
            return [];
        }
        const hits = await this.orm.call("helpdesk.ticket", "intake_search", [text]);
        return hits.map((hit) => ({
            label: hit.label,
            data: {hint: hit.hint},
            onSelect: () => this.choose(hit),
        }));
    }

    choose(hit) {
        // The machine brings its customer and region with it
        const known = hit.equipment
            ? {equipment_id: hit.equipment}
            : {equipment_id: false, partner_id: hit.partner};
        return this.props.record.update({[this.props.name]: hit.scan, ...known});
    }

    change({inputValue}) {
        const text = inputValue.trim();
        if (text !== this.value) {
            this.props.record.update({[this.props.name]: text});
        }
    }
}

registry.category("fields").add("service_intake", {
    component: IntakeField,
    supportedTypes: ["char"],
    extractProps: ({placeholder}) => ({placeholder}),
});
