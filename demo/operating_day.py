# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Believable data: people do their work through the buttons they press.

``run`` sets up a small Chinese company, loads the add-ons' demo people and
machines and plays cases that stand at different steps. Every act goes through
the public models with the rights of the person who does it, so what is here is
what the product allows. :class:`Day` is also how the stories in ``tests/`` act.
"""

import base64
from datetime import timedelta

from odoo import Command, fields
from odoo.modules import Manifest
from odoo.tools.convert import convert_file

ADDONS = ("after_sales_service", "spare_parts_rma", "service_contracts")
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAA"
    "AABJRU5ErkJggg=="
)
# Cases played for each step of the scale, and where they stop.
VOLUME = (
    "reported",
    "dispatched",
    "appointed",
    "working",
    "owed",
    "at_station",
    "at_station",
    "called_back",
)
# Names of the samples in other languages; demo files know one only.
SAMPLES = {
    "zh_CN": {
        "operator_sample": "示例电信（样例）",
        "product_broadband_care": "宽带无忧月费（样例）",
        "plan_broadband_care": "宽带无忧套餐（样例）",
    }
}


class Day:
    """The acts of a working day.

    :param env: environment of the superuser
    :param people: role → user; the role is the login of the demo user
    """

    def __init__(self, env, people):
        self.env = env
        self.people = people

    def _as(self, role, records):
        return records.with_user(self.people[role])

    def _model(self, role, name):
        return self._as(role, self.env[name])

    # Hotline -----------------------------------------------------------

    def report(self, serial, name, category=None, **vals):
        """A call: the serial is scanned, the fault noted, the part suspected."""
        equipment = self.env["service.equipment"].search([("serial", "=", serial)])
        component = equipment.component_ids.filtered(
            lambda part: part.category_id.code == category and not part.removed_on
        )
        return self._model("hotline", "helpdesk.ticket").create(
            {"scan": serial, "name": name, "component_id": component.id, **vals}
        )

    def dispatch(self, ticket):
        self._as("hotline", ticket).action_dispatch()

    def ask_exception(self, ticket, reason):
        """Goodwill is wanted; somebody else decides."""
        exception = self._model("hotline", "service.coverage.exception").create(
            {"ticket_id": ticket.id, "reason": reason}
        )
        exception.action_ask()
        return exception

    def promise(self, ticket, text, **later):
        """Something is promised on the phone, with its time."""
        now = ticket.company_id._service_now()
        return self._model("hotline", "service.promise").create(
            {"ticket_id": ticket.id, "name": text, "due_at": now + timedelta(**later)}
        )

    def hand_over(self, ticket, details):
        """The fault is on the operator's side; he has the case now."""
        operator = self.env.ref("after_sales_service.program_careplan").partner_id
        if not operator:
            operator = self.env["res.partner"].create({"name": "宽带运营商"})
        handover = self._model("hotline", "service.handover").create(
            {"ticket_id": ticket.id, "partner_id": operator.id, "details": details}
        )
        handover.action_send()
        return handover

    def appoint(self, ticket, engineer="engineer", **vals):
        """The appointment is agreed; the window proposes itself."""
        visit = self._model("hotline", "service.visit").create(
            {
                "ticket_id": ticket.id,
                "engineer_id": self.people[engineer].id,
                **vals,
            }
        )
        visit.action_appoint()
        return visit

    def call_back(self, callback, role, result="solved"):
        callback = self._as(role, callback)
        callback.write({"result": result, "machine_state": "运行正常"})
        callback.action_done()

    def help_from_afar(self, ticket, answer, **vals):
        """A remote session: why, who assists, consent; what was done."""
        session = self._model("hotline", "service.contact.record").create(
            {
                "ticket_id": ticket.id,
                "kind": "remote",
                "remote_reason": "phone_not_enough",
                "assistant_name": ticket.partner_id.name,
                "consent": True,
                "consent_name": ticket.partner_id.name,
                "tool": "远程协助",
                "answer": answer,
                "outcome": "solved",
                **vals,
            }
        )
        if session.rating or ticket.receipt_ids:
            session.action_done()
        return session

    def ask_receipt(self, ticket):
        """The customer is asked to rate apart from the call."""
        return self._model("hotline", "service.receipt").create(
            {"ticket_id": ticket.id}
        )

    # Engineer ----------------------------------------------------------

    def draw(self, visit, *codes):
        """The engineer asks for parts, the specialist hands them out."""
        draw = self._model("engineer", "spare.draw").create(
            {"visit_id": visit.id, "direction": "draw"}
        )
        for code in codes:
            draw.action_scan(code)
        draw.action_request()
        self._as("specialist", draw).action_hand_over()
        return draw

    def go(self, visit):
        """Leave, arrive, begin."""
        visit = self._as("engineer", visit)
        self.check(visit, "depart", "start")
        if visit.visit_fee:
            visit.fee_agreed_by = visit.partner_id.name
        visit.action_depart()
        visit.action_arrive()
        visit.action_start()

    def check(self, visit, *gates):
        """Tick the mandatory rows of the checklist; the questions are a no."""
        rows = visit.check_ids.filtered(
            lambda row: row.required and row.gate in gates and row.state == "open"
        )
        rows.filtered(lambda row: row.kind == "tick").action_tick()
        rows.filtered(lambda row: row.kind == "yesno").action_no()

    def swap(self, visit, new, old, symptom):
        """One for one: new serial in, old serial out."""
        swap = self._model("engineer", "spare.swap").create(
            {
                "visit_id": visit.id,
                "new_serial": new,
                "old_serial": old,
                "symptom": symptom,
            }
        )
        swap.action_swap()
        return swap

    def complete(self, visit, rating="5", **texts):
        """Checklist, four texts, re-test, signature, rating."""
        visit = self._as("engineer", visit)
        self.check(visit, "done")
        visit.write(
            {
                "symptom": "开机找不到硬盘",
                "cause": "硬盘磁头损坏",
                "solution": "更换硬盘并重装系统",
                "precautions": "请定期备份数据",
                "retested": True,
                "signature": SIGNATURE,
                "signed_by": visit.partner_id.name,
                "opinion": "服务及时",
                "rating": rating,
                **texts,
            }
        )
        visit.action_done()

    # Workshop ----------------------------------------------------------

    def take_in(self, serial, name, category=None, **vals):
        """A machine on the counter becomes a workshop repair."""
        ticket = self.report(serial, name, category, delivery_mode="shop", **vals)
        self.dispatch(ticket)
        self._as("hotline", ticket).action_take_in()
        return self._as("hotline", ticket.repair_ids)

    def open_case(self, repair, promised, **vals):
        """Inspected, compared, agreed; the engineer begins."""
        repair.write(
            {
                "inspected": True,
                "configuration": "standard",
                "reproduced": "yes",
                "consent_by": repair.partner_id.name,
                "promised_date": promised,
                "user_id": self.people["engineer"].id,
                **vals,
            }
        )
        repair.action_consent()
        self._as("engineer", repair).action_workshop_start()

    def mend(self, repair, **texts):
        """The engineer writes what it was; the machine is ready."""
        work = self._as("engineer", repair)
        work.write(
            {
                "cause": "显示器电源板电容损坏",
                "solution": "更换电源板电容并老化测试",
                "precautions": "请勿遮挡散热孔",
                **texts,
            }
        )
        work.action_ready()

    def lend(self, repair, description, serial):
        """A loaner of the same grade until the machine is back."""
        loaner = self._model("hotline", "service.loaner").create(
            {
                "ticket_id": repair.ticket_id.id,
                "repair_id": repair.id,
                "description": description,
                "serial": serial,
                "equal_grade": True,
                "condition_out": "外观完好，配电源线一根",
                "due_date": repair.company_id._service_today() + timedelta(days=7),
            }
        )
        loaner.action_out()
        return loaner

    # Station -----------------------------------------------------------

    def hand_in(self, rmas):
        self._as("specialist", rmas).action_hand_in()

    def pack_and_ship(self, document):
        """Pack the weekly return piece by piece, two signatures, ship."""
        specialist = self._as("specialist", document)
        specialist.action_new_box()
        for rma in document.rma_ids:
            specialist.action_scan(rma.name)
        specialist.action_sign_specialist()
        self._as("director", document).action_sign_director()
        specialist.action_ship()

    # Warehouse ---------------------------------------------------------

    def receive(self, document):
        """Scan the boxes and every piece, book them into the intake."""
        returns = self._model("clerk", "spare.return")
        for box in document.box_ids:
            returns.scan_receive(box.name)
            for rma in box.rma_ids:
                answer = returns.scan_receive(rma.name, box.id)
                if not answer["ok"]:
                    raise ValueError(answer["message"])
        self._as("clerk", document).action_finish_receiving()

    def inspect(self, rmas, result="defective", disposition="refurbish"):
        rmas = self._as("clerk", rmas)
        rmas.write({"inspection_result": result, "disposition": disposition})
        rmas.action_inspect()
        rmas.action_close()

    # Out of warranty ---------------------------------------------------

    def quote(self, visit, product):
        """The engineer quotes a part the customer has to pay."""
        request = self._model("engineer", "spare.part.request").create(
            {
                "kind": "oow",
                "ticket_id": visit.ticket_id.id,
                "visit_id": visit.id,
                "line_ids": [Command.create({"product_id": product.id})],
            }
        )
        request.action_quote()
        return request

    def consent(self, request, how="signed"):
        request = self._as("engineer", request)
        request.action_record_consent(request.partner_id.name, how)
        request.action_submit()

    def bill(self, request):
        self._as("finance", request).action_create_invoice()

    def pay(self, request):
        """The customer pays at the office; finance registers and verifies."""
        bills = self._as("finance", request).sudo().invoice_ids
        self._model("finance", "account.payment.register").with_context(
            active_model="account.move", active_ids=bills.ids
        ).create({}).action_create_payments()
        self._as("finance", request).action_verify_payment()

    def approve(self, request):
        self._as("branch", request).action_approve()

    # Parts for the shelf -----------------------------------------------

    def ask_for_stock(self, product, quantity):
        """The specialist asks for parts; the branch centre hears of it at once."""
        request = self._model("specialist", "spare.part.request").create(
            {
                "station_id": self.people["specialist"].service_station_ids[:1].id,
                "line_ids": [
                    Command.create({"product_id": product.id, "quantity": quantity})
                ],
            }
        )
        request.action_submit()
        return request

    def ship(self, request):
        self._as("clerk", request).action_ship()

    def appraise(self, role, **vals):
        """What is damaged, how it came about, and a photo of it."""
        photo = self._model(role, "ir.attachment").create(
            {
                "name": "照片.png",
                "datas": SIGNATURE,
                "res_model": "spare.damage.appraisal",
            }
        )
        return self._model(role, "spare.damage.appraisal").create(
            {"photo_ids": [Command.link(photo.id)], **vals}
        )

    # Finance -----------------------------------------------------------

    def bill_month(self, month):
        """The month's care plans, billed and posted."""
        run = self._model("finance", "service.billing.run").create({"period": month})
        run.action_run_now()
        return run

    def compare_statement(self, settlement, lines):
        """The operator's list of what it collected, read and compared."""
        text = "\n".join(["account,amount", *lines])
        self._model("finance", "service.settlement.statement").create(
            {
                "settlement_id": settlement.id,
                "reference": "DX-2026-001",
                "filename": "statement.csv",
                "file": base64.b64encode(text.encode()),
            }
        ).action_import()

    # Subscribers -------------------------------------------------------

    def import_subscribers(self, lines):
        """A list of new subscribers: checked, then imported and activated."""
        wizard = self._model("manager", "service.subscriber.import").create(
            {
                "filename": "subscribers.csv",
                "file": base64.b64encode("\n".join(lines).encode()),
                "activate": True,
            }
        )
        wizard.action_check()
        return self.env["contract.contract"].search(
            wizard.action_import()["domain"], order="id"
        )


