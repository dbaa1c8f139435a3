"""Writes rows by COPY: each as Odoo wrote a row of its kind, apart from what is given."""

from itertools import islice

from psycopg2 import sql
from psycopg2.extras import Json

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def text(value):
    """Return a value in the text format of COPY."""
    if value is None:
        return "\\N"
    if value.__class__ is str:
        return value.translate(ESCAPES)
    if isinstance(value, dict | list):
        return Json(value).dumps(value).translate(ESCAPES)
    return str(value)


class Rows:
    """New rows of one table.

    :param pattern: {column: value} of the row that Odoo wrote; what a new row does not say is as
        there
    :param ids: counter of the table's ids, or None where it has none
    """

    def __init__(self, table, pattern, ids=None):
        self.table, self.pattern = table, pattern
        self.ids = ids
        self.names = self.template = None
        self.lines = []

    def add(self, **values):
        """Remember a row and return its id; every call must give the same columns."""
        if self.ids:
            values["id"] = self.ids.new()
        if self.template is None:
            self.prepare(values)
        self.lines.append(self.template % {name: text(value) for name, value in values.items()})
        return values.get("id")

    def prepare(self, values):
        """Write what is the same in all rows once."""
        self.names = list({**self.pattern, **values})
        self.template = "\t".join(
            f"%({name})s" if name in values else text(self.pattern[name]).replace("%", "%%")
            for name in self.names
        )

    def write(self, cursor):
        """COPY the remembered rows into the table and forget them."""
        if not self.lines:
            return
        names = sql.SQL(", ").join(map(sql.Identifier, self.names))
        query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(self.table), names)
        cursor.copy_expert(query, Source(self.lines))
        self.lines.clear()


class Source:
    """Lines as the file that COPY reads from, without a second copy of them all."""

    def __init__(self, lines):
        self.lines = iter(lines)

    def read(self, _size=-1):
        """Return the next lines, or nothing at the end."""
        part = list(islice(self.lines, 500))
        return "\n".join([*part, ""]) if part else ""


class Ids:
    """Counts the ids of a table on from what is there."""

    def __init__(self, cursor, table):
        cursor.execute(sql.SQL("SELECT COALESCE(max(id), 0) FROM {}").format(sql.Identifier(table)))
        self.table, self.last = table, cursor.fetchone()[0]

    def new(self):
        """Return the next id."""
        self.last += 1
        return self.last

    def write(self, cursor):
        """Let the table count on from here."""
        if self.last:
            cursor.execute("SELECT setval(%s, %s)", [f"{self.table}_id_seq", self.last])
