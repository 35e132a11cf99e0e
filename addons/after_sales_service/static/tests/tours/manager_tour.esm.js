import {registry} from "@web/core/registry";

// The service manager copies a programme, then drafts another arrival time for the
// original, sees which open ticket it would change, and applies it.

const ARRIVAL = ".modal tr.o_data_row:contains(On site (urban area))";

registry.category("web_tour.tours").add("after_sales_manager", {
    url: "/odoo/service-programmes",
    steps: () => [
        {
            content: "Open the programme",
            trigger: ".o_data_cell:contains(Tongchuang PC)",
            run: "click",
        },
        {
            content: "Open the menu of actions",
            trigger: "body:has(.o_form_view) .o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            content: "Copy the programme",
            trigger: ".o-dropdown-item:contains(Duplicate)",
            run: "click",
        },
        {
            content: "The copy has a code of its own",
            trigger: "div[name=code] input:value(TC_2)",
        },
        {
            content: "Back to the list",
            trigger: ".o_breadcrumb .o_back_button a, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "Open the original",
            trigger:
                ".o_data_row:not(:contains(copy)) .o_data_cell:contains(Tongchuang PC)",
            run: "click",
        },
        {
            content: "Draft other promises",
            trigger: "button[name=action_change_clocks]",
            run: "click",
        },
        {
            content: "Choose the arrival time",
            trigger: `${ARRIVAL} td[name=amount]`,
            run: "click",
        },
        {
            content: "Three hours",
            trigger: ".modal tr.o_selected_row div[name=amount] input",
            run: "edit 3",
        },
        {
            content: "Whom does it touch?",
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            content: "The open ticket, with both deadlines",
            trigger:
                ".modal div[name=result_ids] .o_data_row:contains(On site (urban area)):contains(Changes)",
        },
        {
            content: "Apply",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The programme says three hours now",
            trigger: "body:not(:has(.modal)) .nav-link[name=policies]",
            run: "click",
        },
        {
            content: "In the table of its clocks",
            trigger:
                "div[name=policy_ids] .o_data_row:contains(On site (urban area)) td[name=amount]:contains(3.00)",
        },
    ],
});
