# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Everything a command needs, set up: Python, Odoo, PostgreSQL, a configuration for Odoo."""

import ast
import fcntl
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import odoo_source, postgres, python_env
from .paths import ADDONS, ROOT, cache_dir, checkout_key, digest, installable_addons
from .say import Fail, explain, step

# Files of an add-on that do not change what its installation writes into the database
NOT_INSTALLED = {
    "tests",
    "demo",
    "readme",
    "docs",
    "README.md",
    "README.rst",
    "pyproject.toml",
}
KEPT_TEMPLATES = 3
# Both are loaded; the first is the language of people who choose none
LANGUAGES = "en_US,zh_CN"
LOCKS = python_env.LOCKS


@dataclass
class System:
    """A Python with everything installed, an Odoo, a running database server."""

    python: Path
    odoo: odoo_source.Odoo
    server: postgres.Server
    kind: str

    # --- configuration ---------------------------------------------------------------------

    @property
    def data_dir(self) -> Path:
        """Odoo's data folder (filestore, sessions)."""
        return cache_dir() / f"data-{self.kind}"

    def addons_path(self) -> str:
        """Odoo's own add-ons, OCA's, ours."""
        oca = python_env.site_packages(self.python) / "odoo" / "addons"
        return ",".join(str(path) for path in (*self.odoo.addons, oca, ADDONS))

    def write_config(self, name: str, **options: object) -> Path:
        """An Odoo configuration file in the cache, readable by its owner only."""
        values: dict[str, object] = {
            "addons_path": self.addons_path(),
            "admin_passwd": secrets.token_hex(16),
            "data_dir": self.data_dir,
            "http_interface": "127.0.0.1",
            "list_db": False,
            "max_cron_threads": 0,
            "screenshots": cache_dir() / "logs" / "screenshots",
            "limit_time_cpu": 3600,
            "limit_time_real": 3600,
        }
        values |= {
            f"db_{key}": value or False for key, value in self.server.settings.items()
        }
        values |= options
        lines = [
            "[options]",
            *(f"{key} = {value}" for key, value in values.items()),
            "",
        ]
        path = cache_dir() / "conf" / f"{name}-{checkout_key()}.conf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text("\n".join(lines))
        return path

    def env(self, config: Path | None = None) -> dict[str, str]:
        """The environment of a child that imports Odoo."""
        env = python_env.clean_env() | self.server.env()
        env["PYTHONPATH"] = os.pathsep.join((str(self.odoo.python_path), str(ROOT)))
        env["PYTHONPYCACHEPREFIX"] = str(cache_dir() / "pycache")
        first = (str(self.python.parent), str(self.server.bin))
        env["PATH"] = os.pathsep.join((*first, env.get("PATH", os.defpath)))
        if config:
            env["ODOO_RC"] = str(config)
        return env

    # --- programs --------------------------------------------------------------------------

    def odoo_run(self, config: Path, *args: object, doing: str) -> None:
        """Run Odoo to its end; errors in its log are failures."""
        cmd = [
            self.python,
            "-m",
            "odoo",
            *args,
            "--stop-after-init",
            "--log-level=warn",
        ]
        self.checked(cmd, config, doing)

    def inside(self, config: Path, *args: object, doing: str, hear=None) -> str:
        """Run a function of devtools.inside in a process that has Odoo and the database."""
        cmd = [self.python, "-m", "devtools.inside", *args]
        return self.checked(cmd, config, doing, hear)

    def checked(self, cmd, config: Path, doing: str, hear=None) -> str:
        """Run a child of Odoo; a non-zero code or a logged error stops us.

        :param hear: is told each line the child prints, as it comes
        """
        cmd = [str(part) for part in cmd]
        log = cache_dir() / "logs" / f"{doing.replace(' ', '-')[:60]}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile("w+", errors="replace") as complaints:
            child = subprocess.Popen(
                cmd,
                env=self.env(config) | {"PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                errors="replace",
                cwd=ROOT,
            )
            try:
                printed = []
                for line in child.stdout:
                    printed.append(line)
                    if hear:
                        hear(line.rstrip())
                child.wait()
            except BaseException:
                child.kill()
                raise
            complaints.seek(0)
            stderr = complaints.read()
        stdout = "".join(printed)
        log.write_text(stdout + stderr)
        errors = [
            line
            for line in stderr.splitlines()
            if " ERROR " in line or " CRITICAL " in line
        ]
        if child.returncode or errors:
            last = "\n".join(stderr.splitlines()[-40:])
            explain(cmd, doing, last, child.returncode, log)
        return stdout

    # --- databases -------------------------------------------------------------------------

    def filestore(self, database: str) -> Path:
        """Where Odoo keeps the files of a database."""
        return self.data_dir / "filestore" / database

    def copy_database(self, source: str, target: str) -> None:
        """A copy of a database; its files are shared as hard links (Odoo never rewrites one)."""
        self.drop_database(target)
        self.server.client("createdb", "-T", source, target, doing=f"copying {source}")
        if self.filestore(source).is_dir():
            shutil.copytree(
                self.filestore(source), self.filestore(target), copy_function=os.link
            )

    def drop_database(self, name: str) -> None:
        """Drop a database and its files."""
        self.server.client(
            "dropdb", "--if-exists", "--force", name, doing=f"dropping {name}"
        )
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def drop_copies(self, pattern: str) -> None:
        """Drop the databases whose whole name matches."""
        for name in self.server.databases():
            if re.fullmatch(pattern, name):
                self.drop_database(name)

    def drop_stale_copies(self) -> None:
        """Drop the copies of a ./dev that was killed before it could tidy up."""
        for name in self.server.databases() if self.server.embedded else ():
            copy = re.fullmatch(
                r"(?:test|bench|translate|production)_(\d+)(?:[-_].*)?", name
            )
            if copy and not alive(int(copy[1])):
                self.drop_database(name)

    def template(self) -> str:
        """A database with our add-ons and without demo data, made once and kept."""
        ours = installable_addons()
        if not ours:
            raise Fail(
                "There is no add-on under addons/ yet: nothing can be installed."
            )
        base = f"deps_{digest(self.odoo.key, *LOCKS, LANGUAGES, *dependencies(ours))}"
        full = f"full_{digest(base, addons_key(ours))}"
        self.ensure_templates(base, dependencies(ours), full, ours)
        return full

    def peer_templates(self, peers: list[str]) -> tuple[str, str]:
        """Databases with demo data of add-ons we build on: without ours, with ours."""
        ours = installable_addons()
        below = sorted({*dependencies(ours), *peers})
        base = f"peers_{digest(self.odoo.key, *LOCKS, *below)}"
        full = f"both_{digest(base, addons_key(ours))}"
        self.ensure_templates(base, below, full, ours, demo=True)
        return base, full

    def ensure_templates(
        self, base: str, below: list[str], full: str, ours: list[str], demo=False
    ) -> None:
        """Make a database with the add-ons below ours, and one with ours on top."""
        if full in self.built():
            return  # nobody waits for what another checkout builds
        with open(cache_dir() / "templates.lock", "w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            there = self.built()
            if full not in there:
                if base not in there:
                    text = "Database with Odoo's and OCA's add-ons"
                    self.build(None, base, below, text, demo)
                self.build(base, full, ours, "Database with our add-ons")
                self.forget_templates(keep=(base, full))

    def built(self) -> set[str]:
        """The databases that are complete: one without its files, say in another cache, is none."""
        names = self.server.databases()
        return {name for name in names if self.filestore(name).is_dir()}

    def build(
        self,
        source: str | None,
        name: str,
        modules: list[str],
        text: str,
        demo: bool = False,
    ) -> None:
        """Install modules into a database, which gets its name only when it is complete.

        Demo data comes with a new database only.
        """
        draft = f"{name}_draft"
        config = self.write_config("build", server_wide_modules="base,web")
        with step(text):
            self.drop_database(draft)
            if source:
                self.copy_database(source, draft)
            options = ["-d", draft, "-i", ",".join(modules)]
            options += [] if source else [f"--load-language={LANGUAGES}"]
            options += ["--with-demo"] if demo else []
            self.odoo_run(config, *options, doing=f"installing into {name}")
            if source:
                self.inside(config, "warm", draft, doing="preparing the web assets")
            self.drop_database(name)  # one that lost its files
            self.server.query(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
            self.server.query(f"COMMENT ON DATABASE \"{name}\" IS '{time.time():.0f}'")
            if self.filestore(draft).exists():
                self.filestore(draft).rename(self.filestore(name))

    def forget_templates(self, keep: tuple[str, ...]) -> None:
        """Drop all but the newest templates."""
        sql = (
            "SELECT datname FROM pg_database WHERE datname ~ '^(full|deps|peers|both)_[0-9a-f]+$'"
            " ORDER BY shobj_description(oid, 'pg_database') DESC"
        )
        for prefix in ("full_", "deps_", "peers_", "both_"):
            names = [name for name in self.server.query(sql) if name.startswith(prefix)]
            for name in names[KEPT_TEMPLATES:]:
                if name not in keep:
                    self.drop_database(name)


def alive(pid: int) -> bool:
    """Whether a process of this machine is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def manifest(addon: str) -> dict:
    """The manifest of one of our add-ons."""
    return ast.literal_eval((ADDONS / addon / "__manifest__.py").read_text())


def dependencies(addons: list[str]) -> list[str]:
    """What our add-ons stand on, without themselves."""
    names = {name for addon in addons for name in manifest(addon)["depends"]}
    return sorted(names.difference(addons))


def addons_key(addons: list[str]) -> str:
    """Changes when a file changes that an installation reads."""
    files = []
    for addon in addons:
        for file in sorted((ADDONS / addon).rglob("*")):
            inner = file.relative_to(ADDONS / addon)
            skipped = inner.parts[0] in NOT_INSTALLED or inner.parts[:2] == (
                "static",
                "tests",
            )
            if file.is_file() and not skipped and file.suffix != ".pyc":
                files += [f"{addon}/{inner}", file]
    return digest(*files)


@contextmanager
def ready(kind: str):
    """Set everything up; the database server runs inside this context."""
    python = python_env.ensure()
    odoo = odoo_source.ensure()
    with postgres.server(python, kind) as server:
        yield System(python, odoo, server, kind)
