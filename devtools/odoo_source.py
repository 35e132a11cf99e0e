# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Odoo 19: ODOO_HOME, an importable odoo, or Debian's package, in this order."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import apt, npm
from .paths import cache_dir, digest
from .say import Fail, filling, need_space, step

SERIES = "19.0"
PACKAGES = [
    "odoo-19",
    # what Debian's package links to
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
]


@dataclass(frozen=True)
class Odoo:
    """Where Odoo is: the folder to import from, its add-ons, and a key of its version."""

    python_path: Path
    addons: tuple[Path, ...]
    key: str


def at(home: Path) -> Odoo | None:
    """Odoo 19 in a folder: a source tree or an unpacked package."""
    for base in (home, home / "usr/lib/python3/dist-packages"):
        release = base / "odoo" / "release.py"
        if release.is_file():
            found: dict = {}
            exec(compile(release.read_text(), str(release), "exec"), found)
            if found["version_info"][:2] != (19, 0):
                raise Fail(
                    f"{home} holds Odoo {found['version']}; Odoo {SERIES} is needed."
                )
            addons = [
                path
                for path in (base / "addons", base / "odoo/addons")
                if path.is_dir()
            ]
            return Odoo(base, tuple(addons), digest(found["version"], release))
    return None


def importable() -> Odoo | None:
    """Odoo that the calling Python already knows, seen through a folder with nothing else."""
    code = "import odoo.release, os; print(os.path.dirname(odoo.release.__file__))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd="/"
    )
    if done.returncode:
        return None
    package = Path(done.stdout.strip().splitlines()[-1])
    link = cache_dir() / f"odoo-link-{digest(package)}" / "odoo"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(package)
    return at(link.parent)


def fetch_from_debian() -> Odoo:
    """Debian's package, unpacked into the cache once and mended."""
    home = cache_dir() / "odoo-19"
    with filling(home) as empty:
        if empty:
            need_space(cache_dir(), 3)
            with step("Odoo 19 (Debian's package, 123 MB)"):
                home.mkdir(parents=True)
                apt.fetch(apt.unstable_sources(), PACKAGES, home)
                mend(home / "usr/lib/python3/dist-packages/odoo/addons")
    return at(home)


def mend(addons: Path) -> None:
    """Put in place the two things Debian's package lacks; npm checks their hashes."""
    modules = npm.modules()
    lib = addons / "mail/static/lib/selfie_segmentation"
    lib.mkdir(parents=True, exist_ok=True)
    shutil.copy(modules / "@mediapipe/selfie_segmentation/selfie_segmentation.js", lib)
    for folder in (
        "web/static/src/libs/fontawesome/fonts",
        "web/static/lib/fontawesome/fonts",
    ):
        for font in (modules / "font-awesome/fonts").iterdir():
            target = addons / folder / font.name
            if target.is_symlink():
                target.unlink()
                shutil.copy(font, target)


def ensure() -> Odoo:
    """Odoo 19, wherever it comes from."""
    home = os.environ.get("ODOO_HOME")
    if home:
        found = at(Path(home).expanduser().resolve())
        if not found:
            raise Fail(
                f"ODOO_HOME names {home}, but no Odoo is there (odoo/release.py)."
            )
        return found
    return importable() or fetch_from_debian()
