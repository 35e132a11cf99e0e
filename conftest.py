# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What pytest does beyond pytest-odoo.

A browser test that is skipped has failed, processes side by side have a filestore each, and
examples by dice are not failed for being slow: tests are never timed.
"""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")


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


def pytest_configure(config):
    """Replace the filestore that pytest-odoo shares between processes.

    Odoo takes a file that exists for complete, so one process would serve what the other is
    still writing.
    """
    plugin = config.pluginmanager.get_plugin("odoo")
    if os.environ.get("PYTEST_XDIST_WORKER") and hasattr(plugin, "_shared_filestore"):
        patch = mock.patch.object(plugin, "_shared_filestore", own_filestore)
        patch.start()
        config.add_cleanup(patch.stop)


@contextmanager
def own_filestore(original, database):
    """The files of the original database, as hard links in a folder of this process."""
    import odoo.tools

    stores = Path(odoo.tools.config["data_dir"]) / "filestore"
    if original != database and (stores / original).is_dir():
        shutil.rmtree(stores / database, ignore_errors=True)
        shutil.copytree(stores / original, stores / database, copy_function=os.link)
    try:
        yield
    finally:
        if original != database:
            shutil.rmtree(stores / database, ignore_errors=True)
