"""wkhtmltopdf, which Odoo prints with: the machine's own, or Debian's unpacked into the cache.

Odoo attaches the quotation as PDF when a customer signs it on the portal; without the program the
customer waits for ever.
"""

import os
import shutil

from dev import chromium, paths
from dev.apt import Apt, library_path
from dev.progress import Failure, say, step

NAME = "wkhtmltopdf"
# Debian dropped it after bookworm: it needs a browser engine that nobody maintains.
ADVICE = "Install wkhtmltopdf by hand."
MISSING = (
    "  wkhtmltopdf is neither on the PATH nor in this machine's Debian: the demo starts without; "
    "do not print, and do not sign on the portal"
)
WRAPPER = """#!/bin/sh
# Neither a screen nor Qt is needed on the machine.
export QT_QPA_PLATFORM=offscreen
export QT_PLUGIN_PATH="{plugins}"
export FONTCONFIG_FILE="{fonts}"
export LD_LIBRARY_PATH="{libraries}"
exec "{program}" "$@"
"""


def root():
    """Return the folder below which Debian's packages are unpacked."""
    return paths.cache() / "pdf"


def provide():
    """Return the folder to put on the PATH; None when it is there already, or cannot be had."""
    if shutil.which(NAME):
        return None
    try:
        program = unpacked()
    except Failure:
        say(MISSING)
        return None
    return wrapped(program)


def unpacked():
    """Return Debian's program, unpacked with the libraries and fonts that the machine lacks."""
    program = root() / "usr" / "bin" / NAME
    if not (root() / "complete").exists():
        shutil.rmtree(root(), ignore_errors=True)
        with step(f"{NAME} from Debian"):
            Apt(advice=ADVICE).unpack_with_dependencies([NAME, *chromium.FONTS], root())
        (root() / "complete").touch()
    return program


def wrapped(program):
    """Write the script that starts the unpacked program and return its folder."""
    plugins = [str(path) for path in root().glob("usr/lib/*-linux-*/qt5/plugins")]
    text = WRAPPER.format(
        plugins=os.pathsep.join(plugins),
        fonts=chromium.fonts(),
        libraries=library_path(root()),
        program=program,
    )
    script = root() / "bin" / NAME
    script.parent.mkdir(exist_ok=True)
    if not script.exists() or script.read_text() != text:
        script.write_text(text)
        script.chmod(0o755)
    return script.parent
