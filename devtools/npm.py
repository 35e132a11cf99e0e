# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The few npm packages, in the exact versions and with the hashes of package-lock.json."""

import os
import shutil
from pathlib import Path

from . import python_env
from .paths import CONFIG, cache_dir, digest
from .say import filling, run, step

FILES = (CONFIG / "package.json", CONFIG / "package-lock.json")
SYSTEM_CA = Path("/etc/ssl/certs/ca-certificates.crt")


def tools() -> tuple[str, dict[str, str]]:
    """npm and its environment: the machine's own, or the one of the nodejs wheel."""
    env = python_env.clean_env()
    if "NODE_EXTRA_CA_CERTS" not in env and SYSTEM_CA.exists():
        env["NODE_EXTRA_CA_CERTS"] = str(SYSTEM_CA)
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        return npm, env
    folder = python_env.ensure("node", (CONFIG / "node.lock",)).parent
    env["PATH"] = f"{folder}{os.pathsep}{env['PATH']}"
    return str(folder / "npm"), env


def modules() -> Path:
    """The folder node_modules, filled once per lock file; npm compares every hash."""
    folder = cache_dir() / f"npm-{digest(*FILES)}"
    with filling(folder) as empty:
        if empty:
            npm, env = tools()
            options = [
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ]
            log = cache_dir() / "logs" / "npm.log"
            with step("npm packages (exact versions, checked hashes)"):
                folder.mkdir(parents=True)
                for file in FILES:
                    shutil.copy(file, folder)
                doing = "fetching the npm packages"
                run([npm, "ci", *options], doing, log=log, cwd=folder, env=env)
    return folder / "node_modules"
