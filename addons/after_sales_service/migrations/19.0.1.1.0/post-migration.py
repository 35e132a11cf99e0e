# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Promises made before programmes' hours were read go on day and night."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"install_mode": True})
    env["service.sla.policy"].search(
        [
            ("program_id.code", "in", ("CAREPLAN", "NX")),
            ("calendar_id", "=", False),
            ("stop_event", "in", ("arrived", "restored", "signed")),
        ]
    ).around_the_clock = True
    days = env.ref("after_sales_service.calendar_working_days")
    days.holiday_list_id = env.ref("after_sales_service.holidays_cn")
    env["service.program"].search([("code", "=", "CT_LOGISTICS")]).write(
        {"hotline_calendar_id": days.id, "onsite_calendar_id": days.id}
    )
    dell = env.ref("after_sales_service.calendar_dell")
    dell.write({"holiday_list_id": days.holiday_list_id.id, "holiday_hours": "sunday"})
