import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Curve, whaleConfig } from "./curve";

const MODEL = "sop.segment.analysis";

/** Shares of the tiers, whale curve, and moves between two scorings. */
export class Segments extends Component {
    static template = "sop_bridge.Segments";
    static components = { Layout, Curve };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ content: null, writing: false });
        this.curve = null;
        onWillStart(() => this.load(false, false));
    }

    async load(runId, beforeId) {
        const content = await this.orm.call(MODEL, "get_content", [runId, beforeId]);
        this.curve = content.run && content.whale.defined ? this.whale(content.whale) : null;
        this.state.content = content;
    }

    get content() {
        return this.state.content;
    }

    get migration() {
        return this.content.migration;
    }

    get columnTitles() {
        return [
            { key: "customers", label: _t("Customers") },
            { key: "sales", label: _t("Net sales") },
            { key: "contribution", label: _t("Contribution") },
        ];
    }

    /** Scorings before the one that is shown; the list begins with the latest. */
    get others() {
        const { runs, run } = this.content;
        return runs.slice(runs.findIndex((each) => each.id === run) + 1);
    }

    column(tier, key) {
        return tier.columns.find((column) => column.key === key);
    }

    width(share) {
        return Math.min(100, Math.max(0, share || 0));
    }

    // ------------------------------------------------------------------ whale curve
    whale({ points }) {
        return whaleConfig({
            points: [{ x: 0, y: 0, name: "" }, ...points],
            placeLabel: _t("Customers, best first"),
            tooltip: {
                callbacks: {
                    title: (items) => items[0]?.raw.name || "",
                    label: ({ parsed }) =>
                        _t("place %(place)s: %(share)s %% of the contribution up to here", {
                            place: parsed.x,
                            share: parsed.y.toFixed(1),
                        }).replace("%%", "%"),
                },
            },
            onClick: (event, elements) => {
                const place = elements.length && elements[0].element.$context.raw.x;
                return place && this.open("open_best", [this.content.run, place]);
            },
        });
    }

    // ------------------------------------------------------------------ migration
    /** How dark a cell is: its part of the customers who were in the tier before. */
    cellStyle(row, column) {
        const total = this.migration.totals[row];
        const part = total ? this.migration.cells[row][column] / total : 0;
        return `--o-sop-part: ${Math.round(60 * part)}%`;
    }

    cellClass(row, column) {
        const source = this.migration.rows[row];
        const target = this.migration.columns[column];
        if (source.id === target.id) {
            return "o_sop_cell_same";
        }
        if (!source.id || !target.id) {
            return "o_sop_cell_other";
        }
        return target.rank < source.rank ? "o_sop_cell_up" : "o_sop_cell_down";
    }

    cellTitle(row, column) {
        return _t("%(count)s customers: %(before)s → %(after)s", {
            count: this.migration.cells[row][column],
            before: this.migration.rows[row].name,
            after: this.migration.columns[column].name,
        });
    }

    // ------------------------------------------------------------------ actions
    async open(method, args) {
        await this.action.doAction(await this.orm.call(MODEL, method, args));
    }

    openTier(tier) {
        return this.open("open_tier", [this.content.run, tier.id]);
    }

    openCell(row, column) {
        const { run, before } = this.content;
        const { rows, columns } = this.migration;
        return this.open("open_moves", [run, before, rows[row].id, columns[column].id]);
    }

    openScorecards() {
        return this.action.doAction("sop_bridge.action_sop_scorecard");
    }

    openFamilies() {
        return this.action.doAction("sop_bridge.action_sop_family_sales");
    }

    chooseRun(ev) {
        return this.load(Number(ev.target.value), this.content.before);
    }

    chooseBefore(ev) {
        return this.load(this.content.run, Number(ev.target.value));
    }

    async export() {
        const { run, before } = this.content;
        const url = `/sop_bridge/segments/${run}${before ? `/${before}` : ""}`;
        this.state.writing = true;
        try {
            await download({ url, data: {} });
        } finally {
            this.state.writing = false;
        }
    }
}

registry.category("actions").add("sop_bridge.segments", Segments);
