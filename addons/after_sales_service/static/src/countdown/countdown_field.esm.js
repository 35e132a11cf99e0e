import {Component, onWillUnmount, onWillUpdateProps, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const TICK = 20000;

// The time left, counted down on the screen. The field holds minutes as the server
// knows them, so neither a wrong clock of the browser nor a sandbox's test clock
// matters.
export class CountdownField extends Component {
    static template = "after_sales_service.CountdownField";
    static props = {...standardFieldProps};

    setup() {
        this.state = useState({minutes: this.value});
        this.readAt = Date.now();
        onWillUpdateProps((next) => {
            this.readAt = Date.now();
            this.state.minutes = next.record.data[next.name];
        });
        const timer = setInterval(() => {
            this.state.minutes = this.value - (Date.now() - this.readAt) / 60000;
        }, TICK);
        onWillUnmount(() => clearInterval(timer));
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        if (!this.value) {
            return "";
        }
        const total = Math.floor(Math.abs(this.state.minutes));
        const [days, hours, minutes] = [
            Math.floor(total / 1440),
            Math.floor(total / 60) % 24,
            total % 60,
        ];
        let time = _t("%s min", minutes);
        if (days) {
            time = _t("%(days)s d %(hours)s h", {days, hours});
        } else if (hours) {
            time = _t("%(hours)s h %(minutes)s min", {hours, minutes});
        }
        return this.late ? _t("%s late", time) : time;
    }

    get late() {
        return this.value && this.state.minutes < 0;
    }
}

registry.category("fields").add("service_countdown", {
    component: CountdownField,
    displayName: _t("Countdown"),
    supportedTypes: ["float"],
});
