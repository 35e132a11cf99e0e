# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What ``./dev`` does inside a process that has Odoo and a database.

Called as ``python -m devtools.inside ACTION DATABASE [arguments]`` with ODOO_RC set.
"""

import importlib.util
import io
import json
import sys
import threading
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def environment(database: str):
    """An Odoo environment of the superuser; committed at the end."""
    import odoo.api
    import odoo.modules.registry
    import odoo.tools

    odoo.tools.config.parse_config(
        ["-d", database, "--log-level=warn"], setup_logging=True
    )
    threading.current_thread().dbname = database
    registry = odoo.modules.registry.Registry(database)
    with registry.cursor() as cr:
        yield odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})


def load(path: Path):
    """A module from a file that is in no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


# The bundles of the web client, the login page and the printouts
BUNDLES = (
    ("web.assets_web", "js"),
    ("web.assets_web", "css"),
    ("web.assets_web_print", "css"),
    ("web.assets_frontend", "css"),
    ("web.assets_frontend_minimal", "js"),
    ("web.assets_frontend_lazy", "js"),
    ("web.report_assets_common", "css"),
    ("bus.websocket_worker_assets", "js"),
)


def warm(env) -> None:
    """Make the web assets once, so that no page and no browser test waits for them."""
    for name, kind in BUNDLES:
        bundle = env["ir.qweb"]._get_asset_bundle(
            name, css=kind == "css", js=kind == "js"
        )
        getattr(bundle, kind)()


def language(env, code: str) -> None:
    """Load a language and give it to every user, customer and the company."""
    env["res.lang"]._activate_lang(code)
    modules = env["ir.module.module"].search([("state", "=", "installed")])
    modules._update_translations(code)
    env["res.partner"].with_context(active_test=False).search([]).lang = code
    env["ir.default"].set("res.partner", "lang", code)


def script(env, path: str, scale: str = "1") -> None:
    """Run ``run(env, scale)`` of a script, such as demo/operating_day.py.

    In the language of the company, which writes what people will read.
    """
    lang = env.company.partner_id.lang or "en_US"
    env = env(context={**env.context, "lang": lang})
    load(Path(path)).run(env, scale=int(scale))


def export(env, names: str) -> None:
    """Print the .pot of add-ons as JSON {add-on: text}."""
    json.dump({name: terms(env, name) for name in names.split(",")}, sys.stdout)


def terms(env, name: str) -> str:
    """The .pot of one add-on."""
    from odoo.tools.translate import trans_export

    buffer = io.BytesIO()
    trans_export(False, [name], buffer, "po", env)
    return buffer.getvalue().decode()


ACTIONS = {"warm": warm, "language": language, "script": script, "export": export}


def main(action: str, database: str, *args: str) -> None:
    """Do one action in one transaction."""
    with environment(database) as env:
        ACTIONS[action](env, *args)


if __name__ == "__main__":
    main(*sys.argv[1:])
