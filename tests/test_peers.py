# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import contextlib
import io
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from devtools import peers, standard_tests
from devtools.say import Fail

MOVE = ("opt.odoo.addons.stock.tests.test_move.TestMove", "test_reserve")
TICKET = ("lib.addons.helpdesk_mgmt.tests.test_ticket.TestTicket", "test_close")


class TestPeers(unittest.TestCase):
    def run_report(self, without, with_ours):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = peers.report(without, with_ours)
        return code, out.getvalue()

    def test_the_same_results_are_fine(self):
        results = {MOVE: "passed", TICKET: "failed"}
        code, text = self.run_report(results, results)
        self.assertEqual(code, 0)
        self.assertRegex(text, r"stock +1 passed +1 passed")
        self.assertRegex(text, r"helpdesk_mgmt +1 failed +1 failed")

    def test_a_test_that_our_add_ons_break_is_named(self):
        code, text = self.run_report({MOVE: "passed"}, {MOVE: "failed"})
        self.assertEqual(code, 1)
        self.assertIn("TestMove::test_reserve", text)
        self.assertEqual(peers.broken({MOVE: "passed"}, {}), [MOVE])
        self.assertEqual(peers.broken({MOVE: "skipped"}, {MOVE: "failed"}), [])

    def test_what_passes_alone_is_not_broken_but_named(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = peers.report({MOVE: "passed"}, {MOVE: "passed"}, [MOVE])
        self.assertEqual(code, 0)
        self.assertIn("passed alone: opt.odoo.addons.stock", out.getvalue())

    def test_a_test_is_found_again_in_its_file(self):
        paths = [Path("/opt/odoo/addons/stock/tests/test_move.py")]
        self.assertEqual(peers.node(MOVE, paths), f"{paths[0]}::TestMove::test_reserve")
        with self.assertRaisesRegex(Fail, "No file of the peers"):
            peers.node(TICKET, paths)

    def test_results_are_read_from_the_report(self):
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "with.xml"
            with self.assertRaisesRegex(Fail, "broke off"):
                peers.outcomes(report)
            report.write_text(
                "<testsuites><testsuite>"
                '<testcase classname="a" name="good"/>'
                '<testcase classname="a" name="bad"><failure/></testcase>'
                '<testcase classname="a" name="bad"/>'
                '<testcase classname="a" name="left"><skipped/></testcase>'
                "</testsuite></testsuites>"
            )
            self.assertEqual(
                peers.outcomes(report),
                {("a", "good"): "passed", ("a", "bad"): "failed"}
                | {("a", "left"): "skipped"},
            )

    def test_a_run_that_collected_nothing_is_no_comparison(self):
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "with.xml"
            report.write_text(
                '<testsuites><testsuite><testcase classname="" name="file">'
                "<error/></testcase></testsuite></testsuites>"
            )
            with self.assertRaisesRegex(Fail, "Not one test ran.*with.log"):
                peers.outcomes(report)
            peers.ended(1, report)
            with self.assertRaisesRegex(Fail, "exit code 2"):
                peers.ended(2, report)

    def test_of_two_copies_the_one_python_imports_is_tried(self):
        with tempfile.TemporaryDirectory() as folder:
            base = Path(folder)
            for addons in ("addons", "odoo/addons"):
                tests = base / addons / "repair/tests"
                tests.mkdir(parents=True)
                (tests / "test_repair.py").touch()
            made = SimpleNamespace(
                python=base / "bin/python",
                odoo=SimpleNamespace(addons=(base / "addons", base / "odoo/addons")),
            )
            with patch.object(peers.python_env, "site_packages", Path):
                found = peers.files(made, "repair")
                self.assertEqual(
                    found, [base / "odoo/addons/repair/tests/test_repair.py"]
                )
                with self.assertRaisesRegex(Fail, "tests of stock are not installed"):
                    peers.files(made, "stock")

    def test_add_ons_are_chosen_by_name(self):
        self.assertEqual(peers.chosen("repair, stock"), ["repair", "stock"])
        self.assertEqual(peers.chosen("all"), list(peers.PEERS))
        with self.assertRaisesRegex(Fail, "knows no repairs; it knows helpdesk_mgmt"):
            peers.chosen("repairs")

    def test_only_standard_tests_run_and_each_once(self):
        class Item:
            module = unittest

            def __init__(self, cls):
                self.cls = cls

        here = type("Here", (), {"__module__": "unittest", "test_tags": {"standard"}})
        tour = type("Tour", (), {"__module__": "unittest", "test_tags": {"external"}})
        imported = type("Base", (), {"__module__": "elsewhere"})
        kept = [standard_tests.runs(Item(cls)) for cls in (here, tour, imported, None)]
        self.assertEqual(kept, [True, False, False, True])
