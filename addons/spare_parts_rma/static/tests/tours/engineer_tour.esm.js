/** License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {registry} from "@web/core/registry";

// The engineer's and the station's steps of the story: draw, visit, swap, sign, ship.

const tours = registry.category("web_tour.tours");

export const openFirst = {
    content: "Open the document",
    trigger: ".o_data_row .o_data_cell",
    run: "click",
};

export function press(button, content) {
    return {
        content,
        trigger: `button[name=${button}]:not(.o_invisible_modifier)`,
        run: "click",
    };
}

export function state(value) {
    return {
        content: `It is ${value} now`,
        trigger: `.o_statusbar_status button.o_arrow_button_current[data-value=${value}]`,
    };
}

export function write(name, text) {
    return {
        content: `Write the ${name}`,
        trigger: `.o_field_widget[name=${name}] :is(input, textarea)`,
        run: `edit ${text}`,
    };
}

function answer(row, button) {
    const cells = `.o_service_checks .o_data_row:contains(${row})`;
    return [
        {
            content: `${row}: ${button}`,
            trigger: `${cells} button[name=${button}]`,
            run: "click",
        },
        {
            content: `${row} is answered`,
            trigger: `${cells}:not(:has(button[name=${button}]))`,
        },
    ];
}

const drawDisk = [
    openFirst,
    press("action_draw_parts", "Draw a part for this visit"),
    {
        content: "Scan the disk on the shelf",
        trigger: ".o_field_widget[name=scan] input",
        run: "edit HD-NEW-1 && press Tab",
    },
    {
        content: "It is on the slip",
        trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(HD-NEW-1)",
    },
    press("action_request", "Ask the specialist"),
];

tours.add("spare_parts_engineer_draw", {
    steps: () => [...drawDisk, state("requested")],
});

tours.add("spare_parts_specialist_hands_out", {
    steps: () => [
        openFirst,
        press("action_hand_over", "Hand the part out"),
        state("done"),
    ],
});

tours.add("spare_parts_engineer_visit", {
    steps: () => [
        openFirst,
        ...answer("Tools, shoe covers", "action_tick"),
        press("action_depart", "On my way"),
        press("action_arrive", "Arrived"),
        ...answer("reproduced the fault", "action_tick"),
        ...answer("May data be lost", "action_no"),
        press("action_start", "Start work"),
        state("working"),
        press("action_swap_part", "Swap the disk"),
        {
            content: "Scan the good disk",
            trigger: ".modal .o_field_widget[name=new_serial] input",
            run: "edit HD-NEW-1 && press Tab",
        },
        {
            content: "Scan the disk taken out",
            trigger: ".modal .o_field_widget[name=old_serial] input",
            run: "edit HD-OLD-1 && press Tab",
        },
        {
            content: "What did it do wrong?",
            trigger: ".modal .o_field_widget[name=symptom] input",
            run: "edit Clicks, not found by the BIOS",
        },
        {
            content: "Swap, one for one",
            trigger: ".modal button[name=action_swap]",
            run: "click",
        },
        {
            content: "Back at the visit",
            trigger: "body:not(:has(.modal))",
        },
        ...answer("No cigarettes", "action_tick"),
        ...answer("Was a virus found", "action_no"),
        ...answer("settings or habits changed?", "action_no"),
        ...answer("precautions explained", "action_tick"),
        ...answer("back in its first state", "action_tick"),
        ...answer("left with the customer", "action_tick"),
        {
            content: "What was swapped?",
            trigger: ".o_notebook a.nav-link:contains(Parts)",
            run: "click",
        },
        {
            content: "The disk taken out is on the swap",
            trigger:
                ".o_field_widget[name=spare_swap_ids] .o_data_row:contains(HD-OLD-1)",
        },
        {
            content: "Back to the work",
            trigger: ".o_notebook a[name=work]",
            run: "click",
        },
        write("cause", "Disk broken"),
        write("solution", "Disk replaced"),
        write("precautions", "Keep a backup"),
        {
            content: "Re-tested together",
            trigger: ".o_field_widget[name=retested] input",
            run: "check",
        },
        {
            content: "The customer's turn",
            trigger: ".o_notebook a[name=signature]",
            run: "click",
        },
        write("opinion", "Quick and friendly"),
        {
            content: "He rates",
            trigger: ".o_field_widget[name=rating] input",
            run: "click",
        },
        {
            content: "Very satisfied",
            trigger: ".o_select_menu_item:contains(Very satisfied)",
            run: "click",
        },
        write("signed_by", "李明"),
        {
            content: "He signs",
            trigger: ".o_field_widget[name=signature] .o_signature",
            run: "click",
        },
        {
            content: "His name as a signature",
            trigger: ".modal .o_web_sign_auto_button, .modal .o_web_sign_name_input",
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
        press("action_done", "Complete the visit"),
        state("done"),
    ],
});

tours.add("spare_parts_director_signs", {
    steps: () => [
        openFirst,
        press("action_sign_director", "The director signs"),
        state("signed"),
    ],
});

tours.add("spare_parts_specialist_ships", {
    steps: () => [
        openFirst,
        press("action_ship", "Ship the boxes"),
        {
            content: "Yes, they leave",
            trigger: ".modal .btn-primary",
            run: "click",
        },
        state("shipped"),
    ],
});

// Out of warranty: no part before consent, payment and approval.

export function choose(name, text) {
    return [
        {
            content: `Open the ${name}`,
            trigger: `.o_field_widget[name=${name}] :is(select, input)`,
            run: "click",
        },
        {
            content: text,
            trigger: `.o_select_menu_item:contains(${text})`,
            run: "click",
        },
    ];
}

tours.add("spare_parts_engineer_oow", {
    steps: () => [
        ...drawDisk,
        {
            content: "No part yet: the customer has not agreed to pay",
            trigger: ".modal .o_error_dialog, .modal:contains(OOW-08)",
        },
        {
            content: "I see",
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            content: "Back to the visit",
            trigger: ".o_back_button a, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        press("action_request_oow", "Ask for a part the customer pays"),
        {
            content: "Which part?",
            trigger: ".o_field_widget[name=line_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "A hard disk",
            trigger: ".o_field_widget[name=line_ids] [name=product_id] input",
            run: "edit Hard disk",
        },
        {
            content: "This one",
            trigger: ".o-autocomplete--dropdown-item a:contains(Hard disk)",
            run: "click",
        },
        press("action_quote", "What does it cost?"),
        {
            content: "The part and the visit, with tax",
            trigger: ".o_field_widget[name=amount_total]:contains(402.50)",
        },
        write("consent_name", "李明"),
        ...choose("consent_how", "Signed"),
        press("action_record_consent", "The customer agrees"),
        press("action_submit", "Hand it in"),
        state("submitted"),
    ],
});

tours.add("spare_parts_finance_paid", {
    steps: () => [
        openFirst,
        press("action_create_invoice", "Bill it: the bill opens"),
        {
            content: "It is posted",
            trigger: ".o_arrow_button_current:contains(Posted)",
        },
        press("action_register_payment", "Register the payment"),
        {
            content: "All of it",
            trigger: ".modal button[name=action_create_payments]",
            run: "click",
        },
        {
            content: "Registered",
            trigger: "body:not(:has(.modal)) .ribbon:contains(/Paid|payment/i)",
        },
        {
            content: "Back to the request",
            trigger: ".o_back_button a, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        press("action_verify_payment", "Finance has seen the money"),
        state("verified"),
    ],
});

tours.add("spare_parts_branch_approves", {
    steps: () => [
        openFirst,
        press("action_approve", "The part may be issued"),
        state("approved"),
    ],
});

tours.add("spare_parts_engineer_asks_again", {
    steps: () => [
        openFirst,
        press("action_request", "The same slip goes through now"),
        state("requested"),
    ],
});

tours.add("spare_parts_finance_settled", {
    steps: () => [
        {
            content: "Look at all charges",
            trigger: ".o_searchview_facet .o_facet_remove",
            run: "click",
        },
        {
            content: "The part is paid",
            trigger: ".o_data_row:contains(Settled)",
        },
    ],
});

tours.add("spare_parts_finance_charges", {
    steps: () => [
        {
            content: "Nothing is left to settle",
            trigger: ".o_view_nocontent:contains(Every charge is settled)",
        },
        {
            content: "Look at all of them",
            trigger: ".o_searchview_facet .o_facet_remove",
            run: "click",
        },
        {
            content: "The part was covered",
            trigger: ".o_data_row:contains(Covered)",
        },
    ],
});
