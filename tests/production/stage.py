# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The production set-up without containers: the same command lines and configuration files,
with this machine's ports and folders put in."""

import configparser
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import yaml

import odoo.tools

ROOT = Path(__file__).resolve().parents[2]
WAIT = 120  # seconds until a server must answer


def find_program(name: str) -> str | None:
    """A program of the machine, or one that ./dev test unpacked."""
    fetched = Path(os.environ.get("DEV_TOOLS", "/nonexistent"))
    inside = ("usr/bin", "usr/sbin", "usr/libexec/docker/cli-plugins")
    paths = [
        os.environ.get("PATH", os.defpath),
        *(str(fetched / sub) for sub in inside),
    ]
    return shutil.which(name, path=os.pathsep.join(paths))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def interpolate(text: str, values: dict[str, str]) -> str:
    """${NAME:-default} as docker compose reads it."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda m: values.get(m[1], m[2]), text)


class Stage:
    """One database, one data folder, and the processes of docker-compose.yml."""

    def __init__(self, folder: Path, variables: dict[str, str]):
        self.folder = folder
        self.variables = variables
        self.services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())[
            "services"
        ]
        self.database = f"production_{os.getpid()}"
        self.data_dir = folder / "data"
        self.children: dict[str, subprocess.Popen] = {}
        self.ports: dict[str, int] = {}
        self.config = self.write_config()
        self.env = self.make_env()

    # What a container would have ------------------------------------------------------

    def write_config(self) -> Path:
        """config/odoo.conf with the folders and the database server of this machine."""
        known = odoo.tools.config
        conf = configparser.RawConfigParser()
        conf.read(ROOT / "config" / "odoo.conf")
        options = conf["options"]
        options["addons_path"] = ",".join(known["addons_path"])
        options["data_dir"] = str(self.data_dir)
        options["db_name"] = self.database
        options["dbfilter"] = f"^{self.database}$"
        options["http_interface"] = "127.0.0.1"
        for name in ("db_host", "db_port", "db_user", "db_password"):
            if known[name]:
                options[name] = str(known[name])
        path = self.folder / "odoo.conf"
        with path.open("w") as file:
            conf.write(file)
        return path

    def make_env(self) -> dict[str, str]:
        """A program `odoo` in PATH, as in the image, and the configuration file."""
        programs = self.folder / "bin"
        programs.mkdir()
        script = programs / "odoo"
        script.write_text(f"#!{sys.executable}\nimport odoo.cli\nodoo.cli.main()\n")
        script.chmod(0o755)
        password = self.folder / "admin_password"
        password.write_text("only-for-this-test")
        env = {
            k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "DEV_"))
        }
        return env | {
            "ODOO_RC": str(self.config),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "DATABASE": self.database,
            "DATA_DIR": str(self.data_dir),
            "BACKUP_DIR": str(self.folder / "backups"),
            "ADMIN_PASSWORD_FILE": str(password),
        }

    def copy_database(self) -> None:
        """The template of the test run, with its files."""
        template = os.environ["DEV_TEMPLATE"]
        self.call("createdb", "-T", template, self.database)
        source = Path(odoo.tools.config["data_dir"]) / "filestore" / template
        if source.exists():
            target = self.data_dir / "filestore" / self.database
            shutil.copytree(source, target, copy_function=os.link)

    # Processes ------------------------------------------------------------------------

    def call(self, *cmd: object, **kwargs) -> str:
        """Run a program to its end."""
        cmd = [str(part) for part in cmd]
        done = subprocess.run(
            cmd, env=self.env, capture_output=True, text=True, **kwargs
        )
        assert done.returncode == 0, (
            f"{cmd}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
        )
        return done.stdout + done.stderr

    def command(self, service: str) -> list[str]:
        """The command line of a service, its database and ports replaced."""
        cmd = [
            interpolate(part, self.variables)
            for part in self.services[service]["command"]
        ]
        return [part for part in cmd if not part.startswith("--database=")]

    def start(self, name: str, service: str) -> int:
        """Start one node of a service; returns its HTTP port."""
        self.ports[name], self.ports[f"{name}-ws"] = port, gevent = (
            free_port(),
            free_port(),
        )
        cmd = [*self.command(service), f"--database={self.database}"]
        cmd += [f"--http-port={port}", f"--gevent-port={gevent}"]
        given = self.services[service]["environment"]
        env = {
            key: interpolate(str(value), self.variables) for key, value in given.items()
        }
        env = {
            key: value for key, value in env.items() if key.startswith("ODOO_QUEUE_JOB")
        }
        if "ODOO_QUEUE_JOB_HOST" in env:  # the name of the service in the inner network
            env |= {
                "ODOO_QUEUE_JOB_HOST": "127.0.0.1",
                "ODOO_QUEUE_JOB_PORT": str(port),
            }
        with (self.folder / f"{name}.log").open("wb") as log:
            self.children[name] = subprocess.Popen(
                cmd,
                env=self.env | env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return port

    def start_nginx(self, program: str) -> int:
        """config/nginx/nginx.conf in front of all nodes named web…"""
        self.ports["https"], self.ports["http"] = free_port(), free_port()
        path = self.folder / "nginx.conf"
        path.write_text(self.nginx_config(program))
        flags = ["-p", str(self.folder), "-e", str(self.folder / "nginx-error.log")]
        self.call(program, "-t", "-c", path, *flags)
        with (self.folder / "nginx.log").open("wb") as log:
            cmd = [program, "-c", str(path), *flags, "-g", "daemon off;"]
            self.children["nginx"] = subprocess.Popen(cmd, stdout=log, stderr=log)
        return self.ports["https"]

    def nginx_config(self, program: str) -> str:
        """The proxy's configuration with names, ports and paths of this machine."""
        webs = [
            name for name in self.ports if name.startswith("web") and "-" not in name
        ]

        def servers(suffix: str) -> str:
            return "".join(f"server 127.0.0.1:{self.ports[n + suffix]};" for n in webs)

        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temps = "".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in kinds)
        mime = Path(program).parents[2] / "etc/nginx/mime.types"
        text = (ROOT / "config/nginx/nginx.conf").read_text()
        for old, new in (
            ("server web:8069 resolve;", servers("")),
            ("server web:8072 resolve;", servers("-ws")),
            ("resolver 127.0.0.11 valid=10s;", temps),
            ("listen 80 ", f"listen 127.0.0.1:{self.ports['http']} "),
            ("listen 443 ssl ", f"listen 127.0.0.1:{self.ports['https']} ssl http2 "),
            ("http2 on;", ""),  # nginx before 1.25 wants it in listen
            (
                "/run/secrets/tls_certificate",
                f"{self.folder}/secrets/tls_certificate.pem",
            ),
            ("/run/secrets/tls_key", f"{self.folder}/secrets/tls_key.pem"),
            ("/run/nginx.pid", f"{self.folder}/nginx.pid"),
            ("/etc/nginx/mime.types", str(mime)),
            ("access_log /dev/stdout", f"access_log {self.folder}/access.log"),
            ("error_log /dev/stderr warn", f"error_log {self.folder}/error.log warn"),
        ):
            assert old in text, f"{old!r} is no longer in config/nginx/nginx.conf"
            text = text.replace(old, new)
        return text

    def make_secrets(self) -> None:
        """What config/make-secrets.sh makes, made in a copy of the folder."""
        shutil.copy(ROOT / "config/make-secrets.sh", self.folder)
        self.call(self.folder / "make-secrets.sh")

    # Questions ------------------------------------------------------------------------

    def query(self, sql: str, database: str | None = None) -> list[tuple]:
        _db, info = odoo.sql_db.connection_info_for(database or self.database)
        info.pop("application_name", None)
        connection = psycopg2.connect(**info)
        try:
            with connection.cursor() as cr:
                cr.execute(sql)
                return cr.fetchall()
        finally:
            connection.close()

    def wait(self, what: str, question):
        """Ask until the answer is true."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            dead = [
                name
                for name, child in self.children.items()
                if child.poll() is not None
            ]
            assert not dead, f"{dead[0]} ended: {self.tail(dead[0])}"
            try:
                answer = question()
            except (OSError, ssl.SSLError):
                answer = None
            if answer:
                return answer
            time.sleep(0.5)
        logs = "\n".join(self.tail(name) for name in self.children)
        raise AssertionError(f"{what} did not happen within {WAIT} s\n{logs}")

    def tail(self, name: str) -> str:
        log = self.folder / f"{name}.log"
        return f"--- {name}\n" + "\n".join(
            log.read_text(errors="replace").splitlines()[-15:]
        )

    def close(self) -> None:
        """Stop everything we started and drop the databases."""
        for child in self.children.values():
            child.send_signal(signal.SIGTERM)
        for child in self.children.values():
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        rows = self.query("SELECT datname FROM pg_database", "postgres")
        for (name,) in rows:
            if name == self.database or name.startswith(f"{self.database}_"):
                self.call("dropdb", "--force", name)
