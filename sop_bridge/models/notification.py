"""What a button answers: a short message on the screen, which is then read anew."""


def notification(message, kind="success", title=None, sticky=False, then="soft_reload"):
    """Client action that shows a message.

    :param kind: 'success', 'info', 'warning' or 'danger'
    :param sticky: whether it stays until somebody closes it
    :param then: tag of the client action that follows, None for none
    """
    params = {"type": kind, "message": message, "sticky": sticky}
    if title:
        params["title"] = title
    if then:
        params["next"] = {"type": "ir.actions.client", "tag": then}
    return {"type": "ir.actions.client", "tag": "display_notification", "params": params}
