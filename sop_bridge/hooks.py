"""Steps around installing and uninstalling."""

# Stored fields that are empty on every existing record. Odoo would compute them one by one while
# it installs; a column that already exists is left alone.
EMPTY_COLUMNS = {
    "sale_order": {"sop_tier_id": "int4", "sop_requested_date": "date"},
    "mrp_production": {"sop_tier_id": "int4", "sop_slot_id": "int4"},
    "mrp_workorder": {"sop_tier_id": "int4", "sop_slot_id": "int4"},
    "stock_picking": {"sop_tier_id": "int4"},
    "crm_lead": {"sop_tier_id": "int4"},
}


def pre_init_hook(env):
    """Create the columns of fields that have no value yet, without a row being touched."""
    for table, columns in EMPTY_COLUMNS.items():
        for column, kind in columns.items():
            env.cr.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} {kind}")
    env.cr.execute(
        "UPDATE sale_order SET sop_requested_date = commitment_date::date"
        " WHERE commitment_date IS NOT NULL AND state IN ('draft', 'sent')"
    )


def uninstall_hook(env):
    """Give the time of all slots back to Odoo's planner, and let go of the approvers' groups.

    Decisions refuse to be deleted, and a group that they name would stay; their table goes anyway.
    """
    env.cr.execute("DELETE FROM sop_approval")
    blocked = env["sop.slot"].search([("leave_id", "!=", False)])
    blocked.leave_id._sop_remove()
