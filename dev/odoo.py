"""Odoo 19: the user's own, or Debian's package unpacked into the cache."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from dev import paths, python
from dev.apt import Apt
from dev.progress import Failure, step

ADVICE = "Or set ODOO_HOME to a folder with Odoo 19."
PACKAGE = "odoo-19/sid"
# what Odoo's package links to; font-awesome 4.7 is found in stable only
BESIDE = [
    f"{name}/stable"
    for name in (
        "libjs-jquery",
        "libjs-underscore",
        "libjs-jquery-form",
        "fonts-font-awesome",
        "fonts-roboto-unhinted",
        "fonts-montserrat",
        "fonts-inconsolata",
        "fonts-ocr-b",
    )
]
# Debian removes this script for its licence; without a file every page logs an error
REMOVED = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def root():
    """Return the folder below which Debian's packages are unpacked."""
    return paths.cache() / "odoo"


def provide():
    """Return the folder that contains the package ``odoo``, and make the venv see it."""
    home = own() or from_debian()
    pth = Path(python.site_packages(paths.venv_python())) / "odoo_home.pth"
    if not pth.exists() or pth.read_text() != f"{home}\n":
        pth.write_text(f"{home}\n")
    return home


def own():
    """Return the user's Odoo: $ODOO_HOME, or one that this Python can import."""
    if os.environ.get("ODOO_HOME"):
        home = Path(os.environ["ODOO_HOME"]).resolve()
        if not (series(home) or "").startswith("19.0"):
            raise Failure(f"ODOO_HOME={home} holds no Odoo 19 (odoo/release.py).")
        return home
    probe = "import odoo.release as r; print(r.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, cwd="/", check=False
    )
    if found.returncode:
        return None
    home = Path(found.stdout.strip()).parent.parent
    return home if (series(home) or "").startswith("19.0") else None


def series(home):
    """Return the version, such as 19.0.0, that a folder's odoo/release.py states."""
    release = home / "odoo" / "release.py"
    if not release.exists():
        return None
    found = re.search(r"^version_info = \((\d+), (\d+), (\d+)", release.read_text(), re.M)
    return found and ".".join(found.groups())


def from_debian():
    """Unpack Debian's package, and what it links to, below the cache."""
    packages = root() / "usr" / "lib" / "python3" / "dist-packages"
    stamp = root() / "complete"
    if not stamp.exists():
        shutil.rmtree(root(), ignore_errors=True)
        with step("Odoo 19 from Debian"):
            Apt("odoo", ("sid", "stable"), ADVICE).unpack([PACKAGE, *BESIDE], root())
            for name in ("addons", "doc", "setup"):
                # copies without data files that would hide the real ones
                shutil.rmtree(packages / name, ignore_errors=True)
            mend(packages / "odoo")
        stamp.touch()
    return packages


def mend(package):
    """Put back the removed script and turn absolute links to point inside the cache."""
    script = package / REMOVED
    script.parent.mkdir(parents=True, exist_ok=True)
    script.touch()
    for link in filter(Path.is_symlink, package.glob("addons/*/static/**/*")):
        target = os.readlink(link)
        if os.path.isabs(target) and not os.path.exists(target):
            link.unlink()
            link.symlink_to(root() / target.lstrip("/"))


def addons(home):
    """Return the folders in which Odoo keeps its own modules."""
    return [path for path in (home / "odoo" / "addons", home / "addons") if path.is_dir()]
