def migrate(cr, version):
    """Names of slots are in the reader's language since this version, so none is stored."""
    cr.execute("ALTER TABLE sop_slot DROP COLUMN IF EXISTS name")
