# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""``./dev test``: set-up, lint, then every test through pytest-odoo and a real browser."""

import os
import shutil
import subprocess
from pathlib import Path

from . import apt, linting, peers, system
from .paths import ADDONS, ROOT, cache_dir, installable_addons, is_root
from .say import Fail, call, say, step
from .system import System

BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
# program -> Debian's package; any one name of the tuple is enough
PROGRAMS = {
    BROWSERS: "chromium",
    ("wkhtmltopdf",): "wkhtmltopdf",
    ("pdftotext",): "poppler-utils",
}
PRODUCTION = ("nginx", "docker-compose")
CJK_FONT = "fonts-noto-cjk"


def missing_packages() -> list[str]:
    """What the browser and PDF tests need and this machine lacks, as Debian packages."""
    names = [
        name for tools, name in PROGRAMS.items() if not any(map(shutil.which, tools))
    ]
    fonts = shutil.which("fc-list")
    if (
        not fonts
        or not subprocess.run([fonts, ":lang=zh"], capture_output=True).stdout.strip()
    ):
        names += [CJK_FONT, *([] if fonts else ["fontconfig"])]
    return names


def ensure_programs() -> None:
    """Install what is missing when we may, else say how."""
    names = missing_packages()
    if not names:
        return
    if not (is_root() and shutil.which("apt-get")):
        raise Fail(
            f"Tests need {', '.join(names)}, which only root can install:"
            f" sudo apt-get install -y --no-install-recommends {' '.join(names)}"
        )
    with step(f"System packages {', '.join(names)}"):
        apt.install(names)


def production_tools() -> Path:
    """nginx and docker-compose for tests/production: fetched, not installed."""
    folder = cache_dir() / "production-tools"
    if not (folder / "complete").exists() and not all(map(shutil.which, PRODUCTION)):
        with step(
            f"{' and '.join(PRODUCTION)} (for the tests of the production set-up)"
        ):
            try:
                apt.fetch(apt.own_sources(), ["nginx", "nginx-common"], folder)
                apt.fetch(apt.unstable_sources(), ["docker-compose"], folder)
                (folder / "complete").touch()
            except Fail as err:
                say(f"   not there, so tests/production will skip a part: {err}")
    return folder


def test(args) -> int:
    """Everything, or the given paths; the last line is pytest's."""
    ensure_programs()
    if args.peers:
        return peers.peers(args)
    with system.ready("test") as made:
        everything = not args.paths and not args.selected
        lint_failed = bool(everything and args.lint and linting.run_all(made.python))
        if lint_failed:
            say(
                "Lint failed (see above); the tests run all the same, the exit code will be 1."
            )
        code = pytest(made, args, "failed" if lint_failed else "")
        return code or int(lint_failed)


def pytest(made: System, args, lint: str) -> int:
    """Run pytest on a copy of the template database."""
    database = f"test_{os.getpid()}"
    template = made.template()
    config = made.write_config(f"test-{os.getpid()}", server_wide_modules="base,web")
    paths = args.paths or [
        *(ADDONS / name for name in installable_addons()),
        ROOT / "tests",
    ]
    options = ["-p", "no:cacheprovider", "--odoo-http", f"--odoo-database={database}"]
    if args.jobs > 1:
        options += ["-n", str(args.jobs), "--dist", "loadscope"]
    cmd = [made.python, "-m", "pytest", *options, *args.rest, *paths]
    env = made.env(config) | {
        "DEV_TEMPLATE": template,
        "DEV_LINT": lint,
        "DEV_TOOLS": str(production_tools()),
    }
    try:
        with step("Copy of the database"):
            made.drop_stale_copies()
            made.copy_database(template, database)
        return call(cmd, env=env, cwd=ROOT)
    finally:
        made.drop_copies(f"{database}(-.*)?")
        config.unlink(missing_ok=True)
