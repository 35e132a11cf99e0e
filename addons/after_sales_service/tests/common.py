# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""People, places and machines the stories of all three add-ons are told with."""

from datetime import datetime, timedelta

from odoo.tests.common import new_test_user

from odoo.addons.base.tests.common import BaseCommon

# A one-pixel signature.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAA"
    "AABJRU5ErkJggg=="
)


def rules(*numbers):
    """Say which rules a test proves; ``./dev rules`` collects the marks."""

    def mark(test):
        test.rules = numbers
        return test

    return mark


class AfterSalesCommon(BaseCommon):
    """蚌埠 station with its people, one customer and his PC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_the_stage()

    @classmethod
    def _set_the_stage(cls):
        """People and things in ``cls.env``; the benchmarks play on it too."""
        cls.company = cls.env.company
        cls.company.write(
            {"service_sandbox": True, "service_test_now": datetime(2026, 11, 20, 2, 0)}
        )
        cls.station = cls.env.ref("after_sales_service.station_bengbu")
        cls.branch = cls.env.ref("after_sales_service.station_branch")
        cls.program_tc = cls.env.ref("after_sales_service.program_tc")
        cls.program_careplan = cls.env.ref("after_sales_service.program_careplan")
        cls.region_urban = cls.env.ref("after_sales_service.region_bengbu_urban")
        for name, groups, where in (
            ("hotline", "group_hotline", cls.station),
            ("engineer", "group_engineer", cls.station),
            ("specialist", "group_specialist", cls.station),
            ("director", "group_director", cls.station),
            ("branch_user", "group_branch", cls.branch),
            ("clerk", "group_warehouse", None),
            ("finance", "group_finance", None),
            ("manager", "group_manager", cls.branch),
        ):
            user = new_test_user(
                cls.env,
                login=name,
                name=name.capitalize(),
                groups=f"after_sales_service.{groups}",
                service_station_ids=[(6, 0, where.ids if where else [])],
            )
            setattr(cls, name, user)
        cls.station.write(
            {
                "director_id": cls.director.id,
                "specialist_id": cls.specialist.id,
                "callback_user_id": cls.hotline.id,
            }
        )
        cls.branch.callback_user_id = cls.branch_user
        cls.customer = cls.env["res.partner"].create(
            {"name": "李明", "phone": "+86 552 000 0000", "city": "蚌埠"}
        )
        cls.category_hd = cls.env.ref("after_sales_service.category_hard_disk")
        cls.hd_product = cls.env["product.product"].create(
            {
                "name": "Hard disk 500 GB",
                "is_storable": True,
                "tracking": "serial",
                "service_category_id": cls.category_hd.id,
                "list_price": 300.0,
                "standard_price": 200.0,
            }
        )
        cls.equipment = cls._create_equipment("PC0001", sale_date="2026-03-02")
        cls.component_hd = cls.equipment.component_ids.filtered(
            lambda component: component.category_id == cls.category_hd
        )

    @classmethod
    def _create_equipment(cls, serial, **vals):
        """A PC of the customer with a hard disk and an LCD monitor inside."""
        return cls.env["service.equipment"].create(
            {
                "serial": serial,
                "name": "Tongchuang PC",
                "partner_id": cls.customer.id,
                "program_id": cls.program_tc.id,
                "region_id": cls.region_urban.id,
                "component_ids": [
                    (
                        0,
                        0,
                        {
                            "category_id": cls.category_hd.id,
                            "product_id": cls.hd_product.id,
                            "serial": f"HD-OLD-{serial[-1]}",
                        },
                    ),
                    (
                        0,
                        0,
                        {
                            "category_id": cls.env.ref(
                                "after_sales_service.category_lcd_monitor"
                            ).id,
                            "serial": f"LCD-{serial[-1]}",
                        },
                    ),
                ],
                **vals,
            }
        )

    @classmethod
    def _pass_time(cls, **delta):
        """Move the company's test clock on."""
        cls.company.service_test_now += timedelta(**delta)

    @classmethod
    def _new_ticket(cls, dispatch=True, **vals):
        """A repair ticket of the customer's PC, dispatched unless told otherwise."""
        ticket = (
            cls.env["helpdesk.ticket"]
            .with_user(cls.hotline)
            .create(
                {
                    "name": "Hard disk not found",
                    "scan": "PC0001",
                    "component_id": cls.component_hd.id,
                    **vals,
                }
            )
        )
        if dispatch:
            ticket.action_dispatch()
        return ticket

    @classmethod
    def _working_visit(cls, ticket):
        """A visit of the engineer at the customer's, ready for the swap."""
        now = cls.company._service_now()
        visit = (
            cls.env["service.visit"]
            .with_user(cls.hotline)
            .create(
                {
                    "ticket_id": ticket.id,
                    "engineer_id": cls.engineer.id,
                    "window_start": now + timedelta(minutes=30),
                    "window_end": now + timedelta(minutes=120),
                }
            )
        )
        visit.action_appoint()
        visit = visit.with_user(cls.engineer)
        cls._fill_checklist(visit, "depart", "start")
        if visit.visit_fee:
            visit.fee_agreed_by = cls.customer.name
        visit.action_depart()
        visit.action_arrive()
        visit.action_start()
        return visit

    @classmethod
    def _fill_checklist(cls, visit, *gates, **answers):
        """Answer the mandatory rows before the gates; questions with no.

        :param answers: key of a row's xmlid → values to write instead
        """
        usual = {
            "tick": {"ticked": True},
            "yesno": {"choice": "no"},
            "number": {"text": "1"},
            "text": {"text": "Noted"},
            "photo": {"photo": SIGNATURE},
            "consent": {"ticked": True, "signed_by": cls.customer.name},
            "signature": {"signature": SIGNATURE, "signed_by": cls.customer.name},
        }
        for key, vals in answers.items():
            cls._row(visit, key).write(vals)
        for check in visit.check_ids:
            if check.required and check.gate in gates and check.state == "open":
                check.write(usual[check.kind])

    @classmethod
    def _row(cls, visit, key):
        """The row of a visit's checklist, by its xmlid without check_."""
        line = cls.env.ref(f"after_sales_service.check_{key}")
        return visit.check_ids.filtered(lambda check: check.line_id == line)

    @classmethod
    def _rate(cls, ticket, rating="5"):
        """The receipt of a customer served from afar or at the counter (CARE-13)."""
        cls.env["service.receipt"].create(
            {"ticket_id": ticket.id, "rating": rating}
        ).action_give()

    @classmethod
    def _sign(cls, visit):
        """Everything the customer and the engineer leave on paper."""
        cls._fill_checklist(visit, "depart", "start", "done")
        visit.write(
            {
                "symptom": "Disk not found",
                "cause": "Disk broken",
                "solution": "Disk replaced",
                "precautions": "Keep a backup",
                "retested": True,
                "signature": SIGNATURE,
                "signed_by": cls.customer.name,
                "opinion": "Quick",
                "rating": "5",
            }
        )
