import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

const MODEL = "sop.score.run";
const PROGRESS = ".o_form_view .o_sop_score_progress";

/** Let the scoring go on behind the form's back, as the scheduled job does. */
async function goOn() {
    const call = (method, args, kwargs = {}) =>
        rpc(`/web/dataset/call_kw/${MODEL}/${method}`, { model: MODEL, method, args, kwargs });
    const ids = await call("search", [[]], { order: "id desc", limit: 1 });
    await call("action_start", [ids]);
}

const start = {
    content: "Score all customers",
    trigger: ".o_form_view button[name=action_score_now]",
    run: "click",
};

registry.category("web_tour.tours").add("sop_bridge_score_now", {
    steps: () => [
        start,
        {
            content: "The run is there and waits for the job",
            trigger: `${PROGRESS}[data-state=waiting]:has(.progress-bar-animated):contains(Waits for the scheduled job)`,
            run: goOn,
        },
        {
            content: "Scores are computed; the page says by itself how far their tiers are",
            trigger: `${PROGRESS}[data-state=applying]:contains(2 of 5 customers have their tier) [aria-valuenow="40"]`,
            run: goOn,
        },
        {
            content: "One more",
            trigger: `${PROGRESS}[data-state=applying]:contains(3 of 5 customers have their tier) [aria-valuenow="60"]`,
            run: goOn,
        },
        {
            content: "Done",
            trigger: `${PROGRESS}[data-state=done]:has(.progress-bar.bg-success):contains(5 customers scored) [aria-valuenow="100"]`,
        },
        {
            content: "Nothing to continue any more",
            trigger: ".o_form_view:not(:has(button[name=action_start])) button[name=action_moved]:contains(3)",
        },
        {
            content: "The result",
            trigger: ".o_form_view button[name=action_scores]",
            run: "click",
        },
        {
            content: "Score and tier of a customer",
            trigger: ".o_list_view .o_data_row:contains(Azur Marine):contains(Silver) td[name=score]:contains(61)",
        },
    ],
});

registry.category("web_tour.tours").add("sop_bridge_score_now_fails", {
    steps: () => [
        start,
        {
            content: "It waits",
            trigger: `${PROGRESS}[data-state=waiting]`,
            run: goOn,
        },
        {
            content: "The page says by itself that it stopped, and why",
            trigger: `.o_form_view:has(.alert-danger:contains(growth of customer 12 is nan)) .o_sop_score_progress[data-state=failed]:contains(Stopped)`,
        },
        {
            content: "Try again",
            trigger: ".o_form_view button[name=action_start]:contains(Try again)",
            run: "click",
        },
        {
            content: "It waits again",
            trigger: `${PROGRESS}[data-state=waiting]`,
        },
    ],
});
