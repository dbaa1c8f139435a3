"""Visible progress, and failures that say what to do."""

import contextlib
import fcntl
import subprocess
import sys
import time


class Failure(Exception):
    """Something the person at the keyboard can mend; its text says how."""


def say(text):
    """Print one line at once, even into a pipe."""
    print(text, flush=True)


@contextlib.contextmanager
def step(title):
    """Announce a slow step and say afterwards how long it took."""
    started = time.monotonic()
    if sys.stdout.isatty():
        print(f"  {title} …", end="\r", flush=True)
    yield
    say(f"  {title}: {time.monotonic() - started:.1f} s")


def run(command, advice="", **options):
    """Run a command quietly and return its output.

    Raises Failure with the end of the output and the advice when it does not succeed.
    """
    options.setdefault("stdin", subprocess.DEVNULL)
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **options,
        )
    except FileNotFoundError as error:
        raise Failure(f"{error.filename} is not on this machine. {advice}") from error
    if done.returncode:
        tail = "\n    ".join(done.stdout.strip().splitlines()[-15:])
        raise Failure(f"{command[0]} failed ({done.returncode}):\n    {tail}\n{advice}".rstrip())
    return done.stdout


@contextlib.contextmanager
def lock(path):
    """Hold a file lock, so that two runs do not prepare the same thing at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  waiting for another run that is preparing the same cache …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
