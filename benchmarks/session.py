"""Odoo inside this process: one transaction, and what it cost."""

import contextlib
import gc
import time

import odoo
from odoo import api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

CONTEXT = {"lang": "en_US", "tz": "Europe/Brussels"}


def configure():
    """Read Odoo's configuration from the environment; log warnings only."""
    config.parse_config(["--log-level=warn", "--max-cron-threads=0"], setup_logging=True)


@contextlib.contextmanager
def session(database, commit=False, **context):
    """Open a transaction of the administrator; it is rolled back unless asked otherwise."""
    registry = Registry(database)
    with registry.cursor() as cursor:
        env = api.Environment(cursor, odoo.SUPERUSER_ID, {**CONTEXT, **context})
        env = env(user=env.ref("base.user_admin"))
        try:
            yield env
            if commit:
                env.flush_all()
                cursor.commit()
        finally:
            cursor.rollback()
            env.transaction.clear()


def release(database):
    """Forget a database and close its connections, so that it can be renamed or copied."""
    Registry.delete(database)
    sql_db.close_db(database)


class Cost:
    """Seconds and SQL queries of a block."""

    def __init__(self, env):
        self.env = env

    def __enter__(self):
        gc.collect()  # what others left is not cleared away on this one's time
        self.queries = -self.env.cr.sql_log_count
        self.seconds = -time.perf_counter()
        return self

    def __exit__(self, *_exception):
        self.seconds += time.perf_counter()
        self.queries += self.env.cr.sql_log_count
