"""Lets ``python3 -m dev COMMAND`` run the command line."""

import sys

from dev.cli import main

sys.exit(main())
