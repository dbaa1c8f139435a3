"""The virtual environment with Odoo's Python dependencies and this project's tools."""

import os
import shutil
import subprocess
import sys

from dev import paths
from dev.apt import Apt
from dev.progress import Failure, run, step

SUPPORTED = [(3, 13), (3, 12), (3, 11), (3, 10)]
PROBE = "import sys; print(*sys.version_info[:2], sys.executable)"


def provide():
    """Create or refresh the environment and return its interpreter."""
    python = paths.venv_python()
    requirements = [paths.CHECKOUT / "dev" / name for name in paths.REQUIREMENTS]
    key = paths.short_hash(*(path.read_text() for path in requirements))
    stamp = paths.cache() / "venv" / "complete"
    if stamp.exists() and stamp.read_text() == key and works(python):
        return python
    with step("Python environment from PyPI"):
        if not works(python):
            create(find())
        command = [python, "-m", "pip", "install", "--quiet", "--prefer-binary"]
        for path in requirements:
            command += ["-r", path]
        run(command, "pip could not install from PyPI; see `pip config list` for its index.")
    stamp.write_text(key)
    return python


def works(python):
    """Tell whether an interpreter starts and has pip."""
    if not python.exists():
        return False
    return not subprocess.run(
        [python, "-c", "import pip"], capture_output=True, check=False
    ).returncode


def find():
    """Return a Python that Odoo 19 supports: $SOP_PYTHON, this one, or one on the PATH."""
    names = [f"python{major}.{minor}" for major, minor in SUPPORTED]
    for name in filter(None, [os.environ.get("SOP_PYTHON"), sys.executable, *names]):
        path = shutil.which(name)
        answer = path and subprocess.run(
            [path, "-c", PROBE], capture_output=True, text=True, check=False
        )
        if answer and not answer.returncode:
            major, minor, executable = answer.stdout.strip().split(" ", 2)
            if (int(major), int(minor)) in SUPPORTED:
                return executable
    raise Failure(
        "Odoo 19 runs on Python 3.10 to 3.13 and none was found. "
        "Install one and set SOP_PYTHON to its path."
    )


def create(python):
    """Create the environment anew; with pip even where Debian split it off."""
    folder = paths.cache() / "venv"
    shutil.rmtree(folder, ignore_errors=True)
    run([python, "-m", "venv", "--without-pip", folder])
    if subprocess.run(
        [python, "-c", "import ensurepip"], capture_output=True, check=False
    ).returncode:
        pip_from_debian(folder / "bin" / "python")
    else:
        run([folder / "bin" / "python", "-m", "ensurepip"])


def pip_from_debian(python):
    """Install pip from the wheel that Debian packages apart from Python."""
    root = paths.cache() / "pip"
    Apt(advice="Or install python3-venv.").unpack(["python3-pip-whl"], root)
    (wheel,) = root.glob("usr/share/python-wheels/pip-*.whl")
    environment = {**os.environ, "PYTHONPATH": str(wheel)}
    run([python, "-m", "pip", "install", "--quiet", "pip"], env=environment)


def site_packages(python):
    """Return the folder into which an environment's packages are installed."""
    return run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip()
