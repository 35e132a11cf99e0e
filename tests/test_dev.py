# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""./dev itself: its arguments, its sentences for what can go wrong, its small functions."""

import argparse
import contextlib
import errno
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from devtools import (
    apt,
    cli,
    odoo_source,
    paths,
    postgres,
    python_env,
    rules,
    say,
    system,
    testing,
    translating,
)

ROOT = Path(__file__).resolve().parents[1]


def dev(*args, **env):
    """./dev as a user starts it."""
    cmd = [sys.executable, str(ROOT / "dev"), *args]
    return subprocess.run(
        cmd,
        env=os.environ | env,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


class TestArguments(unittest.TestCase):
    def test_help_explains_every_command(self):
        text = dev("--help").stdout
        for name in (
            "run",
            "test",
            "lint",
            "shell",
            "bench",
            "demo",
            "translate",
            "rules",
        ):
            self.assertIn(name, text)

    def test_unknown_option_is_refused(self):
        done = dev("run", "--prot", "1")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--prot", done.stderr)

    def test_what_test_does_not_know_goes_to_pytest(self):
        args = cli.parse(["test", "addons/x", "-k", "swap", "-x"])
        self.assertEqual(args.paths, ["addons/x"])
        self.assertEqual(args.rest, ["-k", "swap", "-x"])

    def test_port_and_scale_are_checked(self):
        for check, bad in ((cli.port, "80"), (cli.port, "x"), (cli.positive, "0")):
            with self.assertRaises(argparse.ArgumentTypeError):
                check(bad)
        self.assertEqual(cli.port("8069"), 8069)


class TestErrors(unittest.TestCase):
    """One clear sentence and a non-zero exit code."""

    def check(self, argv, words):
        stderr = io.StringIO()
        with contextlib.redirect_stderr(stderr):
            code = cli.main(argv)
        self.assertEqual(code, 1)
        for word in words:
            self.assertIn(word, stderr.getvalue())
        self.assertEqual(len(stderr.getvalue().strip().splitlines()), 1)

    def test_taken_port(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            number = str(taken.getsockname()[1])
            self.check(["run", "--port", number], [number, "taken", "--port"])

    def test_no_disk_space(self):
        usage = mock.Mock(free=10**8)
        with (
            mock.patch.object(shutil, "disk_usage", return_value=usage),
            self.assertRaisesRegex(say.Fail, "0.1 GB free and 3 GB are needed"),
        ):
            say.need_space(Path(tempfile.gettempdir()), 3)
        full = OSError(errno.ENOSPC, "No space left on device", "/big/file")
        self.assertIn("No disk space left (/big/file)", str(say.os_error(full)))
        found = say.cause_of("npm error ENOSPC: no space left", "fetching", "/cache")
        self.assertIn("No disk space left while fetching", found)

    def test_no_network(self):
        for output in (
            "W: Failed to fetch … Temporary failure resolving 'deb.example'",
            "NewConnectionError: [Errno -2] Name or service not known",
            "npm error code EAI_AGAIN",
        ):
            found = say.cause_of(output, "installing the Python packages", "/cache")
            self.assertIn("No network while installing the Python packages", found)

    def test_other_failure_shows_the_end_of_the_output(self):
        stderr = io.StringIO()
        code = "print('because of this'); raise SystemExit(3)"
        with (
            contextlib.redirect_stderr(stderr),
            self.assertRaisesRegex(say.Fail, "exit code 3 while trying"),
        ):
            say.run([sys.executable, "-c", code], "trying")
        self.assertIn("because of this", stderr.getvalue())

    def test_missing_tool(self):
        with self.assertRaisesRegex(say.Fail, "'no-such-program' is missing: apt"):
            say.need_tool("no-such-program", "apt")
        with self.assertRaisesRegex(say.Fail, "no-such-program"):
            say.run(["no-such-program"], "trying")

    def test_odoo_home_without_odoo(self):
        with (
            mock.patch.dict(os.environ, ODOO_HOME="/nowhere"),
            self.assertRaisesRegex(say.Fail, "ODOO_HOME names /nowhere"),
        ):
            odoo_source.ensure()

    def test_odoo_of_another_series(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "odoo").mkdir()
            release = Path(folder) / "odoo/release.py"
            release.write_text("version_info = (18, 0)\nversion = '18.0'\n")
            with self.assertRaisesRegex(
                say.Fail, "holds Odoo 18.0; Odoo 19.0 is needed"
            ):
                odoo_source.at(Path(folder))

    def test_no_debian(self):
        with (
            mock.patch.object(apt, "run", return_value="Ubuntu|http://mirror|stable\n"),
            self.assertRaisesRegex(say.Fail, "ODOO_HOME"),
        ):
            apt.debian_mirror([])

    def test_no_python(self):
        with (
            mock.patch.object(sys, "version_info", (3, 14, 0)),
            mock.patch.object(shutil, "which", return_value=None),
            self.assertRaisesRegex(say.Fail, "Python 3.10"),
        ):
            python_env.find_python()

    def test_no_browser_for_an_ordinary_user(self):
        with (
            mock.patch.object(testing, "missing_packages", return_value=["chromium"]),
            mock.patch.object(testing, "is_root", return_value=False),
            self.assertRaisesRegex(say.Fail, "sudo apt-get install .* chromium"),
        ):
            testing.ensure_programs()

    def test_database_server_that_does_not_answer(self):
        target = postgres.Server(
            self.client_programs(), {"host": "/nowhere", "user": "somebody"}
        )
        with self.assertRaisesRegex(say.Fail, "DATABASE_URL/PGHOST cannot be used"):
            postgres.check_given(target)

    @staticmethod
    def client_programs():
        return Path(shutil.which("psql")).parent


class TestChildren(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(
            mock.patch.object(system, "cache_dir", return_value=self.folder)
        )
        self.enterContext(
            mock.patch.object(system.System, "env", return_value=dict(os.environ))
        )
        self.made = system.System(Path(sys.executable), None, None, "test")

    def run_child(self, code, hear=None):
        return self.made.checked([sys.executable, "-c", code], None, "a child", hear)

    def test_what_a_child_prints_is_heard_as_it_comes(self):
        """The child goes on only after its first line was heard."""
        sign = self.folder / "heard"
        code = (
            "import pathlib, time\n"
            "print('first')\n"
            "end = time.monotonic() + 20\n"
            f"while not pathlib.Path({str(sign)!r}).exists():\n"
            "    assert time.monotonic() < end, 'nobody heard'\n"
            "    time.sleep(0.01)\n"
            "print('second')\n"
        )
        heard = []

        def hear(line):
            heard.append(line)
            sign.touch()

        self.assertEqual(self.run_child(code, hear), "first\nsecond\n")
        self.assertEqual(heard, ["first", "second"])

    def test_a_failed_child_leaves_all_it_said_in_the_log(self):
        code = "import sys; print('out'); sys.exit('it broke')"
        with (
            contextlib.redirect_stderr(io.StringIO()) as shown,
            self.assertRaisesRegex(say.Fail, "a-child.log"),
        ):
            self.run_child(code)
        self.assertIn("it broke", shown.getvalue())
        log = (self.folder / "logs" / "a-child.log").read_text()
        self.assertEqual(log, "out\nit broke\n")

    def test_a_logged_error_is_a_failure(self):
        code = "import sys; print('x ERROR y', file=sys.stderr)"
        with (
            contextlib.redirect_stderr(io.StringIO()),
            self.assertRaises(say.Fail),
        ):
            self.run_child(code)


class TestEnvironment(unittest.TestCase):
    def test_mirror_is_the_machines_own(self):
        rows = (
            "Other|http://other|stable\nDebian|http://near/debian-security|bookworm-security\n"
            "Debian|http://near/debian|bookworm\n"
        )
        with mock.patch.object(apt, "run", return_value=rows):
            self.assertEqual(apt.debian_mirror([]), "http://near/debian")

    def test_database_server_of_the_user(self):
        url = "postgresql://me:se%40cret@db.example:5433/"
        with mock.patch.dict(os.environ, DATABASE_URL=url):
            self.assertEqual(
                postgres.given_by_user(),
                {
                    "host": "db.example",
                    "port": "5433",
                    "user": "me",
                    "password": "se@cret",
                },
            )
        socket_url = "postgresql://me@/postgres?host=/run/postgresql"
        with mock.patch.dict(os.environ, DATABASE_URL=socket_url):
            self.assertEqual(postgres.given_by_user()["host"], "/run/postgresql")

    def test_cache_is_outside_the_checkout(self):
        with mock.patch.dict(os.environ, XDG_CACHE_HOME="/somewhere"):
            self.assertEqual(paths.cache_dir(), Path("/somewhere/after-sales"))
        with (
            mock.patch.dict(os.environ, XDG_CACHE_HOME=""),
            mock.patch.object(paths, "is_root", return_value=False),
        ):
            self.assertEqual(paths.cache_dir(), Path.home() / ".cache/after-sales")

    def test_template_follows_what_is_installed(self):
        """A changed model makes a new template, a changed test does not."""
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.object(system, "ADDONS", Path(folder)),
        ):
            home = Path(folder) / "one"
            for name in ("models/a.py", "tests/test_a.py", "data/a.xml"):
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                (home / name).write_text("1")
            before = system.addons_key(["one"])
            (home / "tests/test_a.py").write_text("2")
            self.assertEqual(system.addons_key(["one"]), before)
            (home / "data/a.xml").write_text("2")
            self.assertNotEqual(system.addons_key(["one"]), before)

    def test_lock_files_name_no_address(self):
        for lock in (ROOT / "config").glob("*.lock"):
            text = lock.read_text()
            self.assertNotRegex(text, r"https?://|--index|--find-links", lock.name)
            pinned = [line for line in text.splitlines() if "==" in line]
            self.assertEqual(
                len(pinned), text.count(" \\\n    --hash") - self.more(text)
            )

    @staticmethod
    def more(text):
        """Hashes beyond the first of a requirement."""
        return sum(
            line.startswith("    --hash") and line.endswith("\\")
            for line in text.splitlines()
        )


class TestRules(unittest.TestCase):
    def test_numbers(self):
        text = "# WAR-03 and SLA-14…SLA-16, not ISO-8859 without table"
        found = rules.numbers_in(text)
        self.assertLessEqual({"WAR-03", "SLA-14", "SLA-15", "SLA-16"}, found)

    def test_page(self):
        rows = [
            {"number": "A-01", "force": "must", "area": "Parts", "title": "one"},
            {"number": "A-02", "force": "may", "area": "Parts", "title": "two"},
        ]
        page = rules.page(rows, {"A-01": {"x"}}, {"A-01": {"x", "tests"}})
        self.assertIn("| Parts | 2 | 1 | 1 |", page)
        self.assertIn("| A-01 | must | one | x | tests, x |", page)


class TestTranslate(unittest.TestCase):
    POT = 'msgid ""\nmsgstr ""\n"X: 1\\n"\n\nmsgid "Ticket"\nmsgstr ""\n'

    def test_untranslated_and_gone(self):
        pot = translating.catalogue(self.POT)
        done = translating.catalogue(
            self.POT.replace('"Ticket"\nmsgstr ""', '"Ticket"\nmsgstr "工单"')
        )
        fuzzy = translating.catalogue(
            self.POT.replace('msgid "Ticket"', '#, fuzzy\nmsgid "Ticket"')
        )
        self.assertEqual(translating.untranslated(pot, done), [])
        self.assertEqual(translating.untranslated(pot, fuzzy), ["Ticket"])
        self.assertEqual(
            translating.gone(translating.catalogue('msgid ""\nmsgstr ""\n'), done),
            ["Ticket"],
        )
