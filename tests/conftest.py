"""Shared by the tests that drive the add-on from outside."""

import sys
from pathlib import Path

# the package dev/ starts servers and copies databases for the system tests
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def pytest_addoption(parser):
    """Add the options of the system tests."""
    parser.addoption(
        "--workers",
        type=int,
        default=0,
        help="run the tested server with this many worker processes (default: threads)",
    )
