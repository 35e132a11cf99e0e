# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Spare Parts and Defective Returns",
    "summary": "Custody, one-for-one swaps, return slips, weekly returns, the money gate",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "After-Sales Suite contributors",
    "website": "https://github.com/after-sales-suite/after-sales-suite",
    "category": "After-Sales",
    "development_status": "Beta",
    "depends": ["after_sales_service"],
    "data": [
        "security/ir.model.access.csv",
        "security/spare_parts_rules.xml",
        "data/ir_sequence.xml",
        "data/ir_cron.xml",
        "report/spare_reports.xml",
        "views/spare_rma_views.xml",
        "views/spare_draw_views.xml",
        "views/spare_swap_views.xml",
        "views/spare_return_views.xml",
        "views/spare_part_request_views.xml",
        "views/spare_custody_line_views.xml",
        "views/spare_charge_views.xml",
        "views/base_views.xml",
        "views/menus.xml",
    ],
    "demo": [
        "demo/spare_parts.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "spare_parts_rma/static/src/**/*",
        ],
        "web.assets_tests": [
            "spare_parts_rma/static/tests/tours/**/*.esm.js",
        ],
    },
    "post_init_hook": "post_init_hook",
    "installable": True,
}
