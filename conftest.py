# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What pytest does beyond pytest-odoo: a browser test that is skipped has failed."""

import os

import pytest


def is_browser_test(item) -> bool:
    """Whether a test drives a browser or a served page."""
    from odoo.tests import HttpCase

    return isinstance(getattr(item, "cls", None), type) and issubclass(
        item.cls, HttpCase
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn the skip of a browser test into a failure that keeps its reason."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and is_browser_test(item):
        reason = (
            report.longrepr[2]
            if isinstance(report.longrepr, tuple)
            else report.longrepr
        )
        report.outcome = "failed"
        report.longrepr = f"A browser test must not be skipped: {reason}"
    return report


def pytest_terminal_summary(terminalreporter):
    """Say before the closing line when lint found something."""
    if os.environ.get("DEV_LINT"):
        terminalreporter.write_line(
            f"LINT: {os.environ['DEV_LINT']}", red=True, bold=True
        )