def run(env, scale=1):
    """Play ``scale`` times the demo volume; the first time set everything up."""
    first = not env.ref("after_sales_service.user_hotline", raise_if_not_found=False)
    if first:
        set_up_company(env)
        load_demo_files(env)
        speak(env)
        set_up_shelf(env)
    day = Day(env, get_people(env))
    company = env.company
    # Played in the past on the test clock, so that days lie between the steps.
    start = fields.Datetime.now() - timedelta(days=15 if first else 2)
    company.write(
        {"service_sandbox": True, "service_test_now": start.replace(hour=1, minute=5)}
    )
    if first:
        play_forgotten(day)
        play_story(day)
    for _round in range(scale):
        play_volume(day)
    if first:
        play_parts_desk(day)
        play_workshop(day)
        play_promises(day)
        play_this_morning(day)
        env["spare.rma"]._cron_propose_charges()
    company.write({"service_sandbox": False, "service_test_now": False})
    clocks = env["service.sla.clock"]
    clocks.search([])._replay()
    now = company._service_now()
    clocks.search(clocks._get_due_domain(company, now))._mark_due(now)


def speak(env):
    """Everybody, and the samples, speak the language that is played in."""
    partners = env["res.partner"].with_context(active_test=False).search([])
    partners.lang = env.lang
    for record, name in SAMPLES.get(env.lang, {}).items():
        env.ref(f"service_contracts.{record}").name = name
    for contract in env["contract.contract"].search([("plan_id", "!=", False)]):
        plan = contract.plan_id
        contract.name = contract._get_plan_contract_name(plan, contract.partner_id)
        contract.contract_line_ids.name = plan.name


