"""Scorings that are killed, started twice, and whose customers change meanwhile."""

import contextlib
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import crowd
import odoorpc
import pytest

from benchmarks.session import release, session

# in the second of three batches of customers who move, and in the third one
HELD, LATE, MERGED, KEPT = (f"Customer {number:06}" for number in (3601, 5401, 5402, 5404))
CRONS = ("--max-cron-threads=1",)


@pytest.fixture(scope="module")
def before(make_database):
    """Return a database with a crowd that was never scored."""
    name = make_database()
    crowd.fill(name)
    return name


@pytest.fixture(scope="module")
def undisturbed(make_database, before):
    """Return the state after one scoring that nobody disturbs."""
    name = make_database(before)
    score(name)
    return crowd.state(name)


def score(database):
    """Score all customers as the scheduled job does, in this process."""
    with session(database, commit=True) as env:
        runs = env["sop.score.run"].sudo()
        runs._open(env["sop.scorecard"].search([("state", "=", "active")]))
        env.cr.commit()
        runs._cron_continue()
    release(database)


def press(client):
    """Press "Score now"; return the id of the run that it opens."""
    cards = client.env["sop.scorecard"].search([("state", "=", "active")])
    return client.execute("sop.scorecard", "action_score_now", cards)["res_id"]


def done(database):
    return crowd.run_state(database)[0] == "done"


def test_the_crowd_moves(undisturbed):
    """What the others are compared with is worth comparing."""
    assert len(undisturbed["scores"]) >= crowd.SIZE
    assert len(undisturbed["notes"]) == crowd.SIZE * 5 // 6
    assert len(undisturbed["notices"]) == len(crowd.SELLERS)
    ((state, total, applied, last, message),) = undisturbed["runs"]
    assert (state, applied, last, message) == ("done", total, True, None)


def test_killed_and_started_again(make_database, make_server, connect, before, undisturbed):
    database = make_database(before)
    running = make_server(database, workers=0, arguments=CRONS)
    held = crowd.hold(database, HELD)
    press(connect(running, "sales.boss"))
    crowd.wait_until(lambda: crowd.somebody_waits(database))
    kill(running)
    held.close()
    crowd.wait_until(lambda: crowd.nobody_left(database))
    state, applied, total = crowd.run_state(database)
    assert state == "applying"
    assert 0 < applied < total, "killed in the middle"

    again = make_server(database, workers=0, arguments=CRONS)
    boss = connect(again, "sales.boss")
    run = press(boss)
    crowd.wait_until(lambda: done(database))
    assert crowd.state(database) == undisturbed

    assert press(boss) == run, "once more, and nothing changes"
    boss.execute("sop.score.run", "action_start", [run])
    job(connect(again), "cron_score")
    assert crowd.state(database) == undisturbed
    kill(again)


def kill(running):
    """End a server with its workers at once, without a chance to tidy up."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)


def job(admin, name):
    """Run a scheduled job at once, in the process that answers."""
    domain = [("module", "=", "sop_bridge"), ("name", "=", name)]
    (found,) = admin.env["ir.model.data"].search_read(domain, ["res_id"])
    return admin.execute("ir.cron", "method_direct_trigger", [found["res_id"]])


# ---------------------------------------------------------------------- two at once
@pytest.fixture(scope="module")
def crossed(make_database, make_server, connect, before):
    """Two people and a job start a scoring, and customers change; return what happened."""
    database = make_database(before)
    running = make_server(database, workers=2, arguments=CRONS)
    admin, *bosses = (connect(running, name) for name in ("admin", "sales.boss", "sales.boss"))
    held = crowd.hold(database, HELD)
    with ThreadPoolExecutor(2) as pool:
        found = {"answers": list(pool.map(pressed, bosses))}
    crowd.wait_until(lambda: crowd.somebody_waits(database))
    found["halfway"] = crowd.run_state(database)
    found["again"] = press(bosses[0])
    job(admin, "cron_score")
    found["after the second"] = crowd.run_state(database)
    change(admin)
    held.close()
    crowd.wait_until(lambda: done(database))
    found["state"] = crowd.state(database)
    kill(running)
    return found


def pressed(client):
    """Press "Score now"; return the run, or the message that is shown instead."""
    try:
        return press(client)
    except odoorpc.error.RPCError as error:
        return str(error)


def change(admin):
    """Archive one customer and merge another one, neither of whom has the new tier yet."""
    ids = {
        row["name"]: row["id"]
        for row in admin.env["res.partner"].search_read(
            [("name", "in", [LATE, MERGED, KEPT])], ["name"]
        )
    }
    admin.env["res.partner"].write([ids[LATE]], {"active": False})
    wizard = admin.env["base.partner.merge.automatic.wizard"].create(
        {"partner_ids": [(6, 0, [ids[MERGED], ids[KEPT]])], "dst_partner_id": ids[KEPT]}
    )
    admin.execute("base.partner.merge.automatic.wizard", "action_merge", [wizard])


def without(rows, *names):
    """Rows that are not about some customers."""
    return [row for row in rows if row[0] not in names]


def about(rows, name):
    """Rows about a customer."""
    return [row for row in rows if row[0] == name]


def test_two_press_at_the_same_moment(crossed):
    """One run; who was a moment too late reads where to find it."""
    for answer in crossed["answers"]:
        assert answer == crossed["again"] or "on this day already" in answer
    assert crossed["again"] in crossed["answers"]


def test_the_second_one_steps_aside(crossed):
    state, applied, total = crossed["halfway"]
    assert state == "applying"
    assert 0 < applied < total
    assert crossed["after the second"] == crossed["halfway"]


def test_the_result_is_single_and_right(crossed, undisturbed):
    changed = (LATE, MERGED, KEPT)
    for name in ("tiers", "scores", "notes"):
        rows = without(crossed["state"][name], *changed)
        assert rows == without(undisturbed[name], *changed), name
    assert crossed["state"]["quotations"] == undisturbed["quotations"]
    told = [row[:1] for row in crossed["state"]["notices"]]
    assert told == [row[:1] for row in undisturbed["notices"]]
    assert len(crossed["state"]["runs"]) == 1


def test_archived_meanwhile_keeps_the_tier(crossed, before):
    (old,) = about(crowd.state(before)["tiers"], LATE)
    assert about(crossed["state"]["tiers"], LATE) == [old]
    assert not about(crossed["state"]["notes"], LATE)


def test_merged_meanwhile_is_one_customer(crossed, undisturbed):
    state = crossed["state"]
    assert not about(state["tiers"], MERGED)
    assert not about(state["scores"], MERGED)
    for name in ("tiers", "scores", "notes"):
        assert about(state[name], KEPT) == about(undisturbed[name], KEPT), name


# ---------------------------------------------------------------------- while it computes
def test_customer_who_goes_while_scores_are_computed(make_database, before, undisturbed):
    """The scores of the others are computed anew; nothing is left of a customer who is gone."""
    database = make_database(before)
    going = crowd.remove(database, LATE)
    with ThreadPoolExecutor(1) as pool:
        scoring = pool.submit(score, database)
        crowd.wait_until(lambda: crowd.somebody_waits(database) or scoring.done())
        assert not scoring.done(), "it stores the score of a customer who is just being deleted"
        going.commit()
        going.close()
        scoring.result()
    state, _applied, total = crowd.run_state(database)
    assert (state, total) == ("done", len(undisturbed["scores"]) - 1)
    state = crowd.state(database)
    assert state["tiers"] == without(undisturbed["tiers"], LATE)
    assert len(state["notes"]) == len(undisturbed["notes"]) - 1
