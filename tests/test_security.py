# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who may do what: every role, model, operation, station and company, over RPC.

What is expected stands in ``tests/security/rights.csv`` (models) and ``buttons.csv``
(methods), to be read and signed off by a person. The tests try every cell as the web
client would, through ``/web/dataset/call_kw``, and roll each call back. After a change,
``WRITE_SECURITY=1 ./dev test tests/test_security.py`` writes what was seen into the
tables; the difference in git is what has to be reviewed.
"""

import csv
import inspect
import json
import os
from datetime import timedelta
from pathlib import Path

import psycopg2

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.json import json_default

from odoo.addons.after_sales_service.tests.common import rules

from .test_story import StoryCommon

TABLES = Path(__file__).parent / "security"
ADDONS = ("after_sales_service", "spare_parts_rma", "service_contracts")
# Models of Odoo and OCA that our people work with
EXTENDED = (
    "account.move",
    "contract.contract",
    "contract.line",
    "contract.modification",
    "helpdesk.ticket",
    "helpdesk.ticket.stage",
    "product.template",
    "repair.order",
    "res.company",
    "res.partner",
    "res.users",
    "sale.order",
    "stock.location",
    "stock.lot",
    "stock.move",
    "stock.move.line",
    "stock.picking",
    "stock.quant",
)
STAFF = (
    "hotline",
    "engineer",
    "specialist",
    "director",
    "branch",
    "manager",
    "warehouse",
    "finance",
)
# Seen once, at the place where things are: a colleague is another engineer there
OTHERS = ("colleague", "portal_owner", "portal_stranger", "public")
ROLES = STAFF + OTHERS
# What a record hangs on
LINKS = (
    "ticket_id visit_id repair_id equipment_id station_id contract_id rma_id".split()
)
OWN, STATION, COMPANY = "own station", "other station", "other company"
LETTERS = {"read": "r", "write": "w", "create": "c", "unlink": "d"}
REFUSED = ("odoo.exceptions.AccessError", "odoo.exceptions.AccessDenied")
# What a person at the keyboard can understand; anything else is a crash
EXPLAINED = (
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.RedirectWarning",
    "odoo.exceptions.MissingError",
)


def read_table(name: str) -> dict[tuple, dict]:
    """The rows of a table by their first two columns."""
    path = TABLES / f"{name}.csv"
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    keys = list(rows[0])[:2]
    return {tuple(row.pop(key) for key in keys): row for row in rows}


def is_ours(part: type) -> bool:
    """Whether a part of a model's class was written in one of our add-ons."""
    return part.__module__.startswith(tuple(f"odoo.addons.{name}." for name in ADDONS))