def wait(day, **delta):
    """Move the test clock on, never past the real time."""
    company = day.env.company
    company.service_test_now = min(
        company.service_test_now + timedelta(**delta), fields.Datetime.now()
    )


def wait_until(day, **ago):
    """Move the test clock on to so long before the real time."""
    now = fields.Datetime.now() - timedelta(**ago)
    day.env.company.service_test_now = max(day.env.company.service_test_now, now)


def set_up_company(env):
    """A Chinese company with its chart of accounts."""
    env["res.currency"].with_context(active_test=False).search(
        [("name", "=", "CNY")]
    ).active = True
    env.company.write(
        {
            "name": "安徽同创电脑服务有限公司",
            "country_id": env.ref("base.cn").id,
            "currency_id": env.ref("base.CNY").id,
            "phone": "+86 551 555 0100",
            "email": "service@example.com",
        }
    )
    env["product.pricelist"].search([]).currency_id = env.company.currency_id
    env.company.partner_id.tz = "Asia/Shanghai"
    env.company.resource_calendar_id.tz = "Asia/Shanghai"
    env["account.chart.template"].try_loading(
        "cn", company=env.company, install_demo=False
    )
    env.ref("base.user_admin").tz = "Asia/Shanghai"


def load_demo_files(env):
    """The demo files of the three add-ons, without Odoo's own demo company."""
    for addon in ADDONS:
        for filename in Manifest.for_addon(addon)["demo"]:
            convert_file(env, addon, filename, {}, mode="init", noupdate=True)


