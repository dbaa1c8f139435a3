"""A running server for the system tests, and clients that log in to it."""

import itertools

import odoorpc
import pytest

from dev import databases, server, settings

NUMBER = itertools.count(1)


@pytest.fixture(scope="session")
def house():
    """Return what is provisioned: Odoo, PostgreSQL, browser, environment."""
    return settings.provide()


@pytest.fixture(scope="session")
def make_database(house):
    """Return a function that copies a prepared database; copies are dropped at the end."""
    made = []

    def make(source=None, demo=False):
        name = databases.temporary(house, f"system{next(NUMBER)}")
        made.append(name)
        return databases.copy(house, source or databases.installed(house, demo), name)

    yield make
    for name in made:
        databases.drop(house, name)


@pytest.fixture(scope="session")
def make_server(house, make_database, request):
    """Return a function that starts a server, by default on a fresh copy with the add-on."""
    started = []

    def make(database=None, demo=False, **options):
        options.setdefault("workers", request.config.getoption("--workers"))
        database = database or make_database(demo=demo)
        started.append(server.start(house, database, **options))
        return started[-1]

    yield make
    for running in started:
        running.stop()


@pytest.fixture(scope="session")
def odoo_server(make_server):
    """Return one server with the add-on and without demo data for the whole session."""
    return make_server()


@pytest.fixture(scope="session")
def connect():
    """Return a function that logs a user in to a server by JSON-RPC and returns the client."""

    def login(running, user="admin", password=None):
        client = odoorpc.ODOO("127.0.0.1", port=running.port, timeout=300)
        client.login(running.database, user, password or user)
        return client

    return login


@pytest.fixture
def admin(odoo_server, connect):
    """Return the administrator's client of the session's server."""
    return connect(odoo_server)
