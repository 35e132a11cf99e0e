import {registry} from "@web/core/registry";

// A call that begins with a phone number, and the board it ends on.

registry.category("web_tour.tours").add("after_sales_intake", {
    url: "/odoo/after-sales-tickets/new",
    steps: () => [
        {
            content: "The caller says his phone number",
            trigger: "div[name=scan] input",
            run: "edit 0552 3124567",
        },
        {
            content: "Who it is, and his machine",
            trigger: ".o-autocomplete--dropdown-item a:contains(PC0001)",
            run: "click",
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
            content: "What he reported before is in view",
            trigger: "div[name=history_ids] td:contains(Fan is loud)",
        },
        {
            content: "And what we owe him",
            trigger: "div[name=open_promise_ids] .o_tag:contains(Send the manual)",
        },
        {
            content: "Say what does not work",
            trigger: "div[name=name] input",
            run: "edit No picture",
        },
        {
            content: "Further problems?",
            trigger: "a[name=problems]",
            run: "click",
        },
        {
            content: "One more",
            trigger: "div[name=problem_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "The keyboard sticks",
            trigger: "div[name=problem_ids] .o_selected_row div[name=name] input",
            run: "edit Keyboard sticks",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The machine was here before: flagged and linked",
            trigger: ".o_after_sales_repeat:contains(Fan is loud)",
        },
        {
            content: "Something is promised",
            trigger: "a[name=promises]",
            run: "click",
        },
        {
            content: "A line for it",
            trigger: "div[name=promise_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "What?",
            trigger: "div[name=promise_ids] .o_selected_row div[name=name] input",
            run: "edit Call with the price",
        },
        {
            content: "Until when?",
            trigger: "div[name=promise_ids] .o_selected_row div[name=due_at] input",
            run: "edit 11/21/2026 10:00:00",
        },
        {
            content: "Save the promise",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The call ends: its record",
            trigger: "button[name=action_record_call]",
            run: "click",
        },
        {
            content: "How did it end?",
            trigger: ".modal div[name=outcome] input, .modal div[name=outcome] select",
            run: "click",
        },
        {
            content: "We call again",
            trigger: ".o_select_menu_item:contains(We call again)",
            run: "click",
        },
        {
            content: "Recorded",
            trigger: ".modal button[name=action_done]",
            run: "click",
        },
        {
            content: "Dispatch to the station",
            trigger: "body:not(:has(.modal)) button[name=action_dispatch]",
            run: "click",
        },
        {
            content: "Dispatched",
            trigger: "button[name=action_plan_visit].btn-primary",
        },
    ],
});

registry.category("web_tour.tours").add("after_sales_dispatch", {
    url: "/odoo/dispatch-board",
    steps: () => [
        {
            content: "A job waits that nobody goes to yet: first, and open",
            trigger:
                ".o_after_sales_board .o_kanban_group:first:not(.o_column_folded):contains(Nobody goes yet)",
        },
        {
            content: "Drag it to its engineer",
            trigger: ".o_kanban_group:first .o_kanban_record:contains(No picture)",
            run: "drag_and_drop(.o_kanban_group:contains(Engineer))",
        },
        {
            content: "It is his now; open it",
            trigger:
                ".o_kanban_group:contains(Engineer) .o_kanban_record:contains(No picture)",
            run: "click",
        },
        {
            content: "The customer agrees to the window",
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
