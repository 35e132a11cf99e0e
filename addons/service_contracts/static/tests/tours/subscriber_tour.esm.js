/* License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {inputFiles} from "@web/../tests/utils";
import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("service_contracts_subscriber", {
    steps: () => [
        {
            content: "The subscriber manager opens a contract",
            trigger: ".o_data_cell:contains(李明)",
            run: "click",
        },
        {
            content: "What is left of the plan is on it",
            trigger: ".o_field_widget[name=care_summary]:contains(1 of 1 left)",
        },
        {
            content: "Change the plan in mid-period",
            trigger: "button[name=action_open_change_plan]",
            run: "click",
        },
        {
            content: "The new plan",
            trigger: ".modal .o_field_widget[name=plan_id] input",
            run: "edit Gold",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item:contains(Gold)",
            run: "click",
        },
        {
            content: "Its fee is told before anything happens",
            trigger: ".modal .o_field_widget[name=fee]:contains(30.00)",
        },
        {
            content: "Change from today",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "The contract is on the new plan",
            trigger:
                ".o_form_view:not(:has(.modal)) .o_field_widget[name=plan_id]:contains(Gold), .o_form_view .o_field_widget[name=plan_id] input:value(Gold)",
        },
        {
            content: "Suspend it",
            trigger: "button[name=action_suspend]",
            run: "click",
        },
        {
            content: "Yes",
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            content: "It rests",
            trigger: ".o_arrow_button_current:contains(Suspended)",
        },
    ],
});

registry.category("web_tour.tours").add("service_contracts_import", {
    steps: () => [
        {
            content: "The operator's list of subscribers",
            trigger: ".o_field_widget[name=file]",
            run: async () => {
                const text = [
                    "customer,plan,account",
                    "Zhao,CARE,T-1",
                    "Qian,NONE,T-2",
                ].join("\n");
                await inputFiles(".o_field_widget[name=file] .o_input_file", [
                    new File([text], "subscribers.csv", {type: "text/csv"}),
                ]);
            },
        },
        {
            content: "It is loaded",
            trigger:
                ".o_field_widget[name=file]:contains(subscribers.csv), .o_field_widget[name=file] input:value(subscribers.csv)",
        },
        {
            content: "Dry run",
            trigger: "button[name=action_check]:contains(Check)",
            run: "click",
        },
        {
            content: "The bad line is named",
            trigger: ".o_data_cell[name=problem]:contains(NONE)",
        },
        {
            content: "Import the good one",
            trigger: "button[name=action_import]",
            run: "click",
        },
        {
            content: "The new subscriber is in the list",
            trigger: ".o_list_view .o_data_cell:contains(Zhao)",
        },
    ],
});

registry.category("web_tour.tours").add("service_contracts_hotline", {
    steps: () => [
        {
            content: "A case inside the plan",
            trigger: ".o_data_cell:contains(Inside)",
            run: "click",
        },
        {
            content: "It is free, and the sentence names the plan",
            trigger:
                ".o_form_view:contains(Free: Virus removal):contains(Broadband Care)",
        },
        {
            content: "Back to the list",
            trigger: ".breadcrumb-item a:first, .o_back_button a:first",
            run: "click",
        },
        {
            content: "The next one is outside",
            trigger: ".o_data_cell:contains(Outside)",
            run: "click",
        },
        {
            content: "The price is told before anything starts",
            trigger: ".o_form_view:contains(used up in this period):contains(20.00)",
        },
        {
            content: "Tell it",
            trigger: "button[name=action_quote_price]",
            run: "click",
        },
        {
            content: "The customer agrees",
            trigger: ".o_field_widget[name=quote_agreed_by] input",
            run: "edit 李明",
        },
        {
            content: "Write it down",
            trigger: "button[name=action_agree_price]",
            run: "click",
        },
        {
            content: "Now work may start",
            trigger: ".o_field_widget[name=quote_state]:contains(Agreed)",
        },
        {
            content: "All is saved",
            trigger: ".o_form_view .o_form_saved",
        },
    ],
});
