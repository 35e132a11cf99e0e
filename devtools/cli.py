# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The command line of ``./dev``."""

import argparse
import os
import signal
import sys

from . import linting, rules, serving, testing, translating
from .paths import is_root
from .say import Fail, os_error

EPILOG = """\
Start with:   ./dev run      the product in your browser, with demo data
              ./dev test     lint and all tests

The first start downloads about 400 MB (Python packages, Odoo 19, PostgreSQL) into a cache
outside the checkout; later starts take seconds. ODOO_HOME names an Odoo 19.0 of your own,
DATABASE_URL or PGHOST a PostgreSQL of your own, XDG_CACHE_HOME another place for the cache.
"""


def port(text: str) -> int:
    """A port an ordinary user may listen on."""
    if not text.isdigit() or not 1024 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port between 1024 and 65535")
    return int(text)


def positive(text: str) -> int:
    """A whole number from 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)


def add_database_options(parser: argparse.ArgumentParser) -> None:
    """Options that choose the database."""
    parser.add_argument(
        "--lang", metavar="CODE", help="language of all users, such as zh_CN"
    )
    parser.add_argument("--fresh", action="store_true", help="make the database anew")
    parser.add_argument(
        "--no-demo", dest="demo", action="store_false", help="without demo data"
    )


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    raw = argparse.RawDescriptionHelpFormatter
    top = argparse.ArgumentParser(
        "./dev",
        description=sys.modules[__name__].__doc__,
        epilog=EPILOG,
        formatter_class=raw,
    )
    top.description = "After-sales service on Odoo 19: run it, test it, work on it."
    commands = top.add_subparsers(dest="command", required=True, metavar="command")

    def command(name: str, call, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(call=call)
        return made

    run = command(
        "run", serving.run, "serve the product with demo data; Ctrl-C stops it"
    )
    run.add_argument(
        "--port", type=port, default=8069, help="port of the web server (8069)"
    )
    run.add_argument("--verbose", action="store_true", help="show Odoo's log")
    add_database_options(run)

    text = "set up, lint, then run all tests; other options go to pytest"
    test = command("test", testing.test, text)
    test.add_argument(
        "paths", nargs="*", help="files or folders; everything by default"
    )
    test.add_argument("-k", metavar="EXPRESSION", help="only tests whose name matches")
    test.add_argument(
        "--jobs", type=positive, default=2, help="processes side by side (2)"
    )
    test.add_argument(
        "--peers",
        nargs="?",
        const="all",
        metavar="ADD-ONS",
        help="instead: the tests of what we build on, without and with our add-ons",
    )
    test.add_argument(
        "--no-lint", dest="lint", action="store_false", help="only the tests"
    )

    lint = command("lint", linting.lint, "check style, add-ons, XML and JavaScript")
    lint.add_argument("--fix", action="store_true", help="mend what can be mended")

    shell = command(
        "shell", serving.shell, "Python prompt with `env` on the database of run"
    )
    add_database_options(shell)

    bench = command("bench", serving.bench, "run the benchmarks under bench/")
    bench.add_argument("names", nargs="*", help="bench/bench_NAME.py; all by default")
    bench.add_argument("--scale", type=positive, default=1, help="multiply the volume")

    demo = command(
        "demo", serving.demo, "load N times the demo volume into the database of run"
    )
    demo.add_argument("--scale", type=positive, default=1, help="N")
    add_database_options(demo)

    text = "update .pot and zh_CN.po; fails when a term is not translated"
    translate = command("translate", translating.translate, text)
    translate.add_argument(
        "--check", action="store_true", help="change nothing, only check"
    )

    rule = command(
        "rules", rules.rules, "which rules are implemented and tested; docs/rules.md"
    )
    rule.add_argument(
        "--check", action="store_true", help="fail when docs/rules.md is stale"
    )
    return top


def parse(argv: list[str]) -> argparse.Namespace:
    """Parse; what `test` does not know goes to pytest."""
    made = parser()
    args, rest = made.parse_known_args(argv)
    if rest and args.command != "test":
        made.error(f"unrecognized arguments: {' '.join(rest)}")
    if args.command == "test":
        args.selected = bool(args.k)
        args.rest = [*(["-k", args.k] if args.k else []), *rest]
    return args


def interrupted(*_args) -> None:
    """SIGTERM ends us like Ctrl-C, so that what we started is stopped."""
    raise KeyboardInterrupt


def main(argv: list[str]) -> int:
    """Run one command; every foreseeable error is one sentence and exit code 1."""
    args = parse(argv)
    if is_root():
        os.umask(0o022)  # PostgreSQL runs as another user and reads what we install
    signal.signal(signal.SIGTERM, interrupted)
    try:
        return args.call(args)
    except Fail as err:
        print(f"dev: {err}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("dev: stopped.", file=sys.stderr)
        return 130
    except OSError as err:
        print(f"dev: {os_error(err)}", file=sys.stderr)
        return 1