def get_people(env):
    return {
        login: env.ref(f"after_sales_service.user_{login}")
        for login in [
            "hotline",
            "engineer",
            "engineer2",
            "specialist",
            "director",
            "branch",
            "clerk",
            "finance",
            "manager",
        ]
    }


def add_stock(env, product, serials, shelf=None):
    """Good parts on the shelf of the Bengbu station, or on another."""
    if not shelf:
        station = env.ref("after_sales_service.station_bengbu")
        shelf = station._get_locations("good")[station]
    lots = env["stock.lot"].create(
        [{"name": serial, "product_id": product.id} for serial in serials]
    )
    env["stock.quant"].with_context(inventory_mode=True).create(
        [
            {
                "product_id": product.id,
                "location_id": shelf.id,
                "lot_id": lot.id,
                "inventory_quantity": 1,
            }
            for lot in lots
        ]
    ).action_apply_inventory()


def set_up_shelf(env):
    hard_disk = env.ref("after_sales_service.product_hd_500")
    add_stock(env, hard_disk, [f"HD-N-{number:04d}" for number in range(1, 13)])
    memory = env.ref("after_sales_service.product_memory")
    add_stock(env, memory, [f"MEM-N-{number:04d}" for number in range(1, 7)])
    if not env.ref("after_sales_service.station_branch").oow_pricelist_id:
        env.ref("after_sales_service.station_branch").oow_pricelist_id = env[
            "product.pricelist"
        ].create(
            {
                "name": "保外维修部件价格单",
                "currency_id": env.company.currency_id.id,
            }
        )


