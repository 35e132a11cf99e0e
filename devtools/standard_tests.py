# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A pytest plug-in: the tests that Odoo's own runner would run, each once."""


def runs(item) -> bool:
    """Whether a test is tagged ``standard`` and not imported from another file.

    Tours through every country's chart, say, are not standard.
    """
    cls = getattr(item, "cls", None)
    return cls is None or (
        "standard" in getattr(cls, "test_tags", {"standard"})
        and cls.__module__ == item.module.__name__
    )


def pytest_collection_modifyitems(config, items):
    """Leave the others out."""
    others = [item for item in items if not runs(item)]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if runs(item)]
