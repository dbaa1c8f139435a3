"""Builds the wheel odoo-addon-sop-bridge, which Odoo finds without an addons path.

Only ``odoo.addons.sop_bridge`` is shipped: ``odoo`` and ``odoo.addons`` are namespaces that
belong to Odoo, so no ``__init__.py`` of theirs may be in the wheel.
"""

import ast
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).resolve().parent
ADDON = HERE / "sop_bridge"
PACKAGE = "odoo.addons.sop_bridge"

manifest = ast.literal_eval((ADDON / "__manifest__.py").read_text(encoding="utf-8"))
readme = HERE / "README.md"
# every file, because views, data, translations and migration scripts lie in plain folders
files = [
    str(path.relative_to(ADDON))
    for path in sorted(ADDON.rglob("*"))
    if path.is_file() and "__pycache__" not in path.parts
]

setup(
    name="odoo-addon-sop-bridge",
    version=manifest["version"],
    description=manifest["summary"],
    long_description=readme.read_text(encoding="utf-8") if readme.exists() else "",
    long_description_content_type="text/markdown",
    author=manifest["author"],
    license="LGPL-3.0-only",
    license_files=["LICENSE"],
    python_requires=">=3.10",
    install_requires=manifest["external_dependencies"]["python"],
    packages=[PACKAGE, *(f"{PACKAGE}.{name}" for name in find_packages(str(ADDON)))],
    package_dir={PACKAGE: "sop_bridge"},
    package_data={PACKAGE: files},
    zip_safe=False,
    classifiers=[
        "Framework :: Odoo",
        "Framework :: Odoo :: 19.0",
        "Programming Language :: Python :: 3",
    ],
)
