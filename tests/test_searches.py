# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Every filter, grouping and search field of the screens in our menus works."""

from datetime import date

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import datetime, safe_eval, time


@tagged("post_install", "-at_install")
class TestSearches(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.names = {
            "uid": cls.env.uid,
            "context_today": date.today,
            "datetime": datetime,
            "time": time,
            "relativedelta": relativedelta,
            "allowed_company_ids": cls.env.company.ids,
            # what somebody types into a search field
            "self": "abc",
        }

    def _evaluate(self, text):
        return safe_eval(text or "{}", dict(self.names))

    def test_all_of_them(self):
        root = self.env.ref("after_sales_service.menu_root")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        windows = [
            menu.action
            for menu in menus
            if menu.action and menu.action._name == "ir.actions.act_window"
        ]
        self.assertGreater(len(windows), 60)
        with self.assertNoLogs("odoo", "WARNING"):
            for window in windows:
                with self.subTest(window=window.name):
                    self._try(window)

    def _try(self, window):
        records = self.env[window.res_model]
        views = records.get_views([(window.search_view_id.id or False, "search")])
        view = etree.fromstring(views["views"]["search"]["arch"])
        for node in view.iter("filter"):
            if node.get("domain"):
                domain = self._evaluate(node.get("domain"))
                records.search(domain, limit=5).mapped("display_name")
            groups = self._evaluate(node.get("context")).get("group_by") or []
            for group in [groups] if isinstance(groups, str) else groups:
                self._group(records, group)
            if node.get("date"):
                self._group(records, node.get("date"))
        for node in view.iter("field"):
            name, field = node.get("name"), records._fields[node.get("name")]
            if node.get("filter_domain"):
                domain = self._evaluate(node.get("filter_domain"))
            elif node.get("operator") == "child_of":
                domain = [(name, "child_of", 1)]
            elif field.relational or field.type in ("char", "text", "html"):
                domain = [(name, node.get("operator") or "ilike", "abc")]
            else:
                continue
            records.search(domain, limit=5)

    def _group(self, records, group):
        """As the web client does: days and times are grouped by month."""
        name = group.split(":")[0]
        if name == group and records._fields[name].type in ("date", "datetime"):
            group += ":month"
        records.formatted_read_group([], [group], ["__count"])
