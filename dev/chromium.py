"""Chromium for browser tests: the machine's own, or Debian's unpacked into the cache."""

import os
import shutil
from pathlib import Path

from dev import odoo, paths
from dev.apt import Apt, library_path
from dev.progress import step

ADVICE = "Or install chromium."
NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
FONTS = ["fonts-dejavu-core", "fonts-liberation"]
# What lets a headless browser start as any account, in a container, and stay off the network.
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --disable-dev-shm-usage --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
{folders}
  <cachedir>{cache}</cachedir>
</fontconfig>
"""
WRAPPER = """#!/bin/sh
# Odoo's test browser finds this first on the PATH.
export FONTCONFIG_FILE="{fonts}"
{libraries}exec "{program}" {flags} "$@"
"""


def folder():
    """Return the folder that has to come first on the PATH."""
    return paths.cache() / "bin"


def provide():
    """Write the wrapper that starts Chromium and return its folder."""
    program = installed() or unpacked()
    root = paths.cache() / "chromium"
    libraries = ""
    if root in program.parents:
        libraries = f'export LD_LIBRARY_PATH="{library_path(root)}"\n'
    folder().mkdir(parents=True, exist_ok=True)
    wrapper = folder() / NAMES[0]
    text = WRAPPER.format(fonts=fonts(), libraries=libraries, program=program, flags=FLAGS)
    if not wrapper.exists() or wrapper.read_text() != text:
        wrapper.write_text(text)
        wrapper.chmod(0o755)
    for name in NAMES[1:]:
        if not (folder() / name).is_symlink():
            (folder() / name).symlink_to(NAMES[0])
    return folder()


def installed():
    """Return the machine's own browser, or None."""
    places = os.environ.get("PATH", "").split(":")
    path = ":".join(place for place in places if Path(place) != folder())
    found = next(filter(None, (shutil.which(name, path=path) for name in NAMES)), None)
    return found and Path(found)


def unpacked():
    """Return Debian's browser, unpacked with the libraries and fonts that the machine lacks."""
    root = paths.cache() / "chromium"
    program = root / "usr" / "lib" / "chromium" / "chromium"
    if not (root / "complete").exists():
        shutil.rmtree(root, ignore_errors=True)
        with step("Chromium from Debian"):
            Apt(advice=ADVICE).unpack_with_dependencies(["chromium", *FONTS], root)
        (root / "complete").touch()
    return program


def fonts():
    """Write a font configuration that also knows the unpacked fonts, and return its path."""
    places = [Path("/usr/share/fonts")]
    roots = [odoo.root(), paths.cache() / "chromium", paths.cache() / "pdf"]
    places += [root / "usr/share/fonts" for root in roots]
    lines = "\n".join(f"  <dir>{place}</dir>" for place in places)
    path = paths.cache() / "fonts.conf"
    text = FONTS_CONF.format(folders=lines, cache=paths.cache() / "fontconfig")
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    return path