def play_story(day):
    """The named cases of the README, each at another step."""
    env = day.env
    # 李明: in warranty and on a care plan; the disk is already being refurbished.
    ticket = day.report("TC-2026-0001", "开机找不到硬盘", "HARD_DISK")
    wait(day, minutes=3)
    day.dispatch(ticket)
    wait(day, minutes=4)
    visit = day.appoint(ticket)
    day.draw(visit, "HD-N-0001")
    wait(day, minutes=60)
    day.go(visit)
    wait(day, minutes=40)
    day.swap(visit, "HD-N-0001", "HD-20260001", "磁头异响,BIOS 找不到硬盘")
    day.complete(visit)
    rma = visit.spare_swap_ids.sudo().rma_ids
    wait(day, hours=5)
    day.hand_in(rma)
    document = rma.sudo().return_id
    wait(day, days=1)
    day.pack_and_ship(document)
    wait(day, days=1)
    day.receive(document)
    day.inspect(rma)
    first = ticket.sudo().callback_ids.filtered(lambda call: call.tier == "1")
    day.call_back(first, "hotline")
    ticket.with_user(day.people["hotline"]).action_close()

    # 王芳: out of warranty; paid, approved, swapped: settled in finance's list.
    product = env.ref("after_sales_service.product_hd_500")
    ticket = day.report("TC-2022-0007", "硬盘读写错误", "HARD_DISK")
    day.dispatch(ticket)
    visit = day.appoint(ticket)
    day.go(visit)
    request = day.quote(visit, product)
    day.consent(request)
    day.bill(request)
    day.pay(request)
    day.approve(request)
    day.draw(visit, "HD-N-0002")
    day.swap(visit, "HD-N-0002", "HD-20220007", "读写错误,坏道")
    day.complete(visit, rating="4")

    # Her memory is broken, too: she agreed, the bill is sent, finance waits.
    ticket = day.report("TC-2022-0007", "内存报警", "MEMORY")
    day.dispatch(ticket)
    visit = day.appoint(ticket)
    day.go(visit)
    request = day.quote(visit, env.ref("after_sales_service.product_memory"))
    day.consent(request)
    day.bill(request)

    play_return_with_differences(day)

    # 徐静 had a disk swapped last week: its return is on the way.
    wait(day, days=6)
    visit = play_swap(day, "TC-2025-0208", "HD-N-0003", "HD-20250208")
    day.hand_in(visit.spare_swap_ids.sudo().rma_ids)
    day.pack_and_ship(visit.spare_swap_ids.sudo().rma_ids.return_id)

    play_care(day)
    wait(day, days=4)


def play_care(day):
    """Subscribers of an operator and of their own: billed, parked, owing, settled."""
    env = day.env
    today = env.company._service_today()
    plan = env.ref("service_contracts.plan_broadband_care")
    operator = env.ref("service_contracts.operator_sample").name
    start = (today - timedelta(days=20)).isoformat()
    lines = ["customer,plan,account,operator,payer,start,email"]
    for number, (payer, email) in enumerate(
        [("operator", "")] * 4 + [("customer", "sun@example.com")] + [("", "")] * 3, 1
    ):
        lines.append(
            f"签约用户 {number:02d},{plan.code},0552-{number:04d},{operator},{payer},"
            f"{start},{email}"
        )
    subscribers = day.import_subscribers(lines)
    parked, resting = subscribers[6], subscribers[7]
    # whom to bill is not known any more: his bill is parked
    parked.invoice_partner_id = parked.partner_id.copy()
    parked.invoice_partner_id.active = False
    day._as("manager", resting).action_suspend()
    env.ref("service_contracts.dunning_step_1").write({"active": True, "days": 3})
    env.company.care_overdue_days = 30
    # The month's care plans are billed and posted.
    run = day.bill_month(today.replace(day=1))
    settlement = env["service.settlement"].search([("run_id", "=", run.id)], limit=1)
    day.compare_statement(settlement, ["0552-0001,10", "0552-0002,9", "0552-0009,10"])
    # 李明's plan removes a virus for nothing: one of his two uses of the month is gone.
    virus = env["service.item"].search(
        [
            (
                "category_id",
                "=",
                env.ref("after_sales_service.item_category_anti_virus").id,
            )
        ],
        limit=1,
    )
    ticket = day._model("hotline", "helpdesk.ticket").create(
        {
            "scan": "TC-2026-0001",
            "name": "浏览器主页被篡改",
            "item_id": virus.id,
            "delivery_mode": "remote",
        }
    )
    day.dispatch(ticket)
    # He wants a lesson that his plan does not name: he is told the price.
    ticket = day._model("hotline", "helpdesk.ticket").create(
        {
            "scan": "TC-2026-0001",
            "name": "想学习办公软件",
            "item_id": env.ref("after_sales_service.item_tutoring_office").id,
            "kind": "consultation",
            "delivery_mode": "remote",
            "quote_price": 40.0,
        }
    )
    ticket.action_quote_price()


def play_swap(day, serial, new, old):
    """A covered swap from the call to the signature."""
    ticket = day.report(serial, "硬盘有异响", "HARD_DISK")
    wait(day, minutes=4)
    day.dispatch(ticket)
    visit = day.appoint(ticket)
    day.draw(visit, new)
    wait(day, minutes=45)
    day.go(visit)
    day.swap(visit, new, old, "异响,读写慢")
    day.complete(visit)
    return visit


