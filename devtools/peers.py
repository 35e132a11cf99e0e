# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""``./dev test --peers``: the tests of what we build on, without and with our add-ons.

Odoo's own runner would run a module's tests before our add-ons are loaded. pytest-odoo
runs them on a complete registry, so both sides are tried as they are in production: one
database without our add-ons, one with them, side by side. What fails only with them is
run once more, alone: on a busy machine a tour runs out of time on either side.
"""

import os
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

from . import python_env, system
from .paths import ROOT, cache_dir
from .say import Fail, say, step
from .system import System

# Add-on → its test files; of the accounts, what has to do with invoices and payments
PEERS = {
    "helpdesk_mgmt": ("test_*.py",),
    "helpdesk_mgmt_sla": ("test_*.py",),
    "contract": ("test_*.py",),
    "queue_job": ("test_*.py",),
    "repair": ("test_*.py",),
    "sale_stock": ("test_*.py",),
    "stock": ("test_*.py",),
    "account": (
        "test_account_move_in_*.py",
        "test_account_move_out_*.py",
        "test_account_move_entry.py",
        "test_account_move_reconcile.py",
        "test_account_payment*.py",
        "test_account_invoice_report.py",
        "test_early_payment_discount.py",
        "test_invoice_taxes.py",
        "test_payment_term.py",
        "test_portal_invoice.py",
    ),
}
SIDES = ("without", "with")


def chosen(names: str) -> list[str]:
    """The add-ons named, comma-separated; ``all`` are all.

    :raises Fail: names one that is not known
    """
    if names == "all":
        return list(PEERS)
    wanted = [name.strip() for name in names.split(",")]
    unknown = [name for name in wanted if name not in PEERS]
    if unknown:
        raise Fail(
            f"--peers knows no {', '.join(unknown)}; it knows {', '.join(PEERS)}."
        )
    return wanted


def files(made: System, name: str) -> list[Path]:
    """The test files of an add-on, in the order of PEERS, where Python imports them.

    Debian's package has the add-ons twice; of two, Python takes the ones inside odoo/.
    """
    oca = python_env.site_packages(made.python) / "odoo" / "addons"
    folders = [path / name / "tests" for path in (*reversed(made.odoo.addons), oca)]
    folder = next(filter(Path.is_dir, folders), folders[0])
    found = [path for one in PEERS[name] for path in sorted(folder.glob(one))]
    if not found:
        raise Fail(
            f"The tests of {name} are not installed, so nothing can be compared."
        )
    return found


def start(made: System, side: str, database: str, paths: list[Path], results: Path):
    """pytest on one database, in the background; its output goes to a log."""
    config = made.write_config(f"peers-{side}", server_wide_modules="base,web")
    cmd = [
        *(made.python, "-m", "pytest", "-c", os.devnull, "--rootdir=/"),
        *("-p", "no:cacheprovider", "-p", "devtools.standard_tests"),
        *("-q", "--tb=short", "-W", "ignore", "--odoo-http"),
        *(f"--odoo-database={database}", f"--junitxml={results / side}.xml"),
        *paths,
    ]
    with (results / f"{side}.log").open("w") as log:
        return subprocess.Popen(
            [str(part) for part in cmd],
            env=made.env(config),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )


def ended(code: int, results: Path) -> None:
    """Only a run that came to its end (pytest's exit codes 0 and 1) can be compared.

    :raises Fail: pytest broke off, say at a file it could not import
    """
    if code not in (0, 1):
        raise Fail(f"pytest broke off with exit code {code}; see the logs in {results}")


def outcomes(report: Path) -> dict[tuple[str, str], str]:
    """(test class with its path, test) → passed, failed or skipped."""
    if not report.exists():
        raise Fail(f"The tests broke off; see {report.with_suffix('.log')}")
    found = {}
    cases = list(ET.parse(report).iter("testcase"))
    if not any(case.get("classname") for case in cases):
        log = report.with_suffix(".log")
        raise Fail(f"Not one test ran, so nothing can be compared; see {log}")
    for case in cases:
        tags = {child.tag for child in case}
        if tags & {"failure", "error"}:
            result = "failed"
        else:
            result = "skipped" if "skipped" in tags else "passed"
        # a test that fails again while tidying up is listed twice
        key = (case.get("classname", ""), case.get("name", ""))
        if found.get(key) != "failed":
            found[key] = result
    return found


def addon(classname: str) -> str:
    """``….addons.stock.tests.test_move.TestMove`` → ``stock``."""
    parts = classname.split(".")
    names = [part for part in parts if part in PEERS]
    return names[-1] if names else parts[0]


def broken(without: dict, with_ours: dict) -> list[tuple[str, str]]:
    """Tests that pass without our add-ons and do not pass with them."""
    return sorted(
        test
        for test, result in without.items()
        if result == "passed" and with_ours.get(test) != "passed"
    )


def node(test: tuple[str, str], paths: list[Path]) -> str:
    """What pytest calls a test that its report names by class and name."""
    module, _, cls = test[0].rpartition(".")
    for path in paths:
        if ".".join(path.with_suffix("").parts[1:]) == module:
            return f"{path}::{cls}::{test[1]}"
    raise Fail(f"No file of the peers holds {test[0]}::{test[1]}.")


def table(without: dict, with_ours: dict) -> list[str]:
    """Passed, failed and skipped tests of each add-on, on both sides."""
    lines = [f"{'':20}{'without our add-ons':>34}{'with them':>34}"]
    for name in sorted({addon(test[0]) for test in without | with_ours}):
        cells = []
        for side in (without, with_ours):
            results = [
                result for test, result in side.items() if addon(test[0]) == name
            ]
            cells.append(
                ", ".join(
                    f"{results.count(kind)} {kind}"
                    for kind in ("passed", "failed", "skipped")
                    if results.count(kind)
                )
            )
        lines.append(f"{name:20}{cells[0]:>34}{cells[1]:>34}")
    return lines


def peers(args) -> int:
    """Run the chosen tests on both sides; 1 when our add-ons break one, twice."""
    names = chosen(args.peers)
    with system.ready("test") as made:
        templates = made.peer_templates(list(PEERS))
        results = cache_dir() / "logs" / f"peers-{os.getpid()}"
        results.mkdir(parents=True, exist_ok=True)
        paths = [path for name in names for path in files(made, name)]
        databases = [f"test_{os.getpid()}_{side}" for side in SIDES]
        running = []
        try:
            made.drop_stale_copies()
            for template, database in zip(templates, databases, strict=True):
                made.copy_database(template, database)
            with step(f"Tests of {', '.join(names)}, twice (log: {results})"):
                for side, database in zip(SIDES, databases, strict=True):
                    running.append(start(made, side, database, paths, results))
                for child in running:
                    child.wait()
                    ended(child.returncode, results)
            without, with_ours = (outcomes(results / f"{side}.xml") for side in SIDES)
            lost = broken(without, with_ours)
            if lost:
                with step(f"What failed only with our add-ons, alone: {len(lost)}"):
                    nodes = [node(test, paths) for test in lost]
                    again = start(made, "again", databases[1], nodes, results)
                    running.append(again)
                    again.wait()
                    ended(again.returncode, results)
                with_ours |= outcomes(results / "again.xml")
        finally:
            for child in running:
                child.kill()
                child.wait()
            for database in databases:
                made.drop_database(database)
    return report(without, with_ours, lost)


def report(without: dict, with_ours: dict, alone=()) -> int:
    """Print the comparison; the exit code.

    :param alone: tests that were run a second time, on their own
    """
    for line in table(without, with_ours):
        say(line)
    lost = broken(without, with_ours)
    for classname, name in alone:
        if (classname, name) not in lost:
            say(f"Failed at first, passed alone: {classname}::{name}")
    for classname, name in lost:
        say(f"BROKEN BY OUR ADD-ONS: {classname}::{name}")
    if not lost:
        say("What passes without our add-ons passes with them.")
    return int(bool(lost))
