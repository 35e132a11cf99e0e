# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.fields import Command

from odoo.addons.after_sales_service.tests.common import AfterSalesCommon


class CareCommon(AfterSalesCommon):
    """A care plan of 10 a month and the customer's contract on it.

    The figures are samples: the sources give none (CARE-18). The company's test
    clock stands on 20 November 2026.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env["account.journal"].search_count(
            [("type", "=", "sale"), ("company_id", "=", cls.company.id)]
        ):
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=cls.company, install_demo=False
            )
        cls.operator = cls.env["res.partner"].create(
            {"name": "Telecom", "is_company": True}
        )
        cls.item_virus = cls.env.ref("after_sales_service.item_virus_removal")
        cls.item_test = cls.env.ref("after_sales_service.item_hardware_fault_test")
        cls.care_product = cls.env["product.product"].create(
            {"name": "Monthly fee", "type": "service", "list_price": 10.0}
        )
        cls.plan = cls._create_plan()
        cls.contract = cls._create_contract(equipment_ids=cls.equipment.ids)
        cls.contract.action_activate()

    @classmethod
    def _create_plan(cls, **vals):
        return cls.env["service.plan"].create(
            {
                "code": "CARE",
                "name": "Broadband Care",
                "product_id": cls.care_product.id,
                "fee": 10.0,
                "line_ids": [
                    Command.create({"delivery_mode": "shop"}),
                    Command.create(
                        {
                            "item_id": cls.item_virus.id,
                            "delivery_mode": "remote",
                            "unlimited": False,
                            "quota": 1,
                            "price_after": 20.0,
                        }
                    ),
                    Command.create(
                        {"item_id": cls.item_test.id, "delivery_mode": "onsite"}
                    ),
                ],
                **vals,
            }
        )

    @classmethod
    def _create_contract(cls, **vals):
        if "equipment_ids" in vals:
            vals["equipment_ids"] = [Command.set(vals["equipment_ids"])]
        return cls.env["contract.contract"].create(
            {
                "partner_id": cls.customer.id,
                "plan_id": cls.plan.id,
                "date_start": "2026-11-01",
                **vals,
            }
        )

    @classmethod
    def _create_subscribers(cls, count, **vals):
        """Active contracts of as many new customers."""
        partners = cls.env["res.partner"].create(
            [{"name": f"Subscriber {number}"} for number in range(count)]
        )
        contracts = cls.env["contract.contract"].create(
            [
                {
                    "partner_id": partner.id,
                    "plan_id": cls.plan.id,
                    "date_start": "2026-11-01",
                    **vals,
                }
                for partner in partners
            ]
        )
        contracts.action_activate()
        return contracts

    @classmethod
    def _create_run(cls, **vals):
        return (
            cls.env["service.billing.run"]
            .with_user(cls.finance)
            .create({"period": "2026-11-01", **vals})
        )

    @classmethod
    def _create_case(cls, dispatch=True, **vals):
        """A case of the customer without a suspected part."""
        return cls._new_ticket(
            dispatch=dispatch, component_id=False, name="Slow", **vals
        )
