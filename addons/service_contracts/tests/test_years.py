# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import os
import unittest
from unittest import mock

import odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from .years import Years


@unittest.skipUnless(os.environ.get("DEV_TEMPLATE"), "only through ./dev test")
@tagged("post_install", "-at_install")
class TestYears(BaseCase):
    """On a database of its own, as processes that are killed need real commits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = f"{get_db_name()}-years"
        cls.server(f'DROP DATABASE IF EXISTS "{cls.database}"')
        cls.server(
            f'CREATE DATABASE "{cls.database}" TEMPLATE "{os.environ["DEV_TEMPLATE"]}"'
        )
        cls.addClassCleanup(cls.drop)
        # else every add-on's tests would be looked for while they are loaded
        with mock.patch.dict(odoo.tools.config.options, {"test_enable": False}):
            cls.registry = Registry(cls.database)

    @classmethod
    def server(cls, statement):
        with odoo.sql_db.db_connect("postgres").cursor() as cr:
            cr._cnx.autocommit = True
            cr.execute(statement)

    @classmethod
    def drop(cls):
        Registry.delete(cls.database)
        odoo.sql_db.close_db(cls.database)
        cls.server(f'DROP DATABASE "{cls.database}"')

    def test_killed_runners_bill_nothing_twice_and_miss_nothing(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            years = Years(env, count=24, slice_size=4, restless=20)
            years.play(months=4, kills=8)
            differences = {name: n for name, n in years.check().items() if n}
            self.assertFalse(differences, years.seen)
            self.assertGreaterEqual(years.seen["kills"], 4)
            self.assertGreater(years.seen["charges"], 80)
            for event in ("plan changes", "suspensions", "left early"):
                self.assertTrue(years.seen[event], event)
            self.assertEqual(len(years.poisoned), 2)
