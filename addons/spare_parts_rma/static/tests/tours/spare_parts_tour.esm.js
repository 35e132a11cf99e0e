/** License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */
import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const openApp = [
    stepUtils.showAppsMenuItem(),
    {
        trigger: ".o_app[data-menu-xmlid='after_sales_service.menu_root']",
        run: "click",
    },
];

/**
 * Steps that type a code into an input and press Enter, as a scanner does.
 *
 * @param {String} input selector of the input
 * @param {String} code what is scanned
 * @returns {Array}
 */
function scan(input, code) {
    return [
        {
            content: `Scan ${code}`,
            trigger: input,
            async run(helpers) {
                await helpers.edit(code);
                await helpers.press("Enter");
            },
        },
    ];
}

/**
 * Steps that choose a value in a selection field.
 *
 * @param {String} name the field
 * @param {String} label what is chosen
 * @returns {Array}
 */
function choose(name, label) {
    return [
        {trigger: `.o_field_widget[name='${name}'] input`, run: "click"},
        {trigger: `.o_select_menu_item:contains('${label}')`, run: "click"},
    ];
}

registry.category("web_tour.tours").add("spare_parts_return", {
    steps: () => [
        ...openApp,
        {
            trigger: "[data-menu-xmlid='after_sales_service.menu_desk_station']",
            run: "click",
        },
        {
            content: "Take the owed part in",
            trigger: "[data-menu-xmlid='spare_parts_rma.menu_station_rmas']",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('HD-OLD-1') button[name='action_hand_in']",
            run: "click",
        },
        {
            content: "It left the list of owed parts",
            trigger:
                ".o_nocontent_help, .o_list_view:not(:has(.o_data_row:contains('HD-OLD-1')))",
        },
        {
            trigger: "[data-menu-xmlid='after_sales_service.menu_desk_station']",
            run: "click",
        },
        {
            content: "Open this week's return",
            trigger: "[data-menu-xmlid='spare_parts_rma.menu_station_returns']",
            run: "click",
        },
        {trigger: ".o_data_row:contains('RT-BENGBU') td[name='name']", run: "click"},
        {trigger: "button[name='action_new_box']", run: "click"},
        {trigger: ".o_field_widget[name='current_box_id'] input:value('-B1')"},
        ...scan(".o_spare_pack_scan", "HD-OLD-1"),
        {
            content: "The piece is in the box",
            trigger: ".o_field_widget[name='rma_ids'] .o_data_row:contains('Packed')",
        },
        {trigger: "button[name='action_sign_specialist']", run: "click"},
        {trigger: ".o_field_widget[name='specialist_id'] :contains('Specialist')"},
    ],
});

registry.category("web_tour.tours").add("spare_parts_receiving", {
    steps: () => [
        ...openApp,
        {
            trigger: "[data-menu-xmlid='after_sales_service.menu_desk_warehouse']",
            run: "click",
        },
        {
            content: "Open the receiving desk",
            trigger: "[data-menu-xmlid='spare_parts_rma.menu_warehouse_receiving']",
            run: "click",
        },
        ...scan(".o_spare_scan", "HD-OLD-1"),
        {
            content: "A piece without its box is refused",
            trigger: ".o_spare_message.alert-danger:contains('Scan the box first')",
        },
        {
            content: "Scan the box that is on its way",
            trigger: ".o_spare_scan",
            async run(helpers) {
                const rows = await odoo.__WOWL_DEBUG__.root.env.services.orm.searchRead(
                    "spare.return.box",
                    [["return_id.state", "=", "shipped"]],
                    ["name"],
                );
                await helpers.edit(rows[0].name);
                await helpers.press("Enter");
            },
        },
        {trigger: ".o_spare_message.alert-success:contains('1 pieces expected')"},
        ...scan(".o_spare_scan", "HD-STRANGER"),
        {trigger: ".o_spare_message.alert-danger:contains('is not on return')"},
        ...scan(".o_spare_scan", "HD-OLD-1"),
        {trigger: ".o_spare_message.alert-success:contains('received')"},
        {trigger: "tr.table-success:contains('HD-OLD-1')"},
        ...scan(".o_spare_scan", "HD-OLD-1"),
        {trigger: ".o_spare_message.alert-danger:contains('scanned already')"},
        {
            content: "Finish with the keyboard",
            trigger: ".o_spare_scan",
            async run(helpers) {
                await helpers.press("F4");
            },
        },
        {trigger: ".o_spare_message.alert-success:contains('nothing is missing')"},
        {trigger: ".o_spare_inspect", run: "click"},
        {
            trigger: ".o_data_row:contains('HD-OLD-1') td[name='inspection_result']",
            run: "click",
        },
        ...choose("inspection_result", "Defect confirmed"),
        ...choose("disposition", "Refurbish"),
        {
            trigger:
                ".o_data_row:contains('HD-OLD-1') button[name='action_inspect_and_close']",
            run: "click",
        },
        {
            content: "Nothing waits for inspection any more",
            trigger:
                ".o_nocontent_help, .o_list_view:not(:has(.o_data_row:contains('HD-OLD-1')))",
        },
    ],
});
