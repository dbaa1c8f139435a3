"""Where the real data lies, and its rows as text; none of it is part of the project."""

import csv
import gzip
import os
from pathlib import Path


def folder(name):
    """Return the folder of a data set, or None: SOP_DATA, or shared/data beside the checkout."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    found = Path(os.environ.get("SOP_DATA") or beside) / name
    return found if (found / "lines.csv.gz").exists() else None


def rows(path):
    """Yield the rows of a packed csv file as dictionaries of text."""
    with gzip.open(path, "rt", newline="") as file:
        yield from csv.DictReader(file)
