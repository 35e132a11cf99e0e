# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The virtual environment: exact versions, checked hashes, one per lock file."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from . import apt
from .paths import CONFIG, cache_dir, digest
from .say import Fail, filling, need_space, run, step

LOCKS = (CONFIG / "requirements.lock", CONFIG / "oca.lock")
VERSIONS = (
    (3, 10),
    (3, 13),
)  # oldest and newest Python that Odoo 19 and the lock file know


def find_python() -> str:
    """This Python if it fits, else one found in PATH."""
    if (
        VERSIONS[0] <= sys.version_info[:2] <= VERSIONS[1]
        and sys.prefix == sys.base_prefix
    ):
        return sys.executable
    for minor in range(VERSIONS[1][1], VERSIONS[0][1] - 1, -1):
        path = shutil.which(f"python3.{minor}")
        probe = path and subprocess.run([path, "-c", ""], capture_output=True)
        if probe and probe.returncode == 0:
            return path
    if VERSIONS[0] <= sys.version_info[:2] <= VERSIONS[1]:
        return sys.executable
    raise Fail(
        "Python 3.10, 3.11, 3.12 or 3.13 is needed and none of them was found in PATH."
    )


def make_venv(python: str, folder: Path) -> Path:
    """An empty virtual environment with pip; returns its Python."""
    has_pip = subprocess.run([python, "-c", "import ensurepip"], capture_output=True)
    options = [] if has_pip.returncode == 0 else ["--without-pip"]
    run([python, "-m", "venv", *options, folder], "making the virtual environment")
    inner = folder / "bin" / "python"
    if options:  # Debian keeps ensurepip in a package of its own
        wheel = apt.pip_wheel()
        pip = [inner, wheel / "pip", "install", "--no-index", wheel]
        run(pip, "putting pip into the virtual environment")
    return inner


def pip_install(python: Path, locks, log: Path) -> None:
    """Install exactly what the lock files say; pip compares every hash."""
    files = [part for lock in locks for part in ("-r", lock)]
    options = [
        "--no-deps",
        "--require-hashes",
        "--disable-pip-version-check",
        "--no-input",
    ]
    cmd = [python, "-m", "pip", "install", "-q", *options, *files]
    run(cmd, "installing the Python packages", log=log, env=clean_env())


def clean_env() -> dict[str, str]:
    """The environment without what would lead a child Python astray."""
    gone = (
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONDONTWRITEBYTECODE",
        "VIRTUAL_ENV",
        "ODOO_RC",
    )
    return {key: value for key, value in os.environ.items() if key not in gone}


def ensure(name: str = "venv", locks=LOCKS) -> Path:
    """The Python of the virtual environment, made when missing or when a lock file changed."""
    python = find_python()
    version = run(
        [python, "-c", "import sys; print(sys.version)"], "asking Python its version"
    )
    folder = cache_dir() / f"{name}-{digest(*locks, version, platform.machine())}"
    with filling(folder) as empty:
        if empty:
            need_space(cache_dir(), 1)
            text = "Python packages (exact versions, checked hashes) for Python"
            with step(f"{text} {version[:4]}"):
                inner = make_venv(python, folder)
                pip_install(inner, locks, cache_dir() / "logs" / f"pip-{name}.log")
    return folder / "bin" / "python"


def site_packages(python: Path) -> Path:
    """The folder pip installs into."""
    return next((python.parent.parent / "lib").glob("python3.*/site-packages"))
