import {registry} from "@web/core/registry";

// The workshop's day: the counter takes a machine in, the engineer repairs it and
// tells the customer, the counter hands it over.

const tours = registry.category("web_tour.tours");

function press(button, content) {
    return {
        content,
        trigger: `button[name=${button}]:not(.o_invisible_modifier)`,
        run: "click",
    };
}

function write(name, text) {
    return {
        content: `Write the ${name}`,
        trigger: `.o_field_widget[name=${name}] :is(input, textarea)`,
        run: `edit ${text} && press Tab`,
    };
}

function tick(name) {
    return {
        content: `Tick ${name}`,
        trigger: `.o_field_widget[name=${name}] input`,
        run: "check",
    };
}

function choose(name, text) {
    return [
        {
            content: `Open the ${name}`,
            trigger: `.o_field_widget[name=${name}] input`,
            run: "click",
        },
        {
            content: text,
            trigger: `.o_select_menu_item:contains(${text})`,
            run: "click",
        },
        {
            content: `The ${name} is ${text}`,
            trigger: `.o_field_widget[name=${name}] input:value(${text})`,
        },
    ];
}

function page(name) {
    return {
        content: `Turn to ${name}`,
        trigger: `.o_notebook a[name=${name}]`,
        run: "click",
    };
}

function nextStep(text) {
    return {
        content: `The screen says: ${text}`,
        trigger: `.o_field_widget[name=workshop_step]:contains(${text})`,
    };
}

function state(value) {
    return {
        content: `It is ${value} now`,
        trigger: `.o_statusbar_status button.o_arrow_button_current[data-value=${value}]`,
    };
}

tours.add("after_sales_workshop_counter", {
    steps: () => [
        press("action_take_in", "Take the machine in"),
        nextStep("inspect the machine"),
        tick("inspected"),
        ...choose("configuration", "As delivered"),
        ...choose("reproduced", "The fault shows"),
        write("consent_by", "李明"),
        {
            content: "Who repairs it?",
            trigger: ".o_field_widget[name=user_id] input",
            run: "edit Engineer",
        },
        {
            content: "The engineer",
            trigger: ".o-autocomplete--dropdown-item a:contains(Engineer)",
            run: "click",
        },
        press("action_consent", "The customer agrees to opening"),
        nextStep("Start work"),
        state("taken_in"),
    ],
});

tours.add("after_sales_workshop_bench", {
    steps: () => [
        {
            content: "The card on the bench",
            trigger: ".o_kanban_record:contains(PC0001)",
            run: "click",
        },
        press("action_workshop_start", "Open the case"),
        state("working"),
        page("notes"),
        {
            content: "The customer hears why it takes longer",
            trigger: ".o_field_widget[name=note_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Reason, apology, new date",
            trigger: ".o_field_widget[name=note_ids] div[name=text] input",
            run: "edit Sorry, the disk comes on Thursday",
        },
        page("work"),
        write("cause", "Disk broken"),
        write("solution", "Disk replaced"),
        write("precautions", "Keep a backup"),
        press("action_ready", "Ready for pick-up"),
        nextStep("Phone the customer"),
        state("ready"),
    ],
});

function retest(text, left) {
    return [
        write("retest_text", text),
        press("action_retest", "It works"),
        {
            content: "Noted",
            trigger: `.o_field_widget[name=retest_count]:contains(${left})`,
        },
    ];
}

tours.add("after_sales_workshop_hand_over", {
    steps: () => [
        {
            content: "It stands on the shelf",
            trigger: ".o_kanban_record:contains(PC0001) .fw-bold",
        },
        {
            content: "Scan its label",
            trigger: ".o_workshop_scan input",
            run({anchor}) {
                anchor.value = document
                    .querySelector(".o_kanban_record .fw-bold")
                    .textContent.trim();
                anchor.dispatchEvent(
                    new KeyboardEvent("keydown", {key: "Enter", bubbles: true}),
                );
            },
        },
        state("ready"),
        press("action_pickup_called", "Phone the customer"),
        nextStep("Take the loaner back"),
        {
            content: "His loaner",
            trigger: "button[name=action_view_loaners]",
            run: "click",
        },
        {
            content: "Open it",
            trigger: ".o_data_row:contains(LOAN-1) .o_data_cell",
            run: "click",
        },
        write("condition_back", "As lent"),
        press("action_back", "Take it back"),
        state("back"),
        {
            content: "Back to the repair",
            trigger: ".breadcrumb-item a:contains(WH/RO), .o_back_button",
            run: "click",
        },
        {
            content: "And again, if the list of loaners lies between",
            trigger: "body",
            run() {
                const back = [...document.querySelectorAll(".breadcrumb-item a")].find(
                    (link) => link.textContent.includes("RO/"),
                );
                if (back) {
                    back.click();
                }
            },
        },
        nextStep("Re-test"),
        page("hand_over"),
        ...retest("Started three times", 1),
        ...retest("Copied a large file", 2),
        tick("fault_gone"),
        tick("explained"),
        {
            content: "Scan the machine once more: it is his",
            trigger: ".o_field_widget[name=handover_scan] input",
            run() {
                const input = document.querySelector(
                    ".o_field_widget[name=handover_scan] input",
                );
                input.value = document
                    .querySelector(".oe_title [name=name]")
                    .textContent.trim();
                input.dispatchEvent(new Event("input", {bubbles: true}));
                input.dispatchEvent(new Event("change", {bubbles: true}));
            },
        },
        {
            content: "He is very satisfied",
            trigger: ".o_field_widget[name=rating] input[type=radio]",
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
        press("action_hand_over", "Hand the machine over"),
        state("handed_over"),
    ],
});
