def migrate(cr, version):
    """What was promised before dates were recorded counts as the first promise."""
    cr.execute(
        """
        UPDATE sale_order_line SET sop_first_promised_date = sop_promised_date
         WHERE sop_promised_date IS NOT NULL AND sop_first_promised_date IS NULL
        """
    )
