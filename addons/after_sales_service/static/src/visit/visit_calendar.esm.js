import {CalendarModel} from "@web/views/calendar/calendar_model";
import {calendarView} from "@web/views/calendar/calendar_view";
import {registry} from "@web/core/registry";

/**
 * A visit dropped on another time: a plan moves at once, an agreed time asks first who
 * agreed to the new one (VIS-04). What was not moved goes back to where it was.
 */
class VisitCalendarModel extends CalendarModel {
    static services = [...CalendarModel.services, "action"];

    setup(params, services) {
        super.setup(params, services);
        this.action = services.action;
    }

    async updateRecord(record, options = {}) {
        try {
            if (this.records[record.id].rawRecord.state === "draft") {
                await super.updateRecord(record, options);
            } else {
                await this.askForMove(record, options);
            }
        } catch (error) {
            await this.load();
            throw error;
        }
    }

    async askForMove(record, options) {
        const {window_start, window_end} = this.buildRawRecord(record, options);
        const move = await this.orm.call(this.resModel, "action_move", [[record.id]]);
        move.context.default_new_start = window_start;
        move.context.default_new_end = window_end;
        await this.action.doAction(move, {onClose: () => this.load()});
    }
}

registry.category("views").add("visit_calendar", {
    ...calendarView,
    Model: VisitCalendarModel,
});
