# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Chinese is complete: the terms of code, views and data are those of the catalogues."""

from odoo.tests import TransactionCase, tagged

from devtools import inside, paths, translating


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def test_every_term_is_translated(self):
        for addon in paths.installable_addons():
            with self.subTest(addon=addon):
                pot = translating.catalogue(inside.terms(self.env, addon))
                path = translating.po_path(addon)
                self.assertTrue(
                    path.exists(), f"{path} is missing: run ./dev translate"
                )
                po = translating.catalogue(path)
                missing = translating.untranslated(pot, po)
                self.assertFalse(
                    missing, f"not translated, run ./dev translate: {missing[:20]}"
                )
                stale = translating.gone(pot, po)
                self.assertFalse(
                    stale, f"no longer in the code, run ./dev translate: {stale[:20]}"
                )
