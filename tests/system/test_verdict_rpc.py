"""Acceptance rules as remote callers meet them: what a rule refuses is not taken past it."""

from datetime import date, timedelta

import odoorpc
import pytest
from rpc_plant import RpcPlant

LIES = [
    {"sop_gate_passed": True, "sop_waived": True},
    {"default_sop_waived": {"rules": [1]}, "default_state": "sale"},
    {"sop_approval_passed": True, "install_mode": True, "bypass": True},
]


class Ruled:
    """Goods of which there is plenty in stock, and a rule that refuses orders below a million."""

    def __init__(self, server, connect):
        self.plant = RpcPlant(connect(server))
        self.env = self.plant.env
        self.product = self.plant.product("Ruled part", [(self.plant.workcenter("Saw"), 1)])
        self.plant.fill([self.product])
        self.partner = self.plant.customer()
        self.seller_id = self.plant.user("ruled")
        self.plant.user("boss", ["sop_bridge.group_sop_sales_approver"])
        self.plant.user("chief", ["sop_bridge.group_sop_production_approver"])
        self.seller = connect(server, "ruled")
        self.boss, self.chief = connect(server, "boss"), connect(server, "chief")
        self.plant.set_gate("hold")
        self.rule = self._rule()

    def _rule(self):
        limit = {"measure": "order_value", "operator": "<", "threshold": 1_000_000}
        rule = self.env["sop.acceptance.rule"].create(
            {"name": "Least order", "result": "refuse", "condition_ids": [(0, 0, limit)]}
        )
        self.env["sop.acceptance.rule"].action_ask_approval([rule])
        for client in (self.boss, self.chief):
            client.execute("sop.acceptance.rule", "action_approve", [rule])
        return rule

    def quotation(self):
        """Return (order, its line) of a quotation that the rule refuses."""
        wanted = str(date.today() + timedelta(days=30))
        order = self.plant.quotation(
            self.partner,
            [(self.product, 1)],
            user_id=self.seller_id,
            sop_requested_date=wanted,
        )
        return order, self.env["sale.order"].read([order], ["order_line"])[0]["order_line"][0]

    def state(self, order):
        """Return the state of an order and the number of its exceptions."""
        row = self.env["sale.order"].read([order], ["state", "sop_exception_count"])[0]
        return row["state"], row["sop_exception_count"]


@pytest.fixture(scope="module")
def ruled(make_server, connect):
    """Return a plant with a rule behind a running server."""
    return Ruled(make_server(), connect)


def refuse(client, model, method, *arguments, **keywords):
    """Assert that a call is refused by an error of ours, and return its message."""
    with pytest.raises(odoorpc.error.RPCError) as caught:
        client.execute_kw(model, method, list(arguments), keywords)
    name = (caught.value.info or {}).get("data", {}).get("name") or str(caught.value)
    assert name.endswith(("AccessError", "UserError", "AttributeError")), name
    return str(caught.value)


@pytest.mark.parametrize("context", [{}, *LIES])
def test_refused_quotation_is_not_confirmed_and_says_why(ruled, context):
    order, _line = ruled.quotation()
    answer = ruled.seller.execute_kw(
        "sale.order", "action_confirm", [[order]], {"context": context}
    )
    assert "Least order" in answer["params"]["message"]
    assert ruled.state(order) == ("draft", 0)


@pytest.mark.parametrize("context", [{}, *LIES])
def test_waiver_is_not_written(ruled, context):
    order, line = ruled.quotation()
    lie = {"rules": [ruled.rule], "asked": "x"}
    for client in (ruled.seller, ruled.boss):
        refuse(client, "sale.order.line", "write", [line], {"sop_waived": lie}, context=context)
        values = {"order_line": [(1, line, {"sop_waived": lie})]}
        refuse(client, "sale.order", "write", [order], values, context=context)
    assert ruled.state(order) == ("draft", 0)


@pytest.mark.parametrize("method", ["_sop_waive", "_sop_store", "_sop_judge"])
def test_inner_methods_are_not_called(ruled, method):
    _order, line = ruled.quotation()
    refuse(ruled.boss, "sale.order.line", method, [line], [ruled.rule])


def test_only_who_may_takes_a_refusal_to_an_exception(ruled):
    order, _line = ruled.quotation()
    message = refuse(ruled.seller, "sale.order", "action_sop_ask_exception", [order])
    assert "Only an approver" in message
    assert ruled.state(order) == ("draft", 0)
    ruled.chief.execute("sale.order", "action_sop_ask_exception", [order])
    assert ruled.state(order) == ("draft", 1)


def test_use_of_rules_is_not_rewritten(ruled):
    order, _line = ruled.quotation()
    ruled.seller.execute("sale.order", "action_confirm", [order])
    rows = ruled.env["sop.acceptance.log"].search([("order_id", "=", order)])
    assert len(rows) == 1
    for client in (ruled.boss, ruled.plant.client):
        refuse(client, "sop.acceptance.log", "write", rows, {"fired": False})
        refuse(client, "sop.acceptance.log", "create", [{"rule_id": ruled.rule}])
        refuse(client, "sop.acceptance.log", "unlink", rows, context={"_force_unlink": True})
