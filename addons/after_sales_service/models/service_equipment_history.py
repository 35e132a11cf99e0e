# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.tools import SQL

# Rows of one source get ids of their own: record id times this plus its number.
SOURCES = 64


class ServiceEquipmentHistory(models.Model):
    """The life of a machine in one line: sale, cover, tickets, visits, loans (SEC-11).

    Read straight from the documents, so it cannot drift from them. Who may see
    the machine may see its history; a document opens only for whom it is for.
    """

    _name = "service.equipment.history"
    _description = "Equipment History"
    _auto = False
    _order = "at desc, id desc"
    _rec_name = "kind"
    _depends = {
        "service.equipment": [
            "sale_date",
            "certificate_date",
            "acceptance_date",
            "installation_date",
        ],
        "service.equipment.component": [
            "equipment_id",
            "installed_on",
            "removed_on",
            "warranty_end",
        ],
        "helpdesk.ticket": ["equipment_id", "reported_at", "closed_date", "user_id"],
        "service.visit": [
            "ticket_id",
            "engineer_id",
            "window_start",
            "done_at",
            "left_at",
            "state",
        ],
        "repair.order": [
            "ticket_id",
            "intake_at",
            "schedule_date",
            "handed_over_at",
            "state",
            "user_id",
        ],
        "service.loaner": ["ticket_id", "out_at", "back_at", "out_by_id", "back_by_id"],
        "service.callback": ["ticket_id", "done_at", "done_by_id"],
        "service.finding": ["equipment_id", "found_at", "found_by_id"],
        "service.coverage.exception": ["ticket_id", "decided_at", "decided_by_id"],
        "service.guarantee.right": [
            "equipment_id",
            "chosen_at",
            "chosen_by_id",
            "done_at",
            "done_by_id",
            "new_equipment_id",
        ],
    }

    equipment_id = fields.Many2one(comodel_name="service.equipment", readonly=True)
    at = fields.Datetime(string="Day", readonly=True)
    kind = fields.Selection(
        selection=[
            ("sale", "Sold"),
            ("acceptance", "Accepted"),
            ("installation", "Installed"),
            ("part_in", "Part put in"),
            ("part_out", "Part taken out"),
            ("cover_end", "Cover ends"),
            ("ticket", "Ticket"),
            ("ticket_closed", "Ticket closed"),
            ("visit", "Visit"),
            ("repair", "Repair"),
            ("repair_back", "Handed over"),
            ("loaner_out", "Loaner out"),
            ("loaner_back", "Loaner back"),
            ("callback", "Called back"),
            ("finding", "Outside the warranty"),
            ("exception", "Exception decided"),
            ("right", "Customer's choice"),
            ("exchange", "Came in exchange"),
            ("exchanged", "Exchanged"),
        ],
        string="What",
        readonly=True,
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Who", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    summary = fields.Char(compute="_compute_summary")
    may_open = fields.Boolean(compute="_compute_may_open")

    @api.depends("res_model", "res_id")
    @api.depends_context("lang")
    def _compute_summary(self):
        """The document's name, in the reader's language."""
        names = {}
        for model, rows in self.grouped("res_model").items():
            # sudo: names only; the history is for all who may see the machine
            documents = self.env[model].sudo().browse(set(rows.mapped("res_id")))
            names[model] = dict(
                zip(documents.ids, documents.mapped("display_name"), strict=True)
            )
        for row in self:
            row.summary = names[row.res_model].get(row.res_id)

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_may_open(self):
        """Whether the reader may read the document behind the line."""
        for model, rows in self.grouped("res_model").items():
            documents = self.env[model].browse(set(rows.mapped("res_id")))
            readable = set(documents._filtered_access("read").ids)
            for row in rows:
                row.may_open = row.res_id in readable

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(
            SQL("(%s)", query) for query in self._get_history_queries()
        )

    @api.model
    def _get_history_queries(self) -> list:
        """One SELECT a source, made by :meth:`_select_history`.

        Other add-ons call super, append theirs, add their kinds with
        ``selection_add`` and the fields they read to ``_depends``.
        """
        select = self._select_history
        machine = SQL("FROM service_equipment doc")
        part = SQL("FROM service_equipment_component doc")
        of_ticket = SQL("JOIN helpdesk_ticket ticket ON ticket.id = doc.ticket_id")
        on_ticket = SQL("ticket.equipment_id")
        doc_id = SQL("doc.id")
        doc_machine = SQL("doc.equipment_id")
        nobody = SQL("NULL::integer")
        loaner = SQL("FROM service_loaner doc %s", of_ticket)
        repair = SQL("FROM repair_order doc %s", of_ticket)
        right = SQL("FROM service_guarantee_right doc")
        return [
            select(
                0,
                "sale",
                "service.equipment",
                doc_id,
                self._noon("COALESCE(doc.sale_date, doc.certificate_date)"),
                nobody,
                machine,
            ),
            select(
                1,
                "acceptance",
                "service.equipment",
                doc_id,
                self._noon("doc.acceptance_date"),
                nobody,
                machine,
            ),
            select(
                2,
                "installation",
                "service.equipment",
                doc_id,
                self._noon("doc.installation_date"),
                nobody,
                machine,
            ),
            select(
                3,
                "part_in",
                "service.equipment.component",
                doc_machine,
                self._noon("doc.installed_on"),
                nobody,
                part,
            ),
            select(
                4,
                "part_out",
                "service.equipment.component",
                doc_machine,
                self._noon("doc.removed_on"),
                nobody,
                part,
            ),
            select(
                5,
                "cover_end",
                "service.equipment.component",
                doc_machine,
                self._noon(
                    "CASE WHEN doc.removed_on IS NULL THEN doc.warranty_end END"
                ),
                nobody,
                part,
            ),
            select(
                6,
                "ticket",
                "helpdesk.ticket",
                doc_machine,
                SQL("doc.reported_at"),
                SQL("doc.user_id"),
                SQL("FROM helpdesk_ticket doc"),
            ),
            select(
                7,
                "ticket_closed",
                "helpdesk.ticket",
                doc_machine,
                SQL("doc.closed_date"),
                SQL("doc.user_id"),
                SQL("FROM helpdesk_ticket doc"),
            ),
            select(
                8,
                "visit",
                "service.visit",
                on_ticket,
                SQL(
                    "CASE WHEN doc.state != 'cancelled' THEN "
                    "COALESCE(doc.done_at, doc.left_at, doc.window_start) END"
                ),
                SQL("doc.engineer_id"),
                SQL("FROM service_visit doc %s", of_ticket),
            ),
            select(
                9,
                "repair",
                "repair.order",
                on_ticket,
                SQL(
                    "CASE WHEN doc.state != 'cancel' OR doc.intake_at IS NOT NULL "
                    "THEN COALESCE(doc.intake_at, doc.schedule_date) END"
                ),
                SQL("doc.user_id"),
                repair,
            ),
            select(
                10,
                "repair_back",
                "repair.order",
                on_ticket,
                SQL("doc.handed_over_at"),
                SQL("doc.handed_over_by_id"),
                repair,
            ),
            select(
                11,
                "loaner_out",
                "service.loaner",
                on_ticket,
                SQL("doc.out_at"),
                SQL("doc.out_by_id"),
                loaner,
            ),
            select(
                12,
                "loaner_back",
                "service.loaner",
                on_ticket,
                SQL("doc.back_at"),
                SQL("doc.back_by_id"),
                loaner,
            ),
            select(
                13,
                "callback",
                "service.callback",
                on_ticket,
                SQL("doc.done_at"),
                SQL("doc.done_by_id"),
                SQL("FROM service_callback doc %s", of_ticket),
            ),
            select(
                14,
                "finding",
                "service.finding",
                doc_machine,
                SQL("doc.found_at"),
                SQL("doc.found_by_id"),
                SQL("FROM service_finding doc"),
            ),
            select(
                15,
                "exception",
                "service.coverage.exception",
                on_ticket,
                SQL("doc.decided_at"),
                SQL("doc.decided_by_id"),
                SQL("FROM service_coverage_exception doc %s", of_ticket),
            ),
            select(
                16,
                "right",
                "service.guarantee.right",
                doc_machine,
                SQL("doc.chosen_at"),
                SQL("doc.chosen_by_id"),
                right,
            ),
            select(
                17,
                "exchange",
                "service.guarantee.right",
                SQL("doc.new_equipment_id"),
                SQL("doc.done_at"),
                SQL("doc.done_by_id"),
                right,
            ),
            select(
                18,
                "exchanged",
                "service.guarantee.right",
                doc_machine,
                SQL("CASE WHEN doc.new_equipment_id IS NOT NULL THEN doc.done_at END"),
                SQL("doc.done_by_id"),
                right,
            ),
        ]

    @api.model
    def _select_history(
        self, number, kind, model, equipment, at, user, source, key=None
    ):
        """The rows one source adds; none where machine or time is missing.

        :param number: the source's own number, under ``SOURCES``; 0 to 31 are the
            base's, upper add-ons take theirs above
        :param model: model of the document, table alias ``doc``
        :param equipment: SQL of the machine's id
        :param at: SQL of the naive UTC time
        :param user: SQL of the user's id
        :param source: FROM clause that names the document's table ``doc``
        :param key: SQL of a number of its own for each row, default the document's id;
            needed where one document is in the life of several machines
        """
        return SQL(
            """
            SELECT (%s)::bigint * %s + %s AS id, %s AS equipment_id, %s AS at,
                   %s AS kind, %s AS user_id, %s AS res_model, doc.id AS res_id
              %s
             WHERE %s IS NOT NULL AND %s IS NOT NULL
            """,
            key or SQL("doc.id"),
            SOURCES,
            number,
            equipment,
            at,
            kind,
            user,
            model,
            source,
            equipment,
            at,
        )

    @api.model
    def _noon(self, day):
        """A day as a time: noon, which is the same day nearly everywhere."""
        return SQL("(%s) + interval '12 hours'", SQL(day))  # pylint: disable=sql-injection

    def action_open(self):
        """The document behind this line."""
        self.ensure_one()
        document = self.env[self.res_model].browse(self.res_id)
        document.check_access("read")
        return document.get_formview_action()
