import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { baseOptions, Curve, faint, mainColor, textColor, tierColor, whaleConfig } from "./curve";

const MODEL = "sop.segment";

/** The tab "Segment" of a customer: where it stands, why, and what would lift it. */
export class SegmentWidget extends Component {
    static template = "sop_bridge.SegmentWidget";
    static components = { Curve };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ content: null, failed: false });
        this.curves = {};
        useRecordObserver((record) => this.load(record.resId, record.data.write_date));
    }

    async load(partnerId) {
        if (!partnerId) {
            this.state.content = null;
            return;
        }
        const content = await this.orm.silent.call(MODEL, "get_customer", [partnerId]);
        if (this.props.record.resId !== partnerId) {
            return;
        }
        if (content.state === "scored") {
            this.curves = { history: this.history(content), whale: this.whale(content) };
        }
        this.state.content = content;
    }

    get content() {
        return this.state.content;
    }

    get scored() {
        return this.content.state === "scored";
    }

    get reachText() {
        const { next, border_text: border } = this.content.score;
        return _t("The line is at %(border)s, where %(tier)s begins.", { border, tier: next.name });
    }

    barClass(measure) {
        return measure.below ? "bg-warning" : "bg-success";
    }

    barTitle(measure) {
        return _t("%(measure)s: %(figure)s, %(points)s of 100 points", {
            measure: measure.label,
            figure: measure.figure,
            points: measure.text,
        });
    }

    // ------------------------------------------------------------------ curves
    history({ history }) {
        const color = mainColor();
        const few = history.days.length < 2;
        const borders = history.borders.map((border) => ({
            label: _t("from here: %s", border.name),
            data: border.scores,
            borderColor: tierColor(border.color),
            borderDash: [6, 4],
            borderWidth: 2,
            pointRadius: few ? 4 : 0,
            pointStyle: "line",
            stepped: true,
        }));
        return {
            type: "line",
            data: {
                labels: history.days,
                datasets: [
                    {
                        label: _t("Score"),
                        data: history.scores,
                        borderColor: color,
                        backgroundColor: faint(color),
                        borderWidth: 3,
                        pointRadius: 4,
                        tension: 0,
                    },
                    ...borders,
                ],
            },
            options: baseOptions({
                y: { min: 0, max: 100 },
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: { color: textColor(), boxWidth: 24, boxHeight: 2 },
                    },
                    tooltip: {
                        callbacks: {
                            label: (item) => `${item.dataset.label}: ${item.parsed.y.toFixed(1)}`,
                            footer: (items) =>
                                items.length ? history.tiers[items[0].dataIndex] : "",
                        },
                    },
                },
            }),
        };
    }

    whale({ whale, partner }) {
        if (!whale.defined) {
            return null;
        }
        return whaleConfig({
            points: whale.points,
            me: whale.me,
            placeLabel: _t("Customers, best first"),
            tooltip: {
                filter: (item) => item.datasetIndex === 1,
                callbacks: {
                    title: () => partner.name,
                    label: (item) => `${item.parsed.y.toFixed(1)} %`,
                },
            },
        });
    }

    // ------------------------------------------------------------------ actions
    async ask() {
        await this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Ask for another tier"),
                res_model: "sop.tier.override",
                views: [[false, "form"]],
                target: "current",
                context: { default_partner_id: this.content.partner.id },
            }
        );
    }

    async openOverride() {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sop.tier.override",
            res_id: this.content.override.id,
            views: [[false, "form"]],
            target: "current",
        });
    }
}

registry.category("view_widgets").add("sop_segment", { component: SegmentWidget });
