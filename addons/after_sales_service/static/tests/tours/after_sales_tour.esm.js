import {registry} from "@web/core/registry";

// The steps of the story that belong to the base: the hotline takes the call,
// dispatches and makes the appointment; callers phone the customer back.

registry.category("web_tour.tours").add("after_sales_hotline", {
    url: "/odoo/after-sales-tickets/new",
    steps: () => [
        {
            content: "Scan the serial of the customer's PC",
            trigger: "div[name=scan] input",
            run: "edit PC0001 && press Tab",
        },
        {
            content: "The customer filled itself",
            trigger: "div[name=partner_id] input:value(李明)",
        },
        {
            content: "So did the station",
            trigger: "div[name=station_id] input:value(Bengbu service station)",
        },
        {
            content: "Say what does not work",
            trigger: "div[name=name] input",
            run: "edit Hard disk not found",
        },
        {
            content: "Which part is suspected?",
            trigger: "div[name=component_id] input",
            run: "edit Hard disk",
        },
        {
            content: "The hard disk",
            trigger: ".o-autocomplete--dropdown-item a:contains(Hard disk)",
            run: "click",
        },
        {
            content: "The coverage names its rule",
            trigger: ".o_after_sales_coverage:contains(36 months):contains(WAR-03)",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Dispatch to the station",
            trigger: "button[name=action_dispatch]",
            run: "click",
        },
        {
            content: "Plan the visit",
            trigger: "button[name=action_plan_visit].btn-primary",
            run: "click",
        },
        {
            content: "Who goes there?",
            trigger: "div[name=engineer_id] input",
            run: "edit Engineer",
        },
        {
            content: "The engineer of the station",
            trigger: ".o-autocomplete--dropdown-item a:contains(Engineer)",
            run: "click",
        },
        {
            content: "The customer agrees",
            trigger: "button[name=action_appoint]",
            run: "click",
        },
        {
            content: "The appointment stands",
            trigger:
                ".o_statusbar_status button.o_arrow_button_current[data-value=appointed]",
        },
    ],
});

registry.category("web_tour.tours").add("after_sales_drop_appointment", {
    url: "/odoo/dispatch-board",
    steps: () => [
        {
            content: "The week",
            trigger: "button.o_switch_view.o_calendar",
            run: "click",
        },
        {
            content: "Drop the appointment in the morning",
            trigger: ".fc-event:contains(李明)",
            run: "drag_and_drop .fc-timegrid-slot-lane[data-time='10:00:00']",
        },
        {
            content: "Who agreed?",
            trigger: ".modal div[name=consent_by] input",
            run: "edit 李明",
        },
        {
            content: "He agrees",
            trigger: ".modal button[name=action_agree]",
            run: "click",
        },
        {
            content: "It stands where it was dropped",
            trigger: "body:not(:has(.modal)) .fc-event:contains(AM)",
        },
        {
            content: "Drop it in the afternoon",
            trigger: ".fc-event:contains(李明)",
            run: "drag_and_drop .fc-timegrid-slot-lane[data-time='14:00:00']",
        },
        {
            content: "He does not agree",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "It goes back",
            trigger: "body:not(:has(.modal)) .fc-event:contains(AM)",
            async run({waitUntil}) {
                const top = (selector) =>
                    document.querySelector(selector).getBoundingClientRect().top;
                const noon = ".fc-timegrid-slot-lane[data-time='12:00:00']";
                await waitUntil(() => top(".fc-event") < top(noon), {timeout: 5000});
            },
        },
    ],
});

const called = [
    {
        content: "Open the call that is due",
        trigger: ".o_data_row td[name=partner_id]",
        run: "click",
    },
    {
        content: "How did it end?",
        trigger: "div[name=result] select, div[name=result] input",
        run: "click",
    },
    {
        content: "Solved",
        trigger: ".o_select_menu_item:contains(Solved, satisfied)",
        run: "click",
    },
    {
        content: "How does the machine work?",
        trigger: "div[name=machine_state] textarea",
        run: "edit Runs well",
    },
    {
        content: "Called",
        trigger: "button[name=action_done]",
        run: "click",
    },
];

registry.category("web_tour.tours").add("after_sales_callback", {
    url: "/odoo/callbacks",
    steps: () => [
        ...called,
        {
            content: "Done",
            trigger:
                ".o_statusbar_status button.o_arrow_button_current[data-value=done]",
        },
    ],
});

registry.category("web_tour.tours").add("after_sales_second_caller", {
    url: "/odoo/callbacks",
    steps: () => [
        ...called,
        {
            content: "The first caller is not the second",
            trigger: ".modal:contains(CB-17)",
        },
        {
            content: "Somebody else calls",
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            content: "The call is still to be made",
            trigger:
                ".o_statusbar_status button.o_arrow_button_current[data-value=todo]",
        },
    ],
});
