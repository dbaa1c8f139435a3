import { Component, onWillUnmount, useEffect } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const EVERY = 2000;
const GOING_ON = ["waiting", "applying"];

/** How far a scoring run is; it asks again by itself until the run is done. */
export class ScoreProgressField extends Component {
    static template = "sop_bridge.ScoreProgressField";
    static props = { ...standardFieldProps };

    setup() {
        this.timer = null;
        useEffect(
            () => this.plan(),
            () => [this.run.state, this.run.applied, this.run.total]
        );
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get run() {
        return this.props.record.data;
    }

    get isGoingOn() {
        return GOING_ON.includes(this.run.state);
    }

    get percent() {
        if (this.run.state === "done") {
            return 100;
        }
        return this.run.total ? Math.floor((100 * this.run.applied) / this.run.total) : 0;
    }

    get label() {
        const numbers = { applied: this.run.applied, total: this.run.total };
        switch (this.run.state) {
            case "waiting":
                return _t("Waits for the scheduled job, or is being computed by it…");
            case "applying":
                return _t("%(applied)s of %(total)s customers have their tier", numbers);
            case "done":
                return _t("%(total)s customers scored", numbers);
            default:
                return _t("Stopped");
        }
    }

    get barClass() {
        if (this.run.state === "failed") {
            return "bg-danger";
        }
        return this.isGoingOn ? "progress-bar-striped progress-bar-animated" : "bg-success";
    }

    plan() {
        browser.clearTimeout(this.timer);
        if (this.isGoingOn) {
            this.timer = browser.setTimeout(() => this.refresh(), EVERY);
        }
    }

    async refresh() {
        try {
            await this.props.record.load();
        } finally {
            this.plan();
        }
    }
}

registry.category("fields").add("sop_score_progress", {
    component: ScoreProgressField,
    displayName: _t("Progress of a scoring run"),
    supportedTypes: ["selection"],
    fieldDependencies: [
        { name: "applied", type: "integer" },
        { name: "total", type: "integer" },
    ],
});
