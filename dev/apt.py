"""A private apt: downloads and unpacks Debian packages without installing them.

It has its own lists and cache, so an ordinary user can use it, and it takes mirror, keys and
proxy from the machine's configuration.
"""

import os
import re
import shutil
import time

from dev import paths
from dev.progress import Failure, run

KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
)
FRESH = 24 * 3600


class Apt:
    """Debian packages from the machine's own sources, or from other suites of its mirror."""

    def __init__(self, name="machine", suites=(), advice=""):
        self.folder = paths.cache() / "apt" / name
        self.suites = suites
        self.advice = advice

    def options(self):
        """Return the options that keep every command of apt inside the private folder."""
        options = {
            "Dir::State::lists": self.folder / "lists",
            "Dir::Cache": self.folder / "cache",
            "Acquire::Languages": "none",
            "Debug::NoLocking": "1",
        }
        if os.geteuid() == 0:
            # apt's own download account cannot write into a private folder
            options["APT::Sandbox::User"] = "root"
        if self.suites:
            options["Dir::Etc::sourcelist"] = self.folder / "sources.list"
            options["Dir::Etc::sourceparts"] = "-"
        return [part for key, value in options.items() for part in ("-o", f"{key}={value}")]

    def get(self, *arguments, **options):
        """Run apt-get with the private configuration and return its output."""
        advice = f"apt could not do this. {self.advice}"
        return run(["apt-get", *self.options(), *arguments], advice, **options)

    def update(self):
        """Fetch the package lists unless that was done within a day."""
        stamp = self.folder / "updated"
        if stamp.exists() and time.time() - stamp.stat().st_mtime < FRESH:
            return
        for part in ("lists/partial", "cache/archives/partial"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        if self.suites:
            lines = (source_line(suite, self.advice) for suite in self.suites)
            (self.folder / "sources.list").write_text("".join(lines))
        self.get("update", "--error-on=any")
        stamp.touch()

    def unpack(self, packages, root):
        """Download exactly these packages and unpack them below root."""
        self.update()
        debs = self._empty("debs")
        self.get("download", *packages, cwd=debs)
        extract(debs, root)

    def unpack_with_dependencies(self, packages, root):
        """Unpack packages and those of their dependencies that the machine lacks."""
        self.update()
        archives = self._empty("cache/archives")
        (archives / "partial").mkdir()
        self.get("install", "--download-only", "--no-install-recommends", "-y", *packages)
        extract(archives, root)

    def _empty(self, name):
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder


def extract(debs, root):
    """Unpack all packages of a folder below root, then remove them."""
    root.mkdir(parents=True, exist_ok=True)
    for deb in sorted(debs.glob("*.deb")):
        run(["dpkg-deb", "-x", deb, root])
        deb.unlink()


def library_path(root):
    """Return the LD_LIBRARY_PATH for programs unpacked below root."""
    # bookworm's packages still use /lib beside /usr/lib; some keep private libraries deeper
    places = {
        path.parent for top in ("lib", "usr/lib") for path in root.glob(f"{top}/*-linux-*/*.so*")
    }
    places |= {path.parent for path in root.glob("usr/lib/*-linux-*/*/*.so*")}
    return ":".join(str(place) for place in sorted(places))


def source_line(suite, advice):
    """Return the line of a sources.list for another suite of the machine's Debian mirror."""
    machine = Apt(advice=advice)
    machine.update()
    listing = machine.get(
        "indextargets", "--format", "$(LABEL)|$(REPO_URI)|$(SIGNED_BY)", "Created-By: Packages"
    )
    for line in listing.splitlines():
        found = re.fullmatch(r"Debian\|([^|]+)\|(.*)", line)
        if found:
            key = found[2] if found[2].startswith("/") else _keyring()
            return f"deb [signed-by={key}] {found[1]} {suite} main\n"
    raise Failure(f"apt knows no Debian mirror on this machine. {advice}")


def _keyring():
    for path in KEYRINGS:
        if os.path.exists(path):
            return path
    raise Failure("The package debian-archive-keyring is missing: apt-get install it.")
