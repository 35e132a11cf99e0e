# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

CARD = "after_sales_service.report_tracking_card"


class ServiceProgram(models.Model):
    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.program"

    tracking_card = fields.Boolean(
        string="Archive tracking cards",
        help="When a ticket of this programme ends its service tracking card, with "
        "the result, is attached to it.",
    )  # DSP-14


class HelpdeskTicket(models.Model):
    """The service tracking card of a case: event, priority, who, steps, result (DSP-14).

    It is printed at any time; where the programme wants it archived, it is attached
    when the case ends. Drawing a PDF takes a while, so the closing does not wait.
    """

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "helpdesk.ticket"

    industry_id = fields.Many2one(store=True, index="btree_not_null")
    card_pending = fields.Boolean(
        copy=False, help="The tracking card is attached with the next round."
    )

    _card_pending_idx = models.Index("(id) WHERE card_pending IS TRUE")

    def _follow_stage(self, was_closed):
        result = super()._follow_stage(was_closed)
        ended = self.filtered("stage_id.closed") - was_closed
        carded = ended.filtered("program_id.tracking_card")
        if carded:
            carded.card_pending = True
            # sudo: whoever closes tickets has no rights on crons
            self.env.ref("after_sales_service.cron_tracking_cards").sudo()._trigger()
        return result

    def _get_card_steps(self):
        """The valid events in their order."""
        self.ensure_one()
        return self.event_ids.filtered("valid").sorted(lambda one: (one.at, one.id))

    def _get_card_results(self) -> list:
        """What was done, from the papers of the work: [(document, words)]."""
        self.ensure_one()
        # sudo: the card is one for all, also where a repair lies at another station
        case = self.sudo()
        papers = [
            *((visit.name, visit.solution) for visit in case.visit_ids),
            *((repair.name, repair.solution) for repair in case.repair_ids),
            *((one.display_name, one.answer) for one in case.contact_record_ids),
            *((one.name, one.solution) for one in case.problem_ids),
            *((one.partner_id.name, one.answer) for one in case.handover_ids),
        ]
        return [(name, words) for name, words in papers if words]

    def _archive_card(self):
        """Attach the card as it stands now; a reopened case gets another one."""
        for ticket in self:
            reports = self.env["ir.actions.report"].with_context(
                lang=ticket.company_id.partner_id.lang,
                tz=ticket.company_id._service_tz(),
            )
            content, kind = reports._render_qweb_pdf(CARD, ticket.ids)
            ticket.message_post(
                body=self.env._("The case is over: its tracking card (DSP-14)."),
                attachments=[(f"{ticket.number}.{kind}", content)],
            )
        self.card_pending = False

    @api.model
    def _cron_archive_cards(self, batch_size=20):
        """Archive the cards of ended cases; one that cannot be drawn says so."""
        domain = [("card_pending", "=", True)]
        todo = self.search(domain, limit=batch_size, order="id")
        remaining = len(todo) if len(todo) < batch_size else self.search_count(domain)
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=remaining)
        for ticket in todo:
            ticket = ticket.try_lock_for_update().filtered_domain(domain)
            if not ticket:
                continue
            try:
                ticket._archive_card()
            except UserError as error:
                self.env.cr.rollback()
                ticket.card_pending = False
                ticket.message_post(
                    body=self.env._(
                        "The tracking card could not be drawn, print it by hand: "
                        "%(error)s",
                        error=error,
                    )
                )
            if not progress(1):
                break
