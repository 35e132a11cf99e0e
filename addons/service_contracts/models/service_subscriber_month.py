# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.tools import SQL


class ServiceSubscriberMonth(models.Model):
    """Active, new, ended and suspended subscribers, month by month.

    One row for each contract and month of the last two years, as things stood on
    the month's last day (in this month: today), on the plan the contract had then.
    """

    _name = "service.subscriber.month"
    _description = "Subscribers by Month"
    _auto = False
    _order = "month desc, contract_id"
    _rec_name = "contract_id"
    _depends = {
        "contract.contract": [
            "state",
            "plan_id",
            "operator_id",
            "region_id",
            "partner_id",
            "date_start",
            "date_end",
        ],
        "contract.line": ["contract_id", "plan_id", "date_start"],
        "service.suspension": ["contract_id", "date_from", "date_to"],
        "res.company": ["service_sandbox", "service_test_now"],
    }

    month = fields.Date(readonly=True)
    contract_id = fields.Many2one(comodel_name="contract.contract", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    plan_id = fields.Many2one(
        comodel_name="service.plan", string="Care plan", readonly=True
    )
    operator_id = fields.Many2one(
        comodel_name="res.partner", string="Telecom operator", readonly=True
    )
    region_id = fields.Many2one(comodel_name="service.region", readonly=True)
    active_count = fields.Integer(string="Active", readonly=True)
    new_count = fields.Integer(string="Newly begun", readonly=True)
    ended_count = fields.Integer(string="Ended", readonly=True)
    suspended_count = fields.Integer(string="Suspended", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT row.*,
                   (NOT row.over AND NOT row.rests)::int AS active_count,
                   (date_trunc('month', row.date_start) = row.month)::int AS new_count,
                   (row.over AND date_trunc('month', row.date_end) = row.month)::int
                       AS ended_count,
                   (row.rests AND NOT row.over)::int AS suspended_count
              FROM (
                SELECT contract.id::bigint * 65536
                           + EXTRACT(YEAR FROM series.month)::int * 12
                           + EXTRACT(MONTH FROM series.month)::int AS id,
                       series.month::date AS month, contract.id AS contract_id,
                       contract.company_id, contract.partner_id,
                       contract.operator_id, contract.region_id,
                       contract.date_start, contract.date_end,
                       COALESCE(signed.plan_id, contract.plan_id) AS plan_id,
                       (contract.date_end < limits.last_day
                           OR contract.date_end = limits.last_day
                              AND contract.state = 'ended') IS TRUE AS over,
                       EXISTS (
                           SELECT FROM service_suspension pause
                            WHERE pause.contract_id = contract.id
                              AND pause.date_from <= limits.last_day
                              AND (pause.date_to IS NULL
                                   OR pause.date_to > limits.last_day)
                       ) AS rests
                  FROM contract_contract contract
                  JOIN (
                    SELECT id,
                           COALESCE(
                               CASE WHEN service_sandbox THEN service_test_now END,
                               now() AT TIME ZONE 'UTC')::date AS today
                      FROM res_company
                  ) company ON company.id = contract.company_id
                  CROSS JOIN LATERAL generate_series(
                    GREATEST(date_trunc('month', contract.date_start),
                             date_trunc('month', company.today)
                                 - interval '23 months'),
                    date_trunc('month',
                               LEAST(contract.date_end, company.today)),
                    interval '1 month') series(month)
                  CROSS JOIN LATERAL (
                    SELECT LEAST(
                        (series.month + interval '1 month - 1 day')::date,
                        company.today) AS last_day
                  ) limits
                  LEFT JOIN LATERAL (
                    SELECT line.plan_id FROM contract_line line
                     WHERE line.contract_id = contract.id
                       AND line.date_start <= limits.last_day
                       AND line.plan_id IS NOT NULL
                     ORDER BY line.date_start DESC, line.id DESC LIMIT 1
                  ) signed ON TRUE
                 WHERE contract.plan_id IS NOT NULL AND contract.state != 'draft'
              ) row
            """
        )
