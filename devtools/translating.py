# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""``./dev translate``: .pot and zh_CN.po of every add-on follow the code.

Odoo exports the terms, polib (in the virtual environment) merges them. The functions that
use polib are also called by tests/test_translations.py.
"""

import json
import os
import subprocess
from pathlib import Path

from . import system
from .paths import ADDONS, ROOT, installable_addons
from .say import say, step

LANGUAGE = "zh_CN"
VOLATILE = ("POT-Creation-Date", "PO-Revision-Date")


def pot_path(addon: str) -> Path:
    """The template of an add-on."""
    return ADDONS / addon / "i18n" / f"{addon}.pot"


def po_path(addon: str) -> Path:
    """The Chinese catalogue of an add-on."""
    return ADDONS / addon / "i18n" / f"{LANGUAGE}.po"


def catalogue(text_or_path):
    """A catalogue, without the header lines that change at every export."""
    import polib

    made = polib.pofile(str(text_or_path), wrapwidth=78, encoding="utf-8")
    for name in VOLATILE:
        made.metadata.pop(name, None)
    return made


def merge(pot, path: Path):
    """The Chinese catalogue with the terms of the template; vanished terms are dropped."""
    import polib

    if path.exists():
        made = catalogue(path)
    else:
        made = polib.POFile(wrapwidth=78)
        made.metadata = dict(pot.metadata)
    made.metadata |= {"Language": LANGUAGE, "Plural-Forms": "nplurals=1; plural=0;"}
    made.merge(pot)
    for entry in made.obsolete_entries():
        made.remove(entry)
    made.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    return made


def untranslated(pot, po) -> list[str]:
    """Terms of the template that have no (sure) translation."""
    done = {entry.msgid for entry in po if entry.translated()}
    return [entry.msgid for entry in pot if entry.msgid not in done]


def gone(pot, po) -> list[str]:
    """Terms of the catalogue that the code no longer has."""
    known = {entry.msgid for entry in pot}
    return [
        entry.msgid for entry in po if not entry.obsolete and entry.msgid not in known
    ]


def update(addon: str, exported: str) -> list[str]:
    """Write .pot and .po of one add-on; the terms still to be translated."""
    pot = catalogue(exported)
    pot.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    pot_path(addon).parent.mkdir(exist_ok=True)
    pot.save(str(pot_path(addon)))
    po = merge(pot, po_path(addon))
    po.save(str(po_path(addon)))
    return untranslated(pot, po)


def report(missing: dict[str, list[str]]) -> int:
    """Say what is missing; the exit code."""
    for addon, terms in missing.items():
        say(f"{addon}: {len(terms)} terms without translation in i18n/{LANGUAGE}.po")
        for term in terms:
            say(f"    {' '.join(term.split())[:110]}")
    if not any(missing.values()):
        say("Every term is translated.")
    return int(any(missing.values()))


def translate(args) -> int:
    """Export on the template database; then merge in the virtual environment."""
    addons = installable_addons()
    with system.ready("test") as made:
        config = made.write_config("translate", server_wide_modules="base,web")
        database = f"translate_{os.getpid()}"
        made.copy_database(made.template(), database)
        try:
            with step("Exporting the terms"):
                names = ("export", database, ",".join(addons))
                exported = made.inside(config, *names, doing="exporting the terms")
        finally:
            made.drop_database(database)
        action = "check" if args.check else "update"
        cmd = [str(made.python), "-m", "devtools.translating", action]
        return subprocess.run(
            cmd, input=exported, text=True, env=made.env(), cwd=ROOT
        ).returncode


def main(action: str, exported: dict[str, str]) -> int:
    """The part that runs in the virtual environment, where polib is."""
    if action == "update":
        return report({addon: update(addon, text) for addon, text in exported.items()})
    return report(check(exported))


def check(exported: dict[str, str]) -> dict[str, list[str]]:
    """The terms without translation per add-on; no file is changed."""
    missing = {}
    for addon, text in exported.items():
        path = po_path(addon)
        missing[addon] = untranslated(
            catalogue(text), catalogue(path) if path.exists() else []
        )
    return missing


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1], json.load(sys.stdin)))
