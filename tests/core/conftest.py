"""Lets the algorithms be imported without Odoo.

``sop_bridge/__init__.py`` imports Odoo's models; an empty package of the same name and place
stands in for it, so that ``sop_bridge.core`` is found and nothing else is run.
"""

import sys
import types
from pathlib import Path

from hypothesis import settings

ADDON = Path(__file__).resolve().parents[2] / "sop_bridge"

if "sop_bridge" not in sys.modules:
    package = types.ModuleType("sop_bridge")
    package.__path__ = [str(ADDON)]
    sys.modules["sop_bridge"] = package

# The same examples on every machine, and no deadline that a busy one would miss.
settings.register_profile("sop", derandomize=True, deadline=None)
settings.load_profile("sop")
