# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""``./dev run``, ``shell`` and ``demo``: the product with believable data."""

import configparser
import csv
import os
import subprocess
import time
import unicodedata
import urllib.request
from pathlib import Path

from . import system
from .paths import ROOT, checkout_key, digest, installable_addons
from .say import Fail, call, need_free_port, say, step, stop
from .system import System

USERS = ROOT / "demo" / "users.csv"
OPERATING_DAY = ROOT / "demo" / "operating_day.py"
FIRST_LOOK = ROOT / "demo" / "first_look.txt"
# The demo company's chart of accounts.
DEMO_ADDONS = ["l10n_cn"]


def run(args) -> int:
    """Serve Odoo with demo data until Ctrl-C."""
    need_free_port(args.port)
    with system.ready("run") as made:
        database = prepare(made, args)
        config = serving_config(made, database, args)
        return serve(made, config, lambda: welcome(args.port, database))


def serving_config(made: System, database: str, args) -> Path:
    """The configuration of the development server: one process, jobs included."""
    return made.write_config(
        "serve",
        db_name=database,
        http_port=args.port,
        log_level="info" if args.verbose else "warn",
        max_cron_threads=1,
        server_wide_modules="base,web,queue_job",
    )


def database_name(args) -> str:
    """One database per checkout and kind of content."""
    content = "demo" if args.demo else "empty"
    lang = args.lang.lower() if args.lang else "en"
    return f"after_sales_{content}_{lang}_{checkout_key()}"


def prepare(made: System, args) -> str:
    """The database, made when it is missing, updated when the add-ons changed."""
    database = database_name(args)
    marker = made.data_dir / f"{database}.key"
    addons = installable_addons()
    key = digest(system.addons_key(addons), made.odoo.key)
    config = made.write_config("prepare", server_wide_modules="base,web")
    there = database in made.server.databases() and marker.exists()
    if there and not args.fresh:
        if marker.read_text() != key:
            with step("Updating the database to the changed add-ons"):
                options = ["-d", database, "-u", ",".join(addons)]
                made.odoo_run(config, *options, doing="updating the database")
            marker.write_text(key)
        return database
    create(made, config, database, args)
    marker.write_text(key)
    return database


def create(made: System, config: Path, database: str, args) -> None:
    """A new database: add-ons, demo data, language, an operating day."""
    made.drop_database(database)
    made.data_dir.mkdir(parents=True, exist_ok=True)
    with step(
        "Installing Odoo and the three add-ons"
        + (" with demo data" if args.demo else "")
    ):
        # The demo is our own company and its people, not Odoo's sample company.
        wanted = installable_addons() + (DEMO_ADDONS if args.demo else [])
        options = ["-d", database, "-i", ",".join(wanted)]
        made.odoo_run(config, *options, doing="installing the add-ons")
    if args.lang:
        with step(f"Loading the language {args.lang}"):
            made.inside(
                config, "language", database, args.lang, doing="loading the language"
            )
    if args.demo:
        operating_day(made, config, database, 1)
    with step("Preparing the web pages"):
        made.inside(config, "warm", database, doing="preparing the web assets")


def operating_day(made: System, config: Path, database: str, scale: int) -> None:
    """Cases at different steps, made through the public models."""
    if OPERATING_DAY.exists():
        with step(f"Playing an operating day (x {scale})"):
            args = ("script", database, OPERATING_DAY, scale)
            made.inside(config, *args, doing="playing the operating day")


def welcome(port: int, database: str) -> None:
    """Address, users and what to look at first."""
    say()
    say(f"  After-sales service:  http://localhost:{port}/  (Ctrl-C stops it)")
    say(f"  Database:             {database}")
    say()
    rows = [
        ("login", "password", "role", "look at first"),
        ("admin", "admin", "everything", ""),
    ]
    if USERS.exists():
        with USERS.open(newline="", encoding="utf-8") as file:
            table = list(csv.reader(file))
        rows = [row for row in (*rows, *table[1:]) if any(row)]
    widths = [max(width(row[i]) for row in rows if len(row) > i) for i in range(3)]
    for row in rows:
        pairs = zip(row[:3], widths, strict=False)
        cells = [cell + " " * (wide - width(cell)) for cell, wide in pairs]
        say("    " + "  ".join([*cells, *row[3:]]).rstrip())
    say()
    if FIRST_LOOK.exists():
        say(FIRST_LOOK.read_text().rstrip())
        say()


def width(text: str) -> int:
    """Columns on a terminal, where a Chinese character takes two."""
    return sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def serve(made: System, config: Path, when_ready) -> int:
    """Run the server until it ends or we are told to stop."""
    cmd = [str(made.python), "-m", "odoo"]
    env = made.env(config)
    child = subprocess.Popen(cmd, env=env, cwd=ROOT, stdin=subprocess.DEVNULL)
    try:
        with step("Starting Odoo"):
            wait_until_healthy(child, config)
        when_ready()
        return child.wait()
    except KeyboardInterrupt:
        stop(child)
        say("Stopped.")
        return 0


def wait_until_healthy(child: subprocess.Popen, config: Path) -> None:
    """Wait until the server answers; a server that ended is an error."""
    options = configparser.RawConfigParser()
    options.read(config)
    url = f"http://127.0.0.1:{options['options']['http_port']}/web/health"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while child.poll() is None:
        try:
            with direct.open(url, timeout=10):
                return
        except OSError:
            time.sleep(0.2)
    raise Fail(f"Odoo ended with exit code {child.returncode}; see its messages above.")


def shell(args) -> int:
    """An interactive Python with `env` on the database of ./dev run."""
    with system.ready("run") as made:
        database = prepare(made, args)
        config = made.write_config("shell", server_wide_modules="base,web")
        cmd = [
            str(made.python),
            "-m",
            "odoo",
            "shell",
            "-d",
            database,
            "--log-level=warn",
        ]
        return call([*cmd, "--no-http"], env=made.env(config), cwd=ROOT)


def demo(args) -> int:
    """Load N times the demo volume into the database of ./dev run."""
    if not OPERATING_DAY.exists():
        raise Fail(
            f"{os.path.relpath(OPERATING_DAY)} is missing: there is no demo volume to load."
        )
    with system.ready("run") as made:
        database = prepare(made, args)
        config = made.write_config("demo", server_wide_modules="base,web")
        operating_day(made, config, database, args.scale)
    return 0


def bench(args) -> int:
    """Run the benchmarks under bench/ on a copy of the template database."""
    names = args.names or sorted(
        path.stem[6:] for path in (ROOT / "bench").glob("bench_*.py")
    )
    unknown = [
        name for name in names if not (ROOT / "bench" / f"bench_{name}.py").exists()
    ]
    if unknown:
        raise Fail(f"There is no benchmark bench/bench_{unknown[0]}.py.")
    with system.ready("test") as made:
        database = f"bench_{os.getpid()}"
        config = made.write_config("bench", server_wide_modules="base,web")
        made.copy_database(made.template(), database)
        try:
            for name in names:
                path = ROOT / "bench" / f"bench_{name}.py"
                script = ("script", database, path, args.scale)
                with step(f"Benchmark {name}"):
                    made.inside(config, *script, doing=f"bench {name}", hear=say)
        finally:
            made.drop_database(database)
    return 0
