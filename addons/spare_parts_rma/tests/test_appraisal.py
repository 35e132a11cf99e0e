# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged

from odoo.addons.after_sales_service.tests.common import SIGNATURE, rules

from ..tools import appraisal as appraisal_tools
from .common import SpareCommon


class TestShares(BaseCase):
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.integers(0, 10_000_000),
        st.lists(st.integers(1, 50), min_size=1, max_size=6),
    )
    def test_not_a_cent_is_lost(self, coins, weights):
        percents = [100 * weight / sum(weights) for weight in weights]
        parts = appraisal_tools.split(coins / 100, percents)
        self.assertEqual(sum(round(part * 100) for part in parts), coins)
        for part, percent in zip(parts, percents, strict=True):
            self.assertLess(abs(part * 100 - coins * percent / 100), 1.001)

    def test_shares_make_a_hundred(self):
        self.assertTrue(appraisal_tools.is_complete([33.33, 33.33, 33.34]))
        for wrong in ([], [99.9], [60, 60], [110, -10]):
            self.assertFalse(appraisal_tools.is_complete(wrong))
            with self.assertRaises(ValueError):
                appraisal_tools.split(10.0, wrong)


@tagged("post_install", "-at_install")
class TestAppraisal(SpareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit = cls.working()
        cls.draw(cls.visit, "HD-NEW-1")
        cls.swap = cls.new_swap(cls.visit, "HD-NEW-1", "HD-OLD-1", damaged=True)

    @classmethod
    def appraise(cls, user=None, **vals):
        """An appraisal with everything but the report."""
        photo = (
            cls.env["ir.attachment"]
            .with_user(user or cls.engineer)
            .create(
                {
                    "name": "board.png",
                    "datas": SIGNATURE,
                    "res_model": "spare.damage.appraisal",
                }
            )
        )
        return (
            cls.env["spare.damage.appraisal"]
            .with_user(user or cls.engineer)
            .create(
                {
                    "damage": "Connector burnt",
                    "cause": "Surge in a thunderstorm",
                    "photo_ids": [Command.link(photo.id)],
                    **vals,
                }
            )
        )

    def appraise_swap(self):
        return self.appraise(visit_id=self.visit.id, component_id=self.component_hd.id)

    def share(self, appraisal, *shares):
        """(party, percent, partner) for each share, and the technical report."""
        appraisal.write(
            {
                "report": "<p>Tracks molten, power unit in order</p>",
                "claim_ids": [
                    Command.create(
                        {
                            "party": party,
                            "percent": percent,
                            **({"partner_id": partner.id} if partner else {}),
                        }
                    )
                    for party, percent, partner in shares
                ],
            }
        )

    @rules("RMA-03")
    def test_damaged_part_is_not_replaced_before_approval(self):
        with self.assertRaisesRegex(UserError, "Write the damage appraisal"):
            self.swap.action_swap()
        appraisal = self.appraise_swap()
        self.assertEqual(appraisal.station_id, self.station)
        self.assertEqual(appraisal.serial, "HD-OLD-1")
        with self.assertRaisesRegex(UserError, f"{appraisal.name} is Draft"):
            self.swap.action_swap()
        appraisal.action_submit()
        self.assertIn(
            self.branch_user.partner_id, appraisal.sudo().message_ids[:1].partner_ids
        )
        with self.assertRaisesRegex(UserError, "Submitted"):
            self.swap.action_swap()
        with self.assertRaises(AccessError):
            appraisal.action_approve()
        appraisal.with_user(self.branch_user).action_approve()
        self.swap.action_swap()
        slip = self.swap.sudo().rma_ids
        self.assertTrue(slip.damaged)
        self.assertEqual(appraisal.rma_id, slip)

    @rules("RMA-03")
    def test_refused_appraisal_keeps_the_part_in(self):
        appraisal = self.appraise_swap()
        appraisal.action_submit()
        branch = appraisal.with_user(self.branch_user)
        with self.assertRaisesRegex(UserError, "Say why"):
            branch.action_refuse(" ")
        branch.action_refuse("The photo shows another board")
        self.assertEqual(appraisal.refusal, "The photo shows another board")
        with self.assertRaisesRegex(UserError, "Refused"):
            self.swap.action_swap()
        with self.assertRaisesRegex(UserError, "handed in"):
            appraisal.damage = "Something else"

    @rules("RMA-03")
    def test_an_appraisal_names_damage_cause_and_photo(self):
        appraisal = self.appraise_swap()
        appraisal.write({"cause": False, "photo_ids": [Command.clear()]})
        with self.assertRaisesRegex(UserError, "the cause, a photo"):
            appraisal.action_submit()
        self.assertEqual(appraisal.state, "draft")

    @rules("RMA-03")
    def test_a_damaged_part_is_appraised_before_the_customer_is_asked_to_pay(self):
        """AMB-16: appraisal first, then the out-of-warranty request."""
        appraisal = self.appraise_swap()
        request = self.env["spare.part.request"].create(
            {
                "kind": "oow",
                "ticket_id": self.visit.ticket_id.id,
                "line_ids": [Command.create({"product_id": self.hd_product.id})],
            }
        )
        with self.assertRaisesRegex(UserError, f"{appraisal.name} comes first"):
            request._check_appraised()
        appraisal.action_submit()
        appraisal.with_user(self.branch_user).action_approve()
        request._check_appraised()

    @rules("RMA-03")
    def test_a_part_out_of_warranty_is_appraised_where_the_company_wants_it(self):
        machine = self._machine("OLD")
        machine.sale_date -= timedelta(days=3650)
        visit = self.working(machine)
        self.assertEqual(visit.ticket_id.coverage_verdict, "chargeable")
        part = machine.component_ids
        swap = self.new_swap(visit, "HD-NEW-2", part.serial)
        request = self.env["spare.part.request"].create(
            {"kind": "oow", "ticket_id": visit.ticket_id.id}
        )
        self.assertFalse(swap.needs_appraisal)
        request._check_appraised()
        self.company.spare_appraise_oow = True
        swap.invalidate_recordset(["needs_appraisal"])
        self.assertTrue(swap.needs_appraisal)
        with self.assertRaisesRegex(UserError, "out of warranty. Write the damage"):
            swap.action_swap()
        with self.assertRaisesRegex(UserError, "branch service centre approves that"):
            request._check_appraised()
        self.assertEqual(swap.action_appraise()["context"]["default_kind"], "oow")
        appraisal = self.appraise(visit_id=visit.id, component_id=part.id, kind="oow")
        appraisal.action_submit()
        appraisal.with_user(self.branch_user).action_approve()
        request._check_appraised()
        swap.invalidate_recordset(["appraisal_id"])
        self.assertFalse(swap._get_damage_problems())
        vals = swap._prepare_rma_vals(self.env["stock.lot"])
        self.assertFalse(vals["damaged"], "worn out is not damaged: it goes home")

    @rules("RMA-04", "RMA-08")
    def test_damaged_piece_is_not_returned_before_the_report_is_approved(self):
        appraisal = self.appraise_swap()
        appraisal.action_submit()
        appraisal.with_user(self.branch_user).action_approve()
        self.swap.action_swap()
        slip = self.swap.sudo().rma_ids.with_user(self.specialist)
        slip.action_hand_in()
        self.assertFalse(slip.return_id)
        week = self.env["spare.return"]._get_open(self.station)[self.station]
        with self.assertRaisesRegex(UserError, "physically damaged"):
            week.with_user(self.specialist).action_scan(slip.name)
        with self.assertRaisesRegex(UserError, "technical report"):
            appraisal.action_report()
        carrier = self.env["res.partner"].create({"name": "SF Express"})
        self.share(
            appraisal,
            ("customer", 50, None),
            ("engineer", 20, None),
            ("carrier", 20, carrier),
        )
        with self.assertRaisesRegex(UserError, "90 %, not 100 %"):
            appraisal.action_report()
        appraisal.claim_ids = [Command.create({"party": "house", "percent": 10})]
        appraisal.action_report()
        self.assertEqual(
            appraisal.claim_ids.mapped("amount"), [100.0, 40.0, 40.0, 20.0]
        )
        self.assertEqual(
            appraisal.claim_ids.partner_id,
            self.customer | self.engineer.partner_id | carrier,
        )
        with self.assertRaisesRegex(UserError, "stays as it is"):
            appraisal.claim_ids[:1].percent = 10
        appraisal.with_user(self.branch_user).action_release()
        self.assertEqual(
            appraisal.claim_ids.mapped("state"), ["due", "due", "due", "booked"]
        )
        self.assertEqual(slip.return_id, week)
        week.with_user(self.specialist).action_scan(slip.name)
        self.assertEqual(slip.state, "packed")

    @rules("RMA-04")
    def test_damage_found_at_the_station(self):
        """The specialist finds it at hand-in: only the second gate is left."""
        slip = self.swapped(fresh=True).with_user(self.specialist)
        slip.action_hand_in()
        self.assertTrue(slip.return_id)
        slip.damaged = True
        self.assertFalse(slip.return_id)
        appraisal = self.appraise(self.specialist, rma_id=slip.id)
        self.assertEqual(appraisal.product_id, slip.product_id)
        self.share(appraisal, ("house", 100, None))
        appraisal.action_report()
        appraisal.with_user(self.branch_user).action_release()
        self.assertTrue(slip.return_id)

    def test_who_is_involved_does_not_approve(self):
        appraisal = self.appraise(
            self.manager, visit_id=self.visit.id, component_id=self.component_hd.id
        )
        appraisal.action_submit()
        with self.assertRaisesRegex(UserError, "four eyes"):
            appraisal.action_approve()
        appraisal.with_user(self.branch_user).action_approve()
        self.assertEqual(appraisal.replace_approved_by_id, self.branch_user)

    def test_a_share_needs_its_name(self):
        slip = self.swapped(fresh=True)
        appraisal = self.appraise(self.specialist, rma_id=slip.id)
        self.share(appraisal, ("vendor", 100, None))
        appraisal.action_report()
        with self.assertRaisesRegex(UserError, "name who pays"):
            appraisal.with_user(self.branch_user).action_release()

    def test_papers(self):
        appraisal = self.appraise_swap()
        for report in ("report_appraisal", "report_technical"):
            html, _kind = (
                self.env["ir.actions.report"]
                .with_user(self.specialist)
                ._render_qweb_html(f"spare_parts_rma.{report}", appraisal.ids)
            )
            self.assertIn(b"Connector burnt", html)

    def test_reasons_are_asked_for_in_one_dialog(self):
        dialog = (
            self.env["spare.reason"]
            .with_user(self.branch_user)
            .with_context(active_model="spare.swap", active_ids=self.swap.ids)
        )
        dialog.create({"act": "waive", "reason": "Burnt to ashes"}).action_confirm()
        self.assertEqual(self.swap.waiver_reason, "Burnt to ashes")
        with self.assertRaisesRegex(UserError, "Open this dialog from"):
            dialog.create({"act": "reject_slip", "reason": "x"}).action_confirm()
        slip = self.swapped(fresh=True)
        dialog = dialog.with_context(active_model="spare.rma", active_ids=slip.ids)
        dialog.create({"act": "reject_slip", "reason": "Twice"}).action_confirm()
        self.assertEqual(slip.state, "rejected")
        with self.assertRaises(AccessError):
            dialog.with_user(self.specialist).create(
                {"act": "reject_slip", "reason": "x"}
            ).action_confirm()


@tagged("post_install", "-at_install")
class TestClaim(SpareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=cls.company, install_demo=False
            )
        cls.slip = cls.swapped(fresh=True)

    def claim(self, **vals):
        return self.env["spare.claim"].create(
            {
                "origin": "overdue",
                "rma_id": self.slip.id,
                "party": "customer",
                "amount": 200.0,
                **vals,
            }
        )

    @rules("RMA-04")
    def test_finance_books_what_the_branch_accepted(self):
        carrier = self.env["res.partner"].create({"name": "SF Express"})
        charge = self.claim()
        claim = self.claim(origin="lost", party="carrier", partner_id=carrier.id)
        both = (charge | claim).with_user(self.finance)
        with self.assertRaisesRegex(UserError, "not approved"):
            both.action_book()
        with self.assertRaises(AccessError):
            both.action_accept()
        (charge | claim).with_user(self.branch_user).action_accept()
        both.action_book()
        self.assertEqual(charge.move_id.move_type, "out_invoice")
        self.assertEqual(charge.move_id.partner_id, self.customer)
        self.assertEqual(claim.move_id.move_type, "in_refund")
        self.assertEqual(claim.move_id.amount_untaxed, 200.0)
        self.assertIn(self.slip.name, claim.move_id.invoice_line_ids.name)
        with self.assertRaisesRegex(UserError, "booked before"):
            both.action_book()

    def test_our_own_loss_needs_no_bill(self):
        claim = self.claim(party="house")
        claim.with_user(self.branch_user).action_accept()
        self.assertEqual(claim.state, "booked")
        self.assertFalse(claim.move_id)

    def test_a_claim_is_dropped_with_a_reason_only(self):
        claim = self.claim().with_user(self.branch_user)
        with self.assertRaisesRegex(UserError, "Say why"):
            claim.action_drop("")
        claim.action_drop("The piece came by post")
        self.assertEqual(claim.reason, "The piece came by post")
        claim.flush_recordset()
        self.assertTrue(self.claim(), "dropped, it may be claimed anew")
