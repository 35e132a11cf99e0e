# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Debian packages: fetched privately by any user, installed only by root.

Nothing here touches the system's sources or lists, and no mirror is named: the machine's
own sources tell which mirror of Debian it uses.
"""

import os
import shutil
from pathlib import Path

from .paths import cache_dir
from .say import Fail, need_tool, run

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
NO_DEBIAN = (
    "fetching Odoo needs Debian or a relative of it; elsewhere set ODOO_HOME to an unpacked"
    " Odoo 19.0, or start the system with 'docker compose up'."
)


def private_options(area: Path) -> list[str]:
    """Options that keep lists, downloads and caches of apt inside one folder."""
    for name in ("lists/partial", "cache/archives/partial"):
        (area / name).mkdir(parents=True, exist_ok=True)
    values = {
        "Dir::State::lists": area / "lists",
        "Dir::Cache": area / "cache",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
        "APT::Update::Post-Invoke": "",
        "APT::Update::Post-Invoke-Success": "",
    }
    return [part for key, value in values.items() for part in ("-o", f"{key}={value}")]


def own_sources() -> list[str]:
    """Options for the machine's own sources, their lists fetched privately."""
    need_tool("apt-get", NO_DEBIAN)
    need_tool("dpkg-deb", NO_DEBIAN)
    options = private_options(cache_dir() / "apt-own")
    run(["apt-get", *options, "-q", "update"], "reading the machine's package lists")
    return options


def debian_mirror(options: list[str]) -> str:
    """The mirror of Debian this machine uses."""
    wanted = "$(ORIGIN)|$(REPO_URI)|$(RELEASE)"
    cmd = [
        "apt-get",
        *options,
        "indextargets",
        "--format",
        wanted,
        "Created-By: Packages",
    ]
    for row in run(cmd, "looking for the Debian mirror").splitlines():
        origin, _, rest = row.partition("|")
        uri, _, release = rest.rpartition("|")
        if origin == "Debian" and not release.endswith(("-security", "-updates")):
            return uri
    raise Fail(
        f"No Debian source was found among this machine's package sources: {NO_DEBIAN}"
    )


def unstable_sources() -> list[str]:
    """Options for Debian's unstable suite on the same mirror, signed by Debian's keys."""
    mirror = debian_mirror(own_sources())
    area = cache_dir() / "apt-unstable"
    options = private_options(area)
    signed = f" [signed-by={KEYRING}]" if KEYRING.exists() else ""
    (area / "sources.list").write_text(f"deb{signed} {mirror} sid main\n")
    for key, value in {
        "Dir::Etc::sourcelist": area / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "-",
        "APT::Default-Release": "sid",
    }.items():
        options += ["-o", f"{key}={value}"]
    run(["apt-get", *options, "-q", "update"], "reading Debian's unstable package list")
    return options


def fetch(options: list[str], names: list[str], into: Path) -> list[Path]:
    """Download packages (apt checks signature and hash) and unpack them into a folder."""
    debs = cache_dir() / "debs"
    shutil.rmtree(debs, ignore_errors=True)
    debs.mkdir(parents=True)
    run(
        ["apt-get", *options, "-q", "download", *names],
        f"fetching {names[0]}",
        cwd=debs,
    )
    files = sorted(debs.glob("*.deb"))
    for deb in files:
        run(["dpkg-deb", "-x", deb, into], f"unpacking {deb.name}")
    shutil.rmtree(debs)
    return files


def pip_wheel() -> Path:
    """Debian's wheel of pip, for a Python whose ensurepip is not installed."""
    area = cache_dir() / "pip-wheel"
    found = sorted((area / "usr/share/python-wheels").glob("pip-*.whl"))
    if not found:
        fetch(own_sources(), ["python3-pip-whl"], area)
        found = sorted((area / "usr/share/python-wheels").glob("pip-*.whl"))
    return found[-1]


def install(names: list[str]) -> None:
    """Install system packages; for root only."""
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    run(["apt-get", "-q", "update"], "reading the machine's package lists", env=env)
    cmd = ["apt-get", "-q", "install", "-y", "--no-install-recommends", *names]
    run(cmd, f"installing {', '.join(names)}", env=env)
