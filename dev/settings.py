"""What a provisioned house tells its programs: environment and Odoo's configuration."""

import os
from dataclasses import dataclass
from pathlib import Path

from dev import chromium, odoo, paths, postgres, python
from dev.progress import lock

CONFIGURATION = """[options]
addons_path = {addons}
data_dir = {data}
admin_passwd = {password}
http_interface = 127.0.0.1
max_cron_threads = 1
log_level = info
"""


@dataclass(frozen=True)
class House:
    """Where everything is once provisioned; ``programs`` are folders with what Odoo may start."""

    python: Path
    odoo_home: Path
    postgres: dict
    programs: tuple = ()

    @property
    def version(self):
        """Return Odoo's version with the place it comes from, as a key for caches."""
        return f"{odoo.series(self.odoo_home)} {self.odoo_home}"

    @property
    def data(self):
        """Return Odoo's data folder, which holds the filestores."""
        return paths.cache() / "data"

    def configuration(self, extra_addons=(paths.CHECKOUT,)):
        """Write Odoo's configuration file for the given extra addons folders, return its path."""
        folders = [*extra_addons, *odoo.addons(self.odoo_home)]
        addons = ",".join(str(folder) for folder in folders)
        path = paths.cache() / "conf" / f"{paths.short_hash(addons)}.conf"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = CONFIGURATION.format(addons=addons, data=self.data, password=os.urandom(16).hex())
        if not path.exists() or path.read_text().splitlines()[:3] != text.splitlines()[:3]:
            path.write_text(text)
            path.chmod(0o600)
        return path

    def environment(self):
        """Return the environment for Odoo, tests and benchmarks."""
        folders = [chromium.folder(), self.python.parent, *self.programs]
        places = [*map(str, folders), os.environ.get("PATH", "")]
        return {
            **os.environ,
            **self.postgres,
            "PATH": ":".join(places),
            "ODOO_RC": str(self.configuration()),
            "SOP_CACHE": str(paths.cache()),
            # Odoo's log lines and numbers must not depend on who runs it
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def odoo(self, *arguments, extra_addons=(paths.CHECKOUT,)):
        """Return the command line that runs Odoo with our configuration."""
        command, *rest = arguments
        return [
            str(self.python), "-m", "odoo", command,
            "-c", str(self.configuration(extra_addons)), *map(str, rest),
        ]  # fmt: skip


def provide(browser=True):
    """Install what is missing and return the house; safe to call at any time.

    What shows nothing to itself, such as the demo, does without the browser.
    """
    paths.cache().mkdir(parents=True, exist_ok=True)
    with lock(paths.cache() / "provision.lock"):
        interpreter = python.provide()
        home = odoo.provide()
        database = postgres.provide()
        if browser:
            chromium.provide()
        return House(interpreter, home, database)