def play_promises(day):
    """Clocks at every stage, calls, a hand-over, a choice: desks that have work."""
    env = day.env
    missed, standing, due_soon, talked, exchanged, question = create_machines(env, 6)
    disk = "HARD_DISK"
    # Nobody came in time: missed, and the ladder told hotline and director.
    wait_until(day, hours=5)
    day.dispatch(day.report(missed.serial, "硬盘有异响，开机很慢", disk))
    # Sold last week and broken already: the customer wants a new one.
    exchanged.sudo().sale_date = env.company._service_today() - timedelta(days=6)
    ticket = day.report(exchanged.serial, "新机三天两头死机", disk, kind="repair")
    right = ticket.right_ids.filtered(lambda one: one.remedy == "exchange")
    right.write(
        {"decided_by": ticket.partner_id.name, "test_report": "硬盘坏道，性能故障"}
    )
    right.action_choose()
    # The customer is away until noon: the clocks stand still meanwhile.
    wait_until(day, minutes=100)
    ticket = day.report(standing.serial, "硬盘读写错误", disk)
    day.dispatch(ticket)
    ticket._pause("客户中午才在家")
    # Nearly due: the two hours are as good as over.
    day.dispatch(day.report(due_soon.serial, "硬盘找不到", disk))
    # Settled on the phone, with a promise to call again.
    wait_until(day, minutes=30)
    phone = env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")
    ticket = day.report(
        talked.serial,
        "上网时断时续",
        channel_id=phone.id,
        delivery_mode="remote",
        cause_side="operator",
    )
    day.dispatch(ticket)
    day.promise(ticket, "今天下班前回电，告知处理结果", hours=4)
    day.hand_over(ticket, "ADSL 同步灯不亮，终端设备正常，请检查线路")
    day.report(
        question.serial, "怎样备份数据？", kind="consultation", delivery_mode="remote"
    )


def play_forgotten(day):
    """A part drawn two weeks ago and never used, a defective one never handed in."""
    machines = create_machines(day.env, 2)
    ticket = day.report(machines[0].serial, "硬盘偶尔找不到", "HARD_DISK")
    day.dispatch(ticket)
    day.draw(day.appoint(ticket), "HD-N-0012")
    old = machines[1].component_ids.serial
    play_swap(day, machines[1].serial, "HD-N-0011", old)


def play_return_with_differences(day):
    """Four pieces were sent: one is missing, a strange one lay in the box."""
    env = day.env
    slips = env["spare.rma"]
    for number, machine in zip((4, 5, 6, 9), create_machines(env, 4), strict=True):
        visit = play_swap(
            day, machine.serial, f"HD-N-{number:04d}", machine.component_ids.serial
        )
        slips |= visit.spare_swap_ids.sudo().rma_ids
    day.hand_in(slips)
    document = slips.sudo().return_id
    day.pack_and_ship(document)
    wait(day, hours=20)
    desk = day._model("clerk", "spare.return")
    box = document.box_ids
    vendor, good, waiting, missing = slips
    for code in (box.name, vendor.name, good.name, waiting.name):
        desk.scan_receive(code, box.id)
    desk.note_extra("HD-X-0001", box.id)
    day._as("clerk", document).action_finish_receiving()
    row = document.difference_ids.filtered(lambda row: row.rma_id == missing)
    day._as("clerk", row).note = "箱内未见，已电话询问服务站"
    vendor.vendor_id = env["res.partner"].create({"name": "希捷科技保修中心"})
    day.inspect(vendor, disposition="vendor")
    day.inspect(good, result="no_fault", disposition="station")


