# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.after_sales_service.tests.common import rules

from ..tools import scope
from ..tools.scope import Case, Promise

PROMISES = st.lists(
    st.builds(
        Promise,
        id=st.integers(1, 99),
        item=st.none() | st.integers(1, 3),
        category=st.none() | st.integers(1, 3),
        mode=st.sampled_from([None, "remote", "shop", "onsite"]),
        quota=st.none() | st.integers(1, 3),
    ),
    unique_by=lambda promise: promise.id,
)
CASES = st.builds(
    Case,
    item=st.none() | st.integers(1, 3),
    category=st.none() | st.integers(1, 3),
    mode=st.sampled_from([None, "remote", "shop", "onsite"]),
)


@tagged("post_install", "-at_install")
class TestScope(BaseCase):
    @rules("CARE-05")
    def test_unlimited_has_always_one_left(self):
        shop = Promise(1, mode="shop")
        case = Case(7, 2, "shop")
        self.assertEqual(scope.choose([shop], case, {1: 9999}), (shop, None))

    @rules("CARE-02", "CARE-09")
    def test_exact_promise_first(self):
        anything = Promise(1)
        category = Promise(2, category=2)
        item = Promise(3, item=7, quota=1)
        case = Case(7, 2, "remote")
        promises = [anything, category, item]
        self.assertEqual(scope.matching(promises, case), [item, category, anything])
        # its only use is gone: the wider promise still pays
        self.assertEqual(scope.choose(promises, case, {3: 1}), (category, None))

    def test_exhausted_promise_is_named(self):
        promise = Promise(1, item=7, quota=2)
        case = Case(7, 2, "remote")
        self.assertEqual(scope.choose([promise], case, {1: 2}), (promise, 0))

    def test_out_of_scope(self):
        self.assertEqual(
            scope.choose([Promise(1, mode="shop")], Case(7, 2, "onsite"), {}),
            (None, None),
        )
        self.assertEqual(
            scope.choose([Promise(1, item=7)], Case(None, None, "shop"), {}),
            (None, None),
        )

    @given(PROMISES, CASES, st.dictionaries(st.integers(1, 99), st.integers(0, 5)))
    @settings(max_examples=300, deadline=None)
    def test_choice_is_sound(self, promises, case, used):
        chosen, remaining = scope.choose(promises, case, used)
        candidates = scope.matching(promises, case)
        if not candidates:
            self.assertIsNone(chosen)
            return
        self.assertIn(chosen, candidates)
        if remaining == 0:
            # only when nothing that applies has a use left
            self.assertTrue(
                all(scope.left(p, used.get(p.id, 0)) == 0 for p in candidates)
            )
