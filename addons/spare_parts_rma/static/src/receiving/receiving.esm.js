/** License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {Component, onMounted, useExternalListener, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {beep} from "./beep.esm";
import {getDataURLFromFile} from "@web/core/utils/urls";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/**
 * The receiving desk: one input that a keyboard-wedge scanner types into.
 * A scan is one call; the answer is a colour, a sound and the list of the box.
 */
export class Receiving extends Component {
    static template = "spare_parts_rma.Receiving";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useRef("scan");
        this.queue = Promise.resolve();
        this.state = useState({
            level: "info",
            message: _t("Scan the label of a box."),
            box: null,
            lastCode: "",
            finished: null,
            pending: 0,
            // A serial that waits for the slip it came instead of
            wrongSerial: "",
            // The difference a photo can be added to
            difference: 0,
        });
        onMounted(() => this.focus());
        // Whoever clicked elsewhere scans on: keys land in the input again
        useExternalListener(window, "keydown", (ev) => this.onWindowKey(ev), {
            capture: true,
        });
    }

    focus() {
        if (this.input.el) {
            this.input.el.focus();
        }
    }

    onWindowKey(ev) {
        if (ev.key === "F2") {
            ev.preventDefault();
            this.noteExtra();
        } else if (ev.key === "F3") {
            ev.preventDefault();
            this.askSlip();
        } else if (ev.key === "F6") {
            ev.preventDefault();
            this.noteCondition();
        } else if (ev.key === "F4") {
            ev.preventDefault();
            this.finish();
        } else if (
            ev.key.length === 1 &&
            !ev.ctrlKey &&
            !ev.metaKey &&
            !ev.altKey &&
            document.activeElement === document.body
        ) {
            this.focus();
        }
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.submit();
        }
    }

    /** Scans that arrive faster than the answers wait in line, in order. */
    submit() {
        const code = this.input.el.value.trim();
        this.input.el.value = "";
        this.focus();
        if (!code) {
            return;
        }
        if (this.state.wrongSerial) {
            this.noteWrongSerial(code);
            return;
        }
        this.state.lastCode = code;
        this.enqueue(() =>
            this.orm.call("spare.return", "scan_receive", [
                code,
                this.state.box ? this.state.box.id : false,
            ]),
        );
    }

    enqueue(call) {
        this.state.pending++;
        this.queue = this.queue
            .then(call)
            .then((answer) => this.show(answer))
            .catch((error) => this.showError(error))
            .finally(() => {
                this.state.pending--;
            });
        return this.queue;
    }

    show(answer) {
        if (!answer) {
            return;
        }
        this.state.level = answer.level;
        this.state.message = answer.message;
        if (answer.box) {
            this.state.box = answer.box;
            this.state.finished = null;
        }
        this.state.difference = answer.difference || 0;
        beep(answer.level);
    }

    showError(error) {
        this.state.level = "danger";
        this.state.message =
            (error.data && error.data.message) || error.message || String(error);
        beep("danger");
    }

    /** Only what was refused can be extra, once the answer to its scan is there. */
    noteExtra() {
        this.enqueue(async () => {
            const {box, lastCode, level} = this.state;
            if (box && level === "danger") {
                return this.orm.call("spare.return", "note_extra", [lastCode, box.id]);
            }
        });
    }

    /** The next scan names the slip that this serial came instead of. */
    askSlip() {
        if (!this.state.box || this.state.level !== "danger") {
            return;
        }
        this.state.wrongSerial = this.state.lastCode;
        this.state.level = "info";
        this.state.message = _t(
            "Scan the slip that %s came instead of.",
            this.state.lastCode,
        );
        this.focus();
    }

    noteWrongSerial(slip) {
        const serial = this.state.wrongSerial;
        this.state.wrongSerial = "";
        this.enqueue(() =>
            this.orm.call("spare.return", "note_wrong_serial", [
                serial,
                slip,
                this.state.box.id,
            ]),
        );
    }

    noteCondition() {
        if (!this.state.box || !this.state.lastCode) {
            return;
        }
        this.enqueue(() =>
            this.orm.call("spare.return", "note_condition", [
                this.state.lastCode,
                this.state.box.id,
                "",
            ]),
        );
    }

    async addPhoto(ev) {
        const file = ev.target.files[0];
        const difference = this.state.difference;
        if (!file || !difference) {
            return;
        }
        const photo = await getDataURLFromFile(file);
        this.enqueue(async () => {
            await this.orm.write("spare.return.difference", [difference], {
                photo: photo.split(",")[1],
            });
            return {level: "success", message: _t("Photo added.")};
        });
        this.focus();
    }

    finish() {
        const box = this.state.box;
        if (!box) {
            return;
        }
        this.enqueue(async () => {
            await this.orm.call("spare.return", "action_finish_receiving", [
                [box.return_id],
            ]);
            this.state.finished = box;
            this.state.box = null;
            return {
                level: box.missing ? "warning" : "success",
                message: box.missing
                    ? _t("%(name)s booked. %(count)s pieces are missing.", {
                          name: box.return,
                          count: box.missing,
                      })
                    : _t("%s booked, nothing is missing.", box.return),
            };
        });
    }

    inspect() {
        this.action.doAction("spare_parts_rma.action_spare_rmas_inspect");
    }

    openReturn() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "spare.return",
            res_id: this.state.finished.return_id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("spare_parts_rma.receiving", Receiving);
