"""The wheel, installed with pip, is found by Odoo without an addons path."""

import ast
import os
import shutil
import subprocess
import zipfile

import pytest

from dev import databases, paths, python

SOURCES = ("setup.py", "pyproject.toml", "README.md", "LICENSE")


def call(*command, **options):
    """Run a command and return its output; its output is the message when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(house, tmp_path_factory):
    """Build the wheel from a copy of the sources, because building writes beside them."""
    folder = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        if (paths.CHECKOUT / name).exists():
            shutil.copy(paths.CHECKOUT / name, folder)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(paths.ADDON, folder / "sop_bridge", ignore=ignore)
    arguments = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder / "dist"]
    call(house.python, "-m", "pip", *arguments, folder)
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(house, wheel, tmp_path_factory):
    """Return the interpreter of a fresh environment in which only the wheel was installed.

    Odoo and the Python packages that it requires are lent by path files.
    """
    folder = tmp_path_factory.mktemp("environment") / "venv"
    call(house.python, "-m", "venv", "--without-pip", folder)
    interpreter = folder / "bin" / "python"
    lent = f"{python.site_packages(house.python)}\n{house.odoo_home}\n"
    with open(f"{python.site_packages(interpreter)}/odoo_and_dependencies.pth", "w") as handle:
        handle.write(lent)
    # without an index, so that pip fails unless every declared requirement is really met
    call(house.python, "-m", "pip", "--python", interpreter, "install", "--no-index", wheel)
    return interpreter


def test_the_wheel_holds_every_file_and_no_namespace_package(wheel):
    assert wheel.name.startswith("odoo_addon_sop_bridge-19.0.")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    wanted = {
        f"odoo/addons/sop_bridge/{path.relative_to(paths.ADDON)}"
        for path in paths.ADDON.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted - names == set()
    assert {name for name in names if not name.startswith("odoo/addons/sop_bridge/")} == {
        name for name in names if ".dist-info/" in name
    }


def test_the_wheel_states_version_licence_and_requirements(wheel):
    manifest = ast.literal_eval((paths.ADDON / "__manifest__.py").read_text())
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = archive.read(name).decode().split("\n\n", 1)[0].splitlines()
    assert f"Version: {manifest['version']}" in metadata
    assert "Requires-Dist: python-dateutil" in metadata
    assert "Requires-Dist: xlsxwriter" in metadata
    assert any("LGPL-3" in line for line in metadata if line.startswith("License"))


def test_odoo_finds_and_installs_it_without_an_addons_path(
    house, environment, make_database, tmp_path
):
    database = make_database(databases.template(house))
    variables = {**house.environment(), "ODOO_RC": str(house.configuration(()))}
    command = [environment, "-m", "odoo", "server", "-c", variables["ODOO_RC"], "-d", database]
    command += ["-i", "sop_bridge", "--stop-after-init", "--no-http", "--max-cron-threads=0"]
    log = call(*command, env=variables, cwd=tmp_path)
    assert f"{os.path.dirname(environment.parent)}" in call(
        environment, "-c", "import odoo.addons.sop_bridge as m; print(m.__file__)", cwd=tmp_path
    )
    state = databases.sql(
        house, "SELECT state FROM ir_module_module WHERE name = 'sop_bridge'", database
    )
    assert state == [["installed"]], log
