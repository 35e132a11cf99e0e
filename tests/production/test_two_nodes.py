# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Two Odoo nodes, a job worker and the proxy on one PostgreSQL, run as in production."""

import os
import shutil
import sys
import tempfile
import unittest
import xmlrpc.client
from pathlib import Path

import psutil
import requests
import websocket

sys.path.insert(0, str(Path(__file__).parent))
from stage import ROOT, Stage, find_program


@unittest.skipUnless(os.environ.get("DEV_TEMPLATE"), "only through ./dev test")
class TestTwoNodes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = Path(tempfile.mkdtemp(prefix="after-sales-production-"))
        folder.chmod(0o755)
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        variables = {"WEB_WORKERS": "2", "JOB_WORKERS": "2"}
        cls.stage = Stage(folder, variables)
        cls.addClassCleanup(cls.stage.close)
        cls.stage.copy_database()
        cls.stage.call(ROOT / "config/init.sh")
        cls.webs = [cls.stage.start(name, "web") for name in ("web1", "web2")]
        cls.worker = cls.stage.start("worker", "worker")
        cls.https = None
        if find_program("nginx") and find_program("openssl"):
            cls.stage.make_secrets()
            cls.https = cls.stage.start_nginx(find_program("nginx"))
        for port in (*cls.webs, cls.worker):
            cls.stage.wait(
                f"health of port {port}", lambda port=port: cls.healthy(port)
            )

    @classmethod
    def healthy(cls, port):
        url = f"http://127.0.0.1:{port}/web/health?db_server_status=1"
        return requests.get(url, timeout=60).json().get("db_server_status")

    def log_in(self, base, password="only-for-this-test"):
        session = requests.Session()
        session.verify = session.trust_env = False
        params = {"db": self.stage.database, "login": "admin", "password": password}
        answer = session.post(
            f"{base}/web/session/authenticate", json={"params": params}, timeout=60
        )
        return session, answer.json()

    def test_login_page_on_both_nodes(self):
        for port in self.webs:
            page = requests.get(f"http://127.0.0.1:{port}/web/login", timeout=60)
            self.assertEqual(page.status_code, 200)
            self.assertIn('name="password"', page.text)

    def test_databases_are_not_listed(self):
        base = f"http://127.0.0.1:{self.webs[0]}"
        answer = requests.post(f"{base}/web/database/list", json={}, timeout=60).json()
        self.assertNotIn(self.stage.database, str(answer.get("result")))
        manager = requests.get(f"{base}/web/database/manager", timeout=60)
        self.assertIn("disabled by the administrator", manager.text)
        with self.assertRaisesRegex(xmlrpc.client.Fault, "Access Denied"):
            xmlrpc.client.ServerProxy(f"{base}/xmlrpc/2/db").list()

    def test_a_session_holds_on_every_node(self):
        """The administrator has the password of the secret; his session is shared."""
        first, second = (f"http://127.0.0.1:{port}" for port in self.webs)
        session, answer = self.log_in(first)
        self.assertEqual(answer["result"]["username"], "admin")
        info = session.post(
            f"{second}/web/session/get_session_info", json={}, timeout=60
        )
        self.assertEqual(info.json()["result"]["username"], "admin")

    def test_default_password_is_refused(self):
        _session, answer = self.log_in(f"http://127.0.0.1:{self.webs[0]}", "admin")
        self.assertIn("error", answer)

    def test_a_job_is_done_by_the_worker(self):
        session, _answer = self.log_in(f"http://127.0.0.1:{self.webs[0]}")
        url = f"http://127.0.0.1:{self.webs[0]}/queue_job/create_test_job?size=1"
        created = session.get(url, timeout=60)
        self.assertEqual(created.status_code, 200, created.text[:500])
        done = "SELECT worker_pid FROM queue_job WHERE state = 'done'"
        rows = self.stage.wait("a job done", lambda: self.stage.query(done))
        family = psutil.Process(self.stage.children["worker"].pid)
        pids = {child.pid for child in family.children(recursive=True)}
        self.assertIn(rows[0][0], pids)

    def test_proxy(self):
        """TLS, redirection, closed doors, websocket, and the brake on logging in."""
        if not self.https:
            self.skipTest(
                "nginx or openssl is neither installed nor could it be fetched"
            )
        base = f"https://127.0.0.1:{self.https}"
        plain = requests.get(
            f"http://127.0.0.1:{self.stage.ports['http']}/odoo",
            timeout=60,
            allow_redirects=False,
        )
        self.assertEqual(plain.status_code, 301)
        page = requests.get(f"{base}/web/login", verify=False, timeout=60)
        self.assertIn('name="password"', page.text)
        self.assertIn("Strict-Transport-Security", page.headers)
        for closed in ("/web/database/manager", "/queue_job/runjob"):
            answer = requests.get(f"{base}{closed}", verify=False, timeout=60)
            self.assertEqual(answer.status_code, 404, closed)
        session, _answer = self.log_in(base)
        self.check_websocket(session)
        codes = {
            requests.post(f"{base}/web/login", verify=False, timeout=60).status_code
            for _attempt in range(25)
        }
        self.assertIn(429, codes)

    def check_websocket(self, session):
        cookie = f"session_id={session.cookies['session_id']}"
        page = session.get(f"https://127.0.0.1:{self.https}/odoo", timeout=60).text
        version = page.partition("websocket_worker_version")[2][4:].partition('"')[0]
        connection = websocket.create_connection(
            f"wss://127.0.0.1:{self.https}/websocket?version={version}",
            sslopt={"cert_reqs": 0},
            cookie=cookie,
            origin=f"https://127.0.0.1:{self.https}",
            timeout=60,
        )
        self.assertEqual(connection.status, 101)
        connection.close()

    def test_backup_can_be_restored(self):
        """One nightly backup, restored beside the database: same rows, same files."""
        self.stage.call(ROOT / "config/backup.sh", "once")
        backup = next(Path(self.stage.env["BACKUP_DIR"]).iterdir())
        copy = f"{self.stage.database}_copy"
        self.stage.call(ROOT / "config/restore.sh", backup, copy)
        for table in ("ir_attachment", "res_partner", "ir_model_data"):
            count = f"SELECT count(*) FROM {table}"
            self.assertEqual(
                self.stage.query(count, copy), self.stage.query(count), table
            )
        names = "SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL"
        files = self.stage.data_dir / "filestore" / copy
        lost = [
            name
            for (name,) in self.stage.query(names, copy)
            if not (files / name).exists()
        ]
        self.assertFalse(lost)

    def test_damaged_backup_is_refused(self):
        folder = self.stage.folder / "damaged"
        folder.mkdir()
        (folder / "database.dump").write_text("damaged")
        (folder / "SHA256SUMS").write_text(f"{'0' * 64}  database.dump\n")
        with self.assertRaisesRegex(AssertionError, "is damaged"):
            self.stage.call(ROOT / "config/restore.sh", folder)
