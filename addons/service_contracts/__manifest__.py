# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Service Contracts",
    "summary": "Care plans, entitlements and monthly billing that never bills twice",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "After-Sales Suite contributors",
    "website": "https://github.com/after-sales-suite/after-sales-suite",
    "category": "After-Sales",
    "development_status": "Beta",
    "depends": ["after_sales_service", "contract", "queue_job"],
    "data": [
        "security/ir.model.access.csv",
        "security/service_contracts_rules.xml",
        "data/ir_sequence.xml",
        "data/queue_job.xml",
        "data/ir_cron.xml",
        "views/service_entitlement_views.xml",
        "views/service_billing_views.xml",
        "views/service_settlement_views.xml",
        "wizards/service_billing_preview_views.xml",
        "views/contract_contract_views.xml",
        "views/service_plan_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/account_move_views.xml",
        "views/menus.xml",
    ],
    "demo": [
        "demo/service_plan.xml",
        "demo/contract_contract.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "service_contracts/static/tests/tours/**/*.esm.js",
        ],
    },
}
