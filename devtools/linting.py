# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""``./dev lint``: ruff, pylint-odoo, oca-checks, XML and JavaScript formatting, rule table."""

import os
import subprocess
import time
from pathlib import Path

from . import npm, python_env, rules
from .paths import ADDONS, CONFIG, ROOT, cache_dir, installable_addons
from .say import say

FORMATTED = (
    "views",
    "data",
    "security",
    "demo",
    "report",
    "wizards",
    "static/src",
    "static/tests",
)


def python_paths() -> list[str]:
    """Everything written in Python."""
    names = ("dev", "conftest.py", "devtools", "addons", "tests", "bench", "demo")
    return [name for name in names if (ROOT / name).exists()]


def files_to_format() -> list[str]:
    """XML and JavaScript of our add-ons, without generated descriptions."""
    found = []
    for addon in installable_addons():
        for folder in FORMATTED:
            for suffix in ("*.xml", "*.js"):
                found += (ADDONS / addon / folder).rglob(suffix)
    return sorted(str(path.relative_to(ROOT)) for path in found)


def commands(python: Path, fix: bool) -> dict[str, list[str]]:
    """The linters and their command lines."""
    tools = python.parent
    addons = [f"addons/{name}" for name in installable_addons()]
    ruff = str(tools / "ruff")
    made = {
        "ruff check": [
            ruff,
            "check",
            "-q",
            *(["--fix"] if fix else []),
            *python_paths(),
        ],
        "ruff format": [
            ruff,
            "format",
            "-q",
            *([] if fix else ["--diff"]),
            *python_paths(),
        ],
    }
    if addons:
        made["pylint-odoo"] = [
            str(tools / "pylint"),
            "--rcfile=config/pylintrc",
            *addons,
        ]
        checks = [
            str(tools / "oca-checks-odoo-module"),
            "--config=config/oca_hooks.cfg",
        ]
        made["oca-checks"] = [*checks, *(["--fix"] if fix else []), *addons]
    files = files_to_format()
    if files:
        prettier = str(npm.modules() / "prettier/bin/prettier.cjs")
        plugin = str(npm.modules() / "@prettier/plugin-xml/src/plugin.js")
        how = ["--write", "--log-level=warn"] if fix else ["--list-different"]
        options = ["--config", str(CONFIG / "prettier.json"), "--plugin", plugin, *how]
        made["XML and JS format"] = ["node", prettier, *options, *files]
    return made


def run_one(name: str, cmd: list[str], env: dict[str, str]) -> bool:
    """Run one linter; what it found is shown. True when it found something."""
    begin = time.monotonic()
    done = subprocess.run(
        cmd,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    verdict = "found something" if done.returncode else "clean"
    say(f"   {name}: {verdict}, {time.monotonic() - begin:.1f} s")
    if done.returncode:
        say(done.stdout.rstrip())
    return bool(done.returncode)


def run_all(python: Path, fix: bool = False) -> list[str]:
    """Run every linter; the names of those that found something."""
    say("-> Lint …")
    env = npm.tools()[1]
    env["PATH"] = os.pathsep.join((env["PATH"], str(python.parent)))
    env["PYTHONPYCACHEPREFIX"] = str(cache_dir() / "pycache")
    env["PYLINTHOME"] = str(cache_dir() / "pylint")
    env["RUFF_CACHE_DIR"] = str(cache_dir() / "ruff")
    failed = [
        name for name, cmd in commands(python, fix).items() if run_one(name, cmd, env)
    ]
    if rules.stale():
        say("   docs/rules.md is stale: run ./dev rules")
        failed.append("rules")
    return failed


def lint(args) -> int:
    """The command: exit code 1 when a linter found something."""
    failed = run_all(python_env.ensure(), args.fix)
    if failed:
        again = "" if args.fix else " (./dev lint --fix mends formatting)"
        say(f"Lint: {', '.join(failed)} found something{again}.")
    else:
        say("Lint: clean.")
    return int(bool(failed))
