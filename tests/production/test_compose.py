# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""docker-compose.yml keeps its promises, as far as they can be read."""

import json
import os
import stat
import subprocess
import sys
import unittest
from pathlib import Path

import jsonschema
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from stage import find_program

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]


class TestCompose(unittest.TestCase):
    def test_schema(self):
        """The file is valid under the schema of the Compose specification."""
        schema = json.loads((Path(__file__).parent / "compose_spec.json").read_text())
        jsonschema.validate(COMPOSE, schema)

    def test_docker_compose_reads_it(self):
        """The real tool resolves anchors and variables; it needs no engine for that."""
        program = find_program("docker-compose")
        if not program:
            self.skipTest("docker-compose is neither installed nor could it be fetched")
        cmd = [program, "-f", "docker-compose.yml", "config", "-q"]
        done = subprocess.run(cmd, cwd=ROOT, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_secrets_come_from_files(self):
        for name, service in SERVICES.items():
            for key in service.get("environment", {}):
                with self.subTest(service=name, variable=key):
                    self.assertFalse("PASSWORD" in key and not key.endswith("_FILE"))
        for secret in COMPOSE["secrets"].values():
            self.assertTrue(secret["file"].startswith("./config/secrets/"))

    def test_every_log_is_rotated(self):
        for name, service in SERVICES.items():
            with self.subTest(service=name):
                self.assertIn("max-size", service["logging"]["options"])

    def test_what_serves_is_watched(self):
        for name in ("db", "web", "worker", "proxy"):
            with self.subTest(service=name):
                self.assertTrue(SERVICES[name]["healthcheck"]["test"])

    def test_only_the_proxy_is_reachable(self):
        self.assertEqual([n for n, s in SERVICES.items() if "ports" in s], ["proxy"])

    def test_people_and_jobs_are_apart(self):
        self.assertEqual(
            SERVICES["web"]["environment"]["ODOO_QUEUE_JOB_CHANNELS"], "root:0"
        )
        self.assertIn("--max-cron-threads=0", SERVICES["web"]["command"])
        self.assertIn("--proxy-mode", SERVICES["web"]["command"])
        self.assertEqual(
            SERVICES["worker"]["environment"]["ODOO_QUEUE_JOB_HOST"], "worker"
        )

    def test_services_that_scale_have_no_fixed_name_or_port(self):
        for name in ("web", "worker"):
            self.assertFalse(
                {"container_name", "ports", "hostname"} & set(SERVICES[name])
            )

    def test_mounted_files_exist(self):
        """What is mounted or copied is in the checkout; scripts can be executed."""
        for name in ("init.sh", "backup.sh", "restore.sh", "make-secrets.sh"):
            mode = os.stat(ROOT / "config" / name).st_mode
            self.assertTrue(mode & stat.S_IXUSR, name)
        for line in (ROOT / "config" / "Dockerfile").read_text().splitlines():
            if line.startswith("COPY"):
                words = line.split()[1:]
                source = next(word for word in words if not word.startswith("--"))
                self.assertTrue((ROOT / source).exists(), source)


if __name__ == "__main__":
    unittest.main()
