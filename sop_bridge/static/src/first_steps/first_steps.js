import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const STEP_STATES = {
    done: { icon: "fa-check-circle text-success", label: _t("Done") },
    next: { icon: "fa-arrow-circle-right text-primary", label: _t("Next") },
    open: { icon: "fa-circle-o text-muted", label: _t("Open") },
};

/** Landing page of the app: what waits for me, what is set up, and what is next. */
export class FirstSteps extends Component {
    static template = "sop_bridge.FirstSteps";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ company: "", steps: [], today: [] });
        onWillStart(async () => {
            Object.assign(this.state, await this.orm.call("sop.first.steps", "get_content", []));
        });
    }

    look(step) {
        return STEP_STATES[step.state];
    }

    get done() {
        return this.state.steps.filter((step) => step.state === "done").length;
    }

    get progress() {
        return _t("%(done)s of %(all)s done", {
            done: this.done,
            all: this.state.steps.length,
        });
    }

    get percent() {
        return Math.round((100 * this.done) / (this.state.steps.length || 1));
    }

    open(action) {
        return this.action.doAction(action);
    }
}

registry.category("actions").add("sop_bridge.first_steps", FirstSteps);
