def migrate(cr, version):
    """Slots of before never opened to others: they stay so until somebody gives them a fence."""
    cr.execute("UPDATE sop_slot SET fence = 'never', next_at = NULL, all_at = NULL")
