"""An Odoo server as a process of its own: start, wait, stop."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from dev import paths
from dev.progress import Failure

ALIVE = "/web/health"


@dataclass(frozen=True)
class Server:
    """A running server: its address, its database and its process."""

    url: str
    port: int
    database: str
    pid: int
    log: Path

    def stop(self):
        """End the process and wait until it is gone."""
        end(self.pid)


def free_port(first=0):
    """Return a port nobody listens on: any, or the next one from ``first`` upwards."""
    for port in range(first, first + 100) if first else [0]:
        found = bindable(port)
        if found:
            return found
    raise Failure(f"No free port between {first} and {first + 99}; choose one with PORT=.")


def chosen_port(wanted):
    """Return the port that was asked for, if any; raise Failure when another program has it."""
    if wanted and not (wanted.isdigit() and bindable(int(wanted))):
        raise Failure(f"PORT={wanted} is not free; choose another or none.")
    return int(wanted) if wanted else None


def bindable(port):
    """Return the port if a server could listen on it, or None; for 0 any free port."""
    with socket.socket() as probe, contextlib.suppress(OSError, OverflowError):
        # as servers do, ignore connections of an earlier server that still linger
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return probe.getsockname()[1]
    return None


def start(house, database, port=None, workers=0, extra_addons=(paths.CHECKOUT,), arguments=()):
    """Start a server on one database, wait until it answers, and return it.

    Without workers one process answers everything, live updates included; with workers those
    need the second port, which a reverse proxy would forward to.
    """
    port = port or free_port()
    log = paths.cache() / "log" / f"{database}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = house.odoo(
        "server", "-d", database, f"--db-filter=^{database}$", "--no-database-list",
        f"--http-port={port}", f"--gevent-port={free_port()}", f"--workers={workers}",
        *arguments, extra_addons=extra_addons,
    )  # fmt: skip
    with open(log, "w") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=house.environment(),
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}", port, database, process.pid, log)
    try:
        wait(server, process)
    except BaseException:
        server.stop()
        raise
    return server


def wait(server, process, seconds=180):
    """Wait until a server answers; say what its log says when it does not."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        if answers(server.url):
            return
        time.sleep(0.2)
    tail = "\n    ".join(server.log.read_text(errors="replace").splitlines()[-15:])
    raise Failure(f"Odoo did not start on {server.url}. Its log {server.log} ends:\n    {tail}")


def answers(url):
    """Tell whether a server is up and has loaded its database."""
    try:
        with urllib.request.urlopen(url + ALIVE, timeout=30) as answer:
            return answer.status == 200
    except OSError:
        return False


def alive(pid):
    """Tell whether a process runs Odoo; a number may have passed to another program."""
    try:
        return b"odoo" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def end(pid, seconds=20):
    """End a server with its workers: politely, and after some seconds by force."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, number) if number == signal.SIGKILL else os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            if not alive(pid):
                return
            time.sleep(0.1)
