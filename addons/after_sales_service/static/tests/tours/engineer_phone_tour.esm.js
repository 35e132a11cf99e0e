/** License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {registry} from "@web/core/registry";

// An installation on a phone: cards instead of lists, one thumb.

function press(button) {
    return {
        content: `Press ${button}`,
        trigger: `.o_statusbar_buttons button[name=${button}]`,
        run: "click",
    };
}

function answer(row, button) {
    const card = `.o_service_checks .o_kanban_record:contains(${row})`;
    return [
        {
            content: `${row}: ${button}`,
            trigger: `${card} button[name=${button}]`,
            run: "click",
        },
        {
            content: `${row} is answered`,
            trigger: `${card}:not(:has(button[name=${button}]))`,
        },
    ];
}

registry.category("web_tour.tours").add("after_sales_engineer_phone", {
    steps: () => [
        {
            content: "Today's visit is a card",
            trigger: ".o_kanban_record:contains(李明)",
            run: "click",
        },
        ...answer("Tools, shoe covers", "action_tick"),
        press("action_depart"),
        press("action_arrive"),
        press("action_start"),
        ...answer("No cigarettes", "action_tick"),
        ...answer("Set up until it works", "action_tick"),
        {
            content: "What was done",
            trigger: ".o_notebook a[name=work]",
            run: "click",
        },
        {
            content: "Write it",
            trigger: ".o_field_widget[name=solution] textarea",
            run: "edit PC set up",
        },
        {
            content: "What to mind",
            trigger: ".o_field_widget[name=precautions] textarea",
            run: "edit Keep it dry",
        },
        {
            content: "Tested together",
            trigger: ".o_field_widget[name=retested] input",
            run: "check",
        },
        {
            content: "The customer's turn",
            trigger: ".o_notebook a[name=signature]",
            run: "click",
        },
        {
            content: "His opinion",
            trigger: ".o_field_widget[name=opinion] textarea",
            run: "edit Friendly",
        },
        {
            content: "He rates",
            trigger: ".o_field_widget[name=rating] :is(select, input)",
            run: "click",
        },
        {
            content: "Very satisfied",
            trigger: ".o_select_menu_item:contains(Very satisfied)",
            run: "click",
        },
        {
            content: "Who signs",
            trigger: ".o_field_widget[name=signed_by] input",
            run: "edit 李明",
        },
        {
            content: "He signs",
            trigger: ".o_field_widget[name=signature] .o_signature",
            run: "click",
        },
        {
            content: "Adopt it",
            trigger: ".modal .btn-primary:enabled",
            run: "click",
        },
        {
            content: "Signed",
            trigger: ".o_field_widget[name=signature] img",
        },
        press("action_done"),
        {
            content: "Done",
            trigger: ".o_statusbar_buttons button:contains(Print service record)",
        },
    ],
});
