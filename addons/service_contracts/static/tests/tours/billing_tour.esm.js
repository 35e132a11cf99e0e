/* License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {registry} from "@web/core/registry";

// Milliseconds for what the server works on, on a busy machine too
const SLOW = 60000;

registry.category("web_tour.tours").add("service_contracts_billing", {
    steps: () => [
        {
            content: "New billing run for this month",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Look at the dry run first",
            trigger: ".o_form_view button[name=action_preview]:not(.d-none)",
            run: "click",
        },
        {
            content: "The preview names what will be parked and who mends it",
            trigger: ".o_list_view .o_data_cell[name=problem]:contains(Nobody pays)",
            timeout: SLOW,
        },
        {
            content: "And the customer that will be billed",
            trigger: ".o_data_cell[name=partner_id]:contains(李明)",
        },
        {
            content: "Back to the run",
            trigger: ".breadcrumb-item a:last",
            run: "click",
        },
        {
            content: "Bill it",
            trigger: ".o_form_view button[name=action_run_now]:contains(Run now)",
            run: "click",
        },
        {
            content: "Yes, create and post",
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            content: "The run is done",
            trigger: ".o_form_view .o_arrow_button_current:contains(Done)",
            timeout: SLOW,
        },
        {
            content: "One contract is parked",
            trigger: "button[name=action_view_parked]:contains(1)",
        },
        {
            content: "See the posted invoice",
            trigger: "button[name=action_view_invoices]",
            run: "click",
        },
        {
            content: "The invoices are listed, no longer the run with its totals",
            trigger: ".o_list_view .o_data_cell[name=invoice_partner_display_name]",
            timeout: SLOW,
        },
        {
            content: "It is in the list",
            trigger:
                ".o_list_view .o_data_cell[name=invoice_partner_display_name]:contains(李明)",
            run: "click",
        },
        {
            content: "It is posted and its line names plan and period",
            trigger: ".o_form_view .o_arrow_button_current:contains(Posted)",
            timeout: SLOW,
        },
        {
            content: "Where the fee comes from",
            trigger: ".o_form_view [name=invoice_line_ids]:contains(Broadband Care)",
        },
    ],
});

registry.category("web_tour.tours").add("service_contracts_parked", {
    steps: () => [
        {
            content: "What could not be billed says why, and who mends it",
            trigger: ".o_data_row:contains(Nobody pays):contains(service manager)",
        },
        {
            content: "Open the contract",
            trigger: ".o_data_row button[name=action_open_contract]",
            run: "click",
        },
        {
            content: "The reason stands on it, too",
            trigger: ".o_form_view .alert-danger:contains(Nobody pays)",
        },
        {
            content: "Who pays is on the page Payer",
            trigger: ".o_notebook .nav-link[name=billing]",
            run: "click",
        },
        {
            content: "Choose him",
            trigger: ".o_field_widget[name=invoice_partner_id] input",
            run: "edit 李明",
        },
        {
            content: "There he is",
            trigger: ".o-autocomplete--dropdown-item:contains(李明)",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Saved",
            trigger: ".o_form_view .o_form_saved",
        },
        {
            content: "Back to the parked ones",
            trigger: ".breadcrumb-item a:last, .o_back_button a:first",
            run: "click",
        },
        {
            content: "Retry with one click",
            trigger: ".o_data_row button[name=action_retry]",
            run: "click",
        },
        {
            content: "Nothing is parked any more",
            trigger: ".o_view_nocontent:contains(Nothing is parked)",
        },
    ],
});
