# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """The operators' job commits after each operator; its row is not updated by itself."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    job = env.ref("service_contracts.job_function_bill_operators", False)
    if job:
        job.allow_commit = True