def play_parts_desk(day):
    """What waits for approval, shipping, receiving and appraisal."""
    env = day.env
    disk = env.ref("after_sales_service.product_hd_500")
    memory = env.ref("after_sales_service.product_memory")
    store = env.company._get_spare_warehouse().lot_stock_id
    add_stock(env, disk, [f"HD-C-{number:04d}" for number in range(1, 5)], store)
    received, shipped, planned, approved = (
        day.ask_for_stock(product, quantity)
        for product, quantity in ((disk, 1), (disk, 2), (memory, 40), (disk, 1))
    )
    for request in (received, shipped, planned, approved):
        day.approve(request)
    for request in (received, shipped, planned):
        day.ship(request)
    day._as("specialist", received).action_receive()
    day._as("clerk", planned).action_plan(
        env.company._service_today() + timedelta(days=9)
    )
    day.ask_for_stock(memory, 3)
    station = env.ref("after_sales_service.station_bengbu")
    day._model("specialist", "stock.warehouse.orderpoint").create(
        {
            "product_id": memory.id,
            "location_id": station._get_locations("good")[station].id,
            "product_min_qty": 8,
            "product_max_qty": 15,
        }
    )
    damaged, reported, other = create_machines(env, 3)
    # A burnt disk: the branch centre signs before it is replaced.
    ticket = day.report(damaged.serial, "硬盘烧毁，有焦味", "HARD_DISK")
    day.dispatch(ticket)
    visit = day.appoint(ticket)
    day.draw(visit, "HD-N-0007")
    day.go(visit)
    part = damaged.component_ids
    day._model("engineer", "spare.swap").create(
        {
            "visit_id": visit.id,
            "new_serial": "HD-N-0007",
            "old_serial": part.serial,
            "symptom": "电路板烧毁",
            "damaged": True,
        }
    )
    day.appraise(
        "engineer",
        visit_id=visit.id,
        component_id=part.id,
        damage="电路板烧黑，接口熔化",
        cause="雷击过电压",
    ).action_submit()
    # A dropped disk: replaced, now its return waits for the second signature.
    visit = play_swap(day, reported.serial, "HD-N-0008", reported.component_ids.serial)
    slip = visit.spare_swap_ids.sudo().rma_ids
    slip.damaged = True
    day.hand_in(slip)
    day.appraise(
        "specialist",
        rma_id=slip.id,
        damage="外壳变形，盘片划伤",
        cause="运输途中跌落",
        report="<p>开盖检查：磁头脱落，盘片有划痕，与跌落相符。</p>",
        claim_ids=[
            Command.create(
                {
                    "party": "carrier",
                    "percent": 70,
                    "partner_id": env["res.partner"].create({"name": "徽运快递"}).id,
                }
            ),
            Command.create({"party": "house", "percent": 30}),
        ],
    ).action_report()
    # The memory in this machine is not made any more: a different model is asked for.
    small = env["product.product"].create(
        {
            "name": "内存 512 MB",
            "is_storable": True,
            "tracking": "serial",
            "service_category_id": memory.service_category_id.id,
            "spare_discontinued_on": "2024-12-31",
        }
    )
    other.component_ids = [
        Command.create(
            {
                "category_id": memory.service_category_id.id,
                "product_id": small.id,
                "serial": "MEM-S-0001",
            }
        )
    ]
    ticket = day.report(other.serial, "内存报警", "MEMORY")
    day.dispatch(ticket)
    visit = day.appoint(ticket)
    day.draw(visit, "MEM-N-0006")
    day.go(visit)
    day._model("engineer", "spare.swap").create(
        {
            "visit_id": visit.id,
            "new_serial": "MEM-N-0006",
            "old_serial": "MEM-S-0001",
            "symptom": "开机报警，无法自检",
        }
    )


def play_this_morning(day):
    """What people find on their desks today."""
    env = day.env
    wait(day, days=30)
    # who has not paid his bill is reminded; who has no mail gets a letter to print
    env["service.dunning.letter"]._cron_remind()
    # 张伟 lives in a county: the county's clocks run, the parent's station serves.
    ticket = day.report("TC-2025-0033", "内存报警", "MEMORY")
    day.dispatch(ticket)
    visit = day.appoint(ticket)
    day.draw(visit, "MEM-N-0001")
    # 刘洋: the drive is out of warranty after its year; to be appointed. The hotline
    # asks for goodwill, the director has not decided yet.
    ticket = day.report("TC-2024-0151", "光驱不读盘", "OPTICAL_DRIVE")
    day.dispatch(ticket)
    day.ask_exception(ticket, "老客户，光驱刚过保修期一年")
    slow, modem, printer = create_machines(env, 3)
    day.report(slow.serial, "电脑运行很慢", "HARD_DISK")
    # Helped from afar: one rated on the phone, one is still asked for his rating.
    ticket = day.report(modem.serial, "拨号错误 691", delivery_mode="remote")
    day.help_from_afar(ticket, "重新设置宽带账号，已能上网", rating="5")
    ticket.action_close()
    ticket = day.report(printer.serial, "打印机驱动丢失", delivery_mode="remote")
    day.ask_receipt(ticket)
    day.help_from_afar(ticket, "重装驱动，测试页正常")


