import {registry} from "@web/core/registry";

// Who pays, and why: the hotline looks at the answers and asks for an exception;
// the director decides about it.

registry.category("web_tour.tours").add("after_sales_why", {
    steps: () => [
        {
            content: "The part is out of warranty",
            trigger: ".o_after_sales_coverage:contains(WAR-03)",
        },
        {
            content: "Why?",
            trigger: "div[name=coverage_chargeable] button[name=action_why]",
            run: "click",
        },
        {
            content: "The answer counts, with its rule and what it rests on",
            trigger: ".modal td[name=inputs_text]:contains(invoice)",
        },
        {
            content: "Every part has its answer",
            trigger: ".modal td[name=component_id]:contains(LCD monitor)",
        },
        {
            content: "Ask for an exception",
            trigger: ".modal-footer button[name=action_ask_exception]",
            run: "click",
        },
        {
            content: "Why should it be decided otherwise?",
            trigger: ".modal div[name=reason] textarea",
            run: "edit Regular customer",
        },
        {
            content: "Ask",
            trigger: ".modal-footer button[name=action_ask]",
            run: "click",
        },
        {
            content: "Back on the ticket",
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});

registry.category("web_tour.tours").add("after_sales_exception", {
    steps: () => [
        {
            content: "One exception waits",
            trigger: ".o_data_row td[name=reason]:contains(Regular customer)",
            run: "click",
        },
        {
            content: "Approve",
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            content: "It is approved",
            trigger:
                ".o_statusbar_status button.o_arrow_button_current[data-value=approved]",
        },
    ],
});
