"""PostgreSQL: the user's own, or a private cluster on a Unix socket in the cache."""

import os
import pwd
import re
import shutil
from pathlib import Path

from dev import paths
from dev.apt import Apt, library_path
from dev.progress import Failure, run, step

ADVICE = "Or set PGHOST, PGPORT and PGUSER to a PostgreSQL of your own."
ROLE = "odoo"
PORT = "5432"
# Made for databases that can be lost at any time: nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
    "timezone": "UTC",
}


def provide():
    """Return the environment variables with which clients reach a running PostgreSQL."""
    if os.environ.get("PGHOST"):
        return {key: value for key, value in os.environ.items() if key.startswith("PG")}
    if not (data() / "complete").exists():
        with step("private PostgreSQL cluster"):
            initialise()
    if not running():
        with step("starting PostgreSQL"):
            start()
    return {"PGHOST": str(socket_folder()), "PGPORT": PORT, "PGUSER": ROLE}


def stop():
    """Stop the private cluster if it runs; tell whether it did."""
    if not running():
        return False
    control("stop", "-m", "fast", "-w")
    return True


def data():
    """Return the folder of the private cluster."""
    return paths.service() / "pgdata"


def socket_folder():
    """Return a folder for the socket, whose path PostgreSQL limits to about 100 characters."""
    folder = paths.service() / "run"
    if len(str(folder)) < 80:
        return folder
    return Path("/tmp") / f"sop_bridge-{os.geteuid()}-{paths.short_hash(folder)}"


def binaries():
    """Return the folder of the server's programs: the machine's, or unpacked ones."""
    return newest(Path("/")) or newest(paths.service() / "postgres") or from_debian()


def newest(root):
    """Return the newest server below root that has the extensions Odoo and we need."""
    found = {}
    for folder in root.glob("usr/lib/postgresql/*/bin"):
        version = folder.parent.name
        extension = root / f"usr/share/postgresql/{version}/extension/btree_gist.control"
        if version.isdigit() and (folder / "initdb").exists() and extension.exists():
            found[int(version)] = folder
    return found[max(found)] if found and max(found) >= 13 else None


def from_debian():
    """Unpack Debian's server with the libraries that the machine lacks."""
    root = paths.service() / "postgres"
    shutil.rmtree(root, ignore_errors=True)
    apt = Apt(advice=ADVICE)
    with step("PostgreSQL from Debian"):
        apt.update()
        depends = run(["apt-cache", *apt.options(), "depends", "postgresql"], ADVICE)
        package = re.search(r"Depends: (postgresql-\d+)", depends)
        if not package:
            raise Failure(f"apt knows no PostgreSQL. {ADVICE}")
        apt.unpack_with_dependencies([package[1]], root)
    return newest(root)


def account():
    """Return the options that make a subprocess run as an account PostgreSQL accepts."""
    if os.geteuid():
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def command(name, *arguments):
    """Run one of the server's programs as its account and return its output."""
    folder = binaries()
    root = folder.parents[4]
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    if root != Path("/"):
        environment["LD_LIBRARY_PATH"] = library_path(root)
    advice = f"See {data()}/server.log. {ADVICE}"
    return run([folder / name, *arguments], advice, env=environment, cwd="/", **account())


def control(action, *arguments):
    """Run pg_ctl on the private cluster."""
    return command("pg_ctl", action, "-D", data(), "-s", *arguments)


def initialise():
    """Create the cluster and a role that may create databases, but is no superuser."""
    shutil.rmtree(data(), ignore_errors=True)
    options = account()
    for folder in (paths.service(), data(), socket_folder()):
        folder.mkdir(parents=True, exist_ok=True)
        if options and folder != paths.service():
            os.chown(folder, options["user"], options["group"])
    if options:
        paths.service().chmod(0o755)
    locale = ["--locale=C.UTF-8", "--encoding=UTF8", "--auth=trust", "--no-sync"]
    command("initdb", "-D", data(), "-U", "postgres", *locale)
    settings = {**SETTINGS, "unix_socket_directories": f"'{socket_folder()}'"}
    lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
    with open(data() / "postgresql.conf", "a") as configuration:
        configuration.write(lines)
    start()
    connection = ["-h", socket_folder(), "-p", PORT, "-U", "postgres"]
    command("createuser", *connection, "--createdb", "--no-superuser", ROLE)
    (data() / "complete").touch()


def start():
    """Start the cluster; its log is server.log in its folder."""
    socket_folder().mkdir(parents=True, exist_ok=True)
    if account():
        os.chown(socket_folder(), account()["user"], account()["group"])
    control("start", "-w", "-t", "60", "-l", data() / "server.log")


def running():
    """Tell whether the private cluster's server process lives."""
    pid_file = data() / "postmaster.pid"
    if not pid_file.exists():
        return False
    pid = pid_file.read_text().split("\n", 1)[0]
    name = Path("/proc") / pid / "comm"
    return name.exists() and name.read_text().startswith("postgres")