def write_table(name: str, head: tuple, rows: dict[tuple, dict]) -> None:
    """Write a table, sorted by its key in the order given."""
    with (TABLES / f"{name}.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*head, *ROLES])
        for key, row in rows.items():
            writer.writerow([*key, *(row.get(role, "") for role in ROLES)])


class SecurityCommon(StoryCommon, HttpCase):
    """One played case, and each role three times: here, elsewhere, in another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.not_made = {}
        cls._play()
        ours = sorted(
            name
            for name, model in cls.env.registry.items()
            if model._original_module in ADDONS and not model._abstract
        )
        cls.records = {name: cls._record_of(name) for name in (*ours, *EXTENDED)}
        cls.elsewhere = cls.env.ref("after_sales_service.station_fuyang")
        cls.other_company = cls.env["res.company"].create({"name": "Other company"})
        here = {
            "hotline": cls.hotline,
            "engineer": cls.engineer,
            "specialist": cls.specialist,
            "director": cls.director,
            "branch": cls.branch_user,
            "manager": cls.manager,
            "warehouse": cls.clerk,
            "finance": cls.finance,
        }
        cls.people = {(role, OWN): user for role, user in here.items()}
        for role in STAFF:
            # warehouse and finance work for all stations
            if here[role].service_station_ids:
                cls.people[role, STATION] = cls._person(
                    role, "far", stations=cls.elsewhere
                )
            cls.people[role, COMPANY] = cls._person(
                role, "foreign", stations=cls.station, company=cls.other_company
            )
        cls.people["colleague", OWN] = cls._person(
            "engineer", "colleague", stations=cls.station
        )
        for role, partner in (
            ("portal_owner", cls.customer),
            ("portal_stranger", cls.env["res.partner"].create({"name": "王芳"})),
        ):
            cls.people[role, OWN] = new_test_user(
                cls.env, role, groups="base.group_portal", partner_id=partner.id
            )
        cls.people["public", OWN] = cls.env.ref("base.public_user")

    @classmethod
    def _person(cls, role, prefix, stations, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            f"{prefix}_{role}",
            groups=f"after_sales_service.group_{role}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            service_station_ids=[Command.set(stations.ids)],
        )

    # The case ------------------------------------------------------------------------

    @classmethod
    def _play(cls):
        """Cases at many steps, so that every document is there once."""
        cls._play_the_past()
        cls._play_the_workshop()
        cls._play_a_chargeable_part()
        cls._play_the_present()

    @classmethod
    def _play_the_past(cls):
        """Repaired, returned with a piece missing, used by the plan, billed."""
        rmas = cls.swapped(number=2, fresh=True)
        cls.day.complete(rmas.visit_id[0])
        cls.day.hand_in(rmas)
        document = rmas.return_id
        cls.day.pack_and_ship(document)
        clerk = cls.env["spare.return"].with_user(cls.clerk)
        clerk.scan_receive(document.box_ids.name)
        clerk.scan_receive(rmas[0].name, document.box_ids.id)
        document.with_user(cls.clerk).action_finish_receiving()
        cls._create_case(item_id=cls.item_virus.id, delivery_mode="remote")
        cls.day.bill_month("2026-11-01")
        cls._remind()
        cls.contract.action_suspend()

    @classmethod
    def _remind(cls):
        """The bill is overdue: the first letter goes out."""
        step = cls.env.ref("service_contracts.dunning_step_1")
        step.active = True
        cls.contract.billing_line_ids.move_id.invoice_date_due -= timedelta(days=9)
        letters = cls.env["service.dunning.letter"]
        letters._remind(
            cls.company, step, letters._get_overdue_domain(cls.company, step)
        )

    @classmethod
    def _play_the_workshop(cls):
        """A machine is in the workshop, a loaner is out."""
        machine = cls._create_equipment("PC0005", sale_date="2026-01-05")
        ticket = cls.day.report("PC0005", "Slow", delivery_mode="shop")
        cls.env["service.finding"].create(
            {
                "ticket_id": ticket.id,
                "equipment_id": machine.id,
                "exclusion_id": cls.env.ref("after_sales_service.exclusion_tc_user").id,
                "note": "Opened before",
            }
        )
        ticket.action_dispatch()
        ticket.action_take_in()
        repair = ticket.sudo().repair_ids
        repair.user_id = cls.engineer
        cls.env["service.repair.check"].create(
            {"repair_id": repair.id, "name": "Memory", "kind": "extra"}
        )
        cls.env["service.repair.note"].create(
            {"repair_id": repair.id, "text": "A part is on its way"}
        )
        cls.env["service.loaner"].with_user(cls.hotline).create(
            {"ticket_id": ticket.id, "serial": "L1", "description": "Laptop"}
        )
        cls.machine = machine

    @classmethod
    def _play_a_chargeable_part(cls):
        cls.branch.oow_pricelist_id = cls.env["product.pricelist"].create(
            {"name": "OOW"}
        )
        cls._create_equipment("PC0008", sale_date="2022-01-10")
        ticket = cls.day.report("PC0008", "Hard disk not found", "HARD_DISK")
        cls.day.dispatch(ticket)
        visit = cls.day.appoint(ticket)
        cls.day.go(visit)
        request = cls.day.quote(visit, cls.hd_product)
        cls.day.consent(request)
        cls.day.bill(request)

    @classmethod
    def _play_the_present(cls):
        """A visit being worked on; a part handed out, one asked for, one owed."""
        rmas = cls.swapped(number=1, fresh=True)
        visit = rmas.visit_id
        draw = (
            cls.env["spare.draw"].with_user(cls.engineer).create({"visit_id": visit.id})
        )
        draw.action_scan("HD-NEW-2")
        draw.action_request()
        cls.stock("HD-NEW-9", location=cls.custody())
        inside = visit.ticket_id.equipment_id.component_ids
        old = inside.filtered(lambda part: not part.removed_on)
        cls.new_swap(visit, "HD-NEW-9", old.serial)

    @classmethod
    def _duty_of_the_station(cls):
        """What the station owes of a programme's schedule."""
        duties = cls.env["service.program.duty"]
        opened = duties._open_duties(duties._get_places())
        return opened.filtered(lambda duty: duty.station_id == cls.station)[:1]

    @classmethod
    def _record_of(cls, name):
        """The record of a model that the cells are tried on: the newest of the case."""
        domain = [("tier", "=", "1")] if name == "service.callback" else []
        if name == "service.program.duty":
            return cls._duty_of_the_station()
        special = {
            "service.station": cls.station,
            "res.company": cls.company,
            "res.users": cls.engineer,
            "res.partner": cls.customer,
            "contract.contract": cls.contract,
            "contract.line": cls.contract.contract_line_ids[:1],
            "stock.location": cls.good,
        }
        return (
            special.get(name)
            or cls.env[name].search(domain, limit=1, order="id desc")
            or cls._make(name)
        )

    @classmethod
    def _make(cls, name):
        """A record that the case does not leave, linked to the case's own."""
        model = cls.env[name]
        vals = {}
        for field in model._fields.values():
            given = field.compute or field.related or field.name in models.MAGIC_COLUMNS
            if given or not field.store:
                continue
            if field.relational and (field.required or field.name in LINKS):
                linked = cls.env[field.comodel_name]
                linked = linked.search([], limit=1, order="id desc")
                single = field.type == "many2one"
                vals[field.name] = linked.id if single else [Command.set(linked.ids)]
            elif field.required and not field.default:
                vals[field.name] = {
                    "selection": lambda field=field: field.get_values(cls.env)[0],
                    "date": cls.company._service_today,
                    # each later than the one before: from and to
                    "datetime": lambda: (
                        cls.company._service_now() + timedelta(hours=1 + len(vals))
                    ),
                    "char": lambda: "?",
                    "text": lambda: "?",
                    "html": lambda: "?",
                }.get(field.type, lambda: 1)()
        try:
            with cls.cr.savepoint(), mute_logger("odoo.sql_db"):
                return model.create(vals)
        except (UserError, ValueError, TypeError, psycopg2.Error) as error:
            if not model._transient:
                cls.not_made[name] = error
            return model

    # Remote calls --------------------------------------------------------------------

    def _call(self, record, method, *args, **kwargs):
        """Call a method over RPC and undo what it did.

        :param record: the recordset it is called on
        :return: ("done", result), ("refused", None), ("explained", message for the user)
            or ("crash", message nobody understands)
        """
        if not getattr(getattr(type(record), method), "_api_model", False):
            args = (record.ids, *args)
        params = {
            "model": record._name,
            "method": method,
            "args": args,
            "kwargs": kwargs,
        }
        body = json.dumps(
            {"jsonrpc": "2.0", "method": "call", "id": 0, "params": params},
            default=json_default,
        )
        self.cr.flush()
        with self.cr.savepoint(flush=False) as savepoint:
            answer = self.opener.post(
                f"{self.base_url()}/web/dataset/call_kw",
                data=body,
                headers={"Content-Type": "application/json"},
            ).json()
            savepoint.rollback()
        if "error" not in answer:
            return "done", answer.get("result")
        name = answer["error"]["data"]["name"]
        if name in REFUSED or name.endswith("SessionExpiredException"):
            return "refused", None
        message = f"{name}: {answer['error']['data']['message']}"[:300]
        return ("explained" if name in EXPLAINED else "crash"), message

    def _expect(self, name, head, seen):
        """Compare a table with what was seen; print the rows to put in.

        :param seen: {key of two: {role: cell}}
        """
        if os.environ.get("WRITE_SECURITY"):
            write_table(name, head, seen)
        expected = read_table(name)
        wrong = [
            f"{' '.join(key)}, {role}: {found!r} was seen, {told!r} is expected"
            for key, row in seen.items()
            if key in expected
            for role, found in row.items()
            if (told := expected[key][role]) != found
        ]
        missing = [
            ",".join([*key, *(row.get(role, "") for role in ROLES)])
            for key, row in seen.items()
            if key not in expected
        ]
        gone = [",".join(key) for key in expected if key not in seen]
        problems = wrong
        if missing:
            problems += [f"Review these rows, then add them to {name}.csv:", *missing]
        if gone:
            problems += [f"These rows of {name}.csv are about nothing any more:", *gone]
        self.assertFalse(problems, "\n" + "\n".join(problems))


@tagged("post_install", "-at_install")
class TestSecurity(SecurityCommon):
    def _letters(self, user, record, asked):
        """Which of the operations go through for a user: a string of LETTERS.

        A message for the user is no refusal: the document says no, not the fence.
        """
        return "".join(
            LETTERS[operation]
            for operation in asked
            if self._goes_through(operation, user, record)
        )

    def _goes_through(self, operation, user, record):
        if user._is_public():  # nobody anonymous gets as far as a model's method
            return record.with_user(user).has_access(operation)
        on, args = {
            "read": (record, [["id"]]),
            "write": (record, [{}]),
            "create": (record.browse(), [self._values(record)]),
            "unlink": (record, []),
        }[operation]
        answer, why = self._call(on, operation, *args)
        if answer == "crash":
            self.crashes.add(f"{record._name} {operation}: {why}")
        if answer == "explained" or (answer == "done" and operation == "write"):
            # stopped before the fence was reached: it answers for this record
            return self._call(record, "has_access", operation)[1]
        return answer == "done"

    def _values(self, record):
        """Values for another record of the same place."""
        if not record:
            return {}
        try:
            values = record.sudo().copy_data()[0]
        except UserError:  # some documents refuse to be copied
            return {}
        guarded = getattr(record, "_guarded_fields", ())
        return {
            name: value.decode() if isinstance(value, bytes) else value
            for name, value in values.items()
            if name not in guarded
        }

    @rules("SEC-07", "SEC-05")
    def test_rights(self):
        """A missing model fails: add its rows after a look at them."""
        self.crashes = set()
        self.assertFalse(
            self.not_made,
            "Play a case in SecurityCommon._play that leaves a record of each",
        )
        seen = {
            (name, place): {}
            for name in self.records
            for place in (OWN, STATION, COMPANY)
        }
        for (role, place), user in self.people.items():
            self.authenticate(None if role == "public" else user.login, user.login)
            for name, record in self.records.items():
                # What groups forbid here they forbid everywhere: asked once
                own = seen[name, OWN].get(role)
                asked = [
                    operation
                    for operation, letter in LETTERS.items()
                    if (place == OWN or letter in own)
                    and (record or operation == "create")
                ]
                seen[name, place][role] = self._letters(user, record, asked) or "-"
        self._expect("rights", ("model", "where"), seen)
        self.assertFalse(self.crashes, "\n" + "\n".join(sorted(self.crashes)))

    @rules("SEC-07", "VIS-36", "PRT-07")
    def test_buttons(self):
        """Nobody presses a button that is not his, whatever the screen shows.

        x: pressed, or stopped by a message about the document. o: opens a form or
        dialog. m: stopped by a message, and the document is not his to write: either his
        desk acts without writing (finance verifies a payment), or nothing asks for the
        right soon enough. Whoever cannot see a document presses none of its buttons.
        """
        buttons = self._buttons()
        seen = {button: dict.fromkeys(ROLES, "-") for button in buttons}
        problems = set()
        for (role, place), user in self.people.items():
            if role == "public":
                continue
            self.authenticate(user.login, user.login)
            for (name, method), (record, args) in buttons.items():
                if place != OWN and seen[name, method][role] == "-":
                    continue
                answer, why = self._call(record, method, *args)
                if place == OWN:
                    seen[name, method][role] = self._mark(answer, why, record, user)
                if answer == "crash":
                    problems.add(f"{name}.{method} {role} crashes: {why}")
                elif (
                    answer != "refused"
                    and not self._opens(why)
                    and self._unseen(record, method, user)
                ):
                    problems.add(f"{name}.{method} {role} {place}: pressed unseen")
        self._expect("buttons", ("model", "method"), seen)
        self.assertFalse(problems, "\n" + "\n".join(sorted(problems)))

    def _mark(self, answer, result, record, user):
        if answer == "refused":
            return "-"
        if answer == "explained" and not record.with_user(user).has_access("write"):
            return "m"
        return "o" if self._opens(result) else "x"

    def _opens(self, result):
        return isinstance(result, dict) and result.get("type", "").startswith(
            "ir.actions"
        )

    def _unseen(self, record, method, user):
        """Whether a user may not read what he pressed a button of."""
        if getattr(getattr(type(record), method), "_api_model", False):
            record = record.browse()
        return not record.with_user(user).has_access("read")

    def _buttons(self):
        """Public methods that our add-ons made: {(model, method): (record, arguments)}.

        Those that only open a view or a printout change nothing and are left out.
        """
        found = {}
        for name, record in self.records.items():
            parts = inspect.getmro(type(record))[1:]
            ours = [part for part in parts if is_ours(part)]
            theirs = {key for part in parts if not is_ours(part) for key in vars(part)}
            for method in sorted({key for part in ours for key in vars(part)} - theirs):
                function = getattr(type(record), method)
                if (
                    not (record or getattr(function, "_api_model", False))
                    or not inspect.isfunction(function)
                    or getattr(function, "_api_private", False)
                    or method.startswith(("_", "action_view_", "action_open_"))
                    or "print" in method
                ):
                    continue
                needed = [
                    one.name
                    for one in list(inspect.signature(function).parameters.values())[1:]
                    if one.default is one.empty
                    and one.kind is one.POSITIONAL_OR_KEYWORD
                ]
                args = [0 if one.endswith("_id") else "?" for one in needed]
                found[name, method] = (record, args)
        return found
