"""Where things are kept. Nothing generated lies in the checkout."""

import hashlib
import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
ADDON = CHECKOUT / "sop_bridge"
REQUIREMENTS = ("requirements-odoo.txt", "requirements-tools.txt")


def cache():
    """Return the folder for everything that is downloaded or generated."""
    if os.environ.get("SOP_CACHE"):
        return Path(os.environ["SOP_CACHE"]).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "sop_bridge"


def service():
    """Return the folder of the private PostgreSQL.

    The superuser cannot run PostgreSQL; there an unprivileged account does, which cannot look
    into the superuser's home, so its files lie beside it.
    """
    if os.geteuid():
        return cache()
    return Path("/var/cache") / f"sop_bridge-{short_hash(cache())}"


def venv_python():
    """Return the interpreter of the private virtual environment."""
    return cache() / "venv" / "bin" / "python"


def short_hash(*parts):
    """Return eight hexadecimal digits that stand for the given values."""
    return hashlib.sha256("\n".join(str(part) for part in parts).encode()).hexdigest()[:8]


def tree_hash(folder):
    """Return a hash over the names and contents of all files below a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:8]
