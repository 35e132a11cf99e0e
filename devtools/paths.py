# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Where things are: the checkout, and the cache outside it."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDONS = ROOT / "addons"
CONFIG = ROOT / "config"
OPEN_CACHE = Path("/var/cache/after-sales")  # root's: everybody may enter
OUR_ADDONS = ("after_sales_service", "spare_parts_rma", "service_contracts")


def cache_dir() -> Path:
    """The cache: XDG_CACHE_HOME/after-sales, ~/.cache/after-sales, or for root /var/cache.

    Root's own home is closed to the system user PostgreSQL runs as, hence /var/cache.
    """
    base = os.environ.get("XDG_CACHE_HOME")
    if not base:
        if is_root():
            return OPEN_CACHE
        base = Path.home() / ".cache"
    return Path(base) / "after-sales"


def is_root() -> bool:
    """Whether system packages may be installed."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def digest(*parts: object) -> str:
    """A short stable key of texts and files."""
    total = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else str(part).encode()
        total.update(hashlib.sha256(data).digest())
    return total.hexdigest()[:12]


def checkout_key() -> str:
    """Tells checkouts apart that share one cache."""
    return digest(str(ROOT))[:8]


def installable_addons() -> list[str]:
    """Our add-ons that are there, in the order they build on each other."""
    return [
        name for name in OUR_ADDONS if (ADDONS / name / "__manifest__.py").is_file()
    ]