def play_workshop(day):
    """The shelf of the workshop: late, at work, ready, just taken in."""
    machines = create_machines(day.env, 4)
    late, working, ready, counter = (
        day.take_in(machine.serial, name, "HARD_DISK")
        for machine, name in zip(
            machines,
            ("显示器黑屏", "开机无显示", "频繁死机", "不能开机"),
            strict=True,
        )
    )
    today = day.env.company._service_today()
    day.open_case(late, today + timedelta(days=1))
    station = late.station_id
    monitor = day.env["product.product"].create(
        {
            "name": "同创 17 寸液晶显示器",
            "is_storable": True,
            "tracking": "serial",
            "standard_price": 620,
        }
    )
    add_stock(
        day.env,
        monitor,
        ["LOAN-LCD-01", "LOAN-LCD-02"],
        station._get_locations("loaner")[station],
    )
    day.lend(late, monitor.display_name, "LOAN-LCD-01")
    wait(day, days=2)
    day.open_case(working, today + timedelta(days=30))
    day.open_case(ready, today + timedelta(days=3))
    day._as("engineer", working).note_ids = [
        Command.create({"text": "硬盘周四到货，请放心"})
    ]
    day.mend(ready)
    counter.write({"inspected": True, "configuration": "differs"})
    counter.check_ids = [
        Command.create({"kind": "extra", "name": "创新声卡", "handling": "home"})
    ]


def play_volume(day):
    """One round of everyday cases, each stopped at another step."""
    env = day.env
    machines = create_machines(env, len(VOLUME))
    hard_disk = env.ref("after_sales_service.product_hd_500")
    add_stock(env, hard_disk, [f"HD-G-{machine.serial}" for machine in machines])
    for stop, machine in zip(VOLUME, machines, strict=True):
        play_case(day, machine, stop)
        wait(day, minutes=20)


def create_machines(env, count):
    """New customers with a PC each, sold within the last two years."""
    number = env["service.equipment"].search_count([("serial", "like", "TC-G-%")])
    partners = env["res.partner"].create(
        [
            {
                "name": f"用户 {number + index + 1:04d}",
                "phone": f"+86 552 556 {number + index + 1:04d}",
                "street": f"蚌埠市工农路 {number + index + 1} 号",
                "country_id": env.ref("base.cn").id,
            }
            for index in range(count)
        ]
    )
    category = env.ref("after_sales_service.category_hard_disk")
    today = env.company._service_today()
    return env["service.equipment"].create(
        [
            {
                "serial": f"TC-G-{number + index + 1:05d}",
                "name": "Tongchuang PC T500",
                "partner_id": partner.id,
                "program_id": env.ref("after_sales_service.program_tc").id,
                "region_id": env.ref("after_sales_service.region_bengbu_urban").id,
                "sale_date": today - timedelta(days=30 + 37 * (index + 1)),
                "component_ids": [
                    Command.create(
                        {
                            "category_id": category.id,
                            "product_id": env.ref(
                                "after_sales_service.product_hd_500"
                            ).id,
                            "serial": f"HD-O-{number + index + 1:05d}",
                        }
                    )
                ],
            }
            for index, partner in enumerate(partners)
        ]
    )


def play_case(day, machine, stop):
    """One case from the call on, up to the step ``stop``."""
    new = f"HD-G-{machine.serial}"
    if stop in ("reported", "dispatched", "appointed", "working"):
        ticket = day.report(machine.serial, "硬盘有异响", "HARD_DISK")
        if stop == "reported":
            return
        wait(day, minutes=4)
        day.dispatch(ticket)
        if stop == "dispatched":
            return
        visit = day.appoint(ticket)
        if stop == "working":
            day.draw(visit, new)
            day.go(visit)
        return
    visit = play_swap(day, machine.serial, new, machine.component_ids.serial)
    ticket = visit.ticket_id
    rma = visit.spare_swap_ids.sudo().rma_ids
    if stop == "owed":
        return
    wait(day, hours=3)
    day.hand_in(rma)
    if stop == "called_back":
        ticket.with_user(day.people["hotline"]).action_close()
        first = ticket.sudo().callback_ids.filtered(lambda call: call.tier == "1")
        day.call_back(first, "hotline")
