# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import rules
from .test_intake import IntakeCommon


@tagged("post_install", "-at_install")
class TestTrackingCard(IntakeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program_tc.tracking_card = True
        cls.industry = cls.env["res.partner.industry"].create({"name": "Television"})
        cls.customer.industry_id = cls.industry

    def _cards(self, ticket):
        return self.env["ir.attachment"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )

    def _archive(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "after_sales_service.cron_tracking_cards"
            ).method_direct_trigger()

    def _handled(self):
        """A case the maker looked at, solved and closed."""
        ticket = self._new_ticket(priority="3")
        handover = self._handover(ticket, kind="maker", reference="HW-77")
        handover.action_send()
        handover.answer = "Known fault of this series"
        handover.action_solved()
        ticket.action_close()
        return ticket

    @rules("DSP-14", "RPT-11")
    def test_the_card_of_an_ended_case_is_archived_with_its_result(self):
        ticket = self._handled()
        self.assertTrue(ticket.card_pending)
        self.assertFalse(self._cards(ticket))  # the closing does not wait for it
        self._archive()
        self.assertFalse(ticket.card_pending)
        card = self._cards(ticket)
        words = card.raw.decode()
        for part in (
            ticket.number,
            "Hard disk not found",  # the event
            "Very High",  # its priority
            "Television",  # the industry
            self.station.name,  # the department
            "HW-77",  # the maker
            "Dispatched",  # the steps
            "Known fault of this series",  # the result
        ):
            self.assertIn(part, words)
        # opened again and ended again: another card, the first one stays
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        ticket.action_close()
        self._archive()
        self.assertEqual(len(self._cards(ticket)), 2)

    @rules("DSP-14")
    def test_only_programmes_that_want_it_archive_cards(self):
        self.program_tc.tracking_card = False
        self.assertFalse(self._handled().card_pending)
        for code in ("hf", "hf_huawei", "hf_dell"):
            program = self.env.ref(f"after_sales_service.program_{code}")
            self.assertTrue(program.tracking_card, code)

    def test_a_card_that_cannot_be_drawn_does_not_stop_the_others(self):
        broken, sound = self._handled(), self._handled()
        draw, reason = type(broken)._archive_card, "no printer"

        def fail(tickets):
            if tickets == broken:
                raise UserError(reason)
            return draw(tickets)

        with patch.object(type(broken), "_archive_card", fail):
            self._archive()
        self.assertFalse((broken | sound).filtered("card_pending"))
        self.assertFalse(self._cards(broken))
        self.assertIn("no printer", broken.message_ids[0].body)
        self.assertTrue(self._cards(sound))

    @rules("DSP-14", "DSP-15")
    def test_cases_are_classified_by_industry_and_priority(self):
        ticket = self._new_ticket(dispatch=False, priority="2")
        groups = self.env["helpdesk.ticket"]._read_group(
            [("id", "=", ticket.id)], ["industry_id", "priority"], ["__count"]
        )
        self.assertEqual(groups, [(self.industry, "2", 1)])
