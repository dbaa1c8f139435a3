import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Bars of the customers, the revenue and the contribution of each tier, now and then. */
export class PreviewChartField extends Component {
    static template = "sop_bridge.PreviewChartField";
    static props = { ...standardFieldProps };

    get tiers() {
        return this.props.record.data[this.props.name] || [];
    }

    get columns() {
        const most = Math.max(1, ...this.tiers.flatMap((tier) => [tier.now, tier.then]));
        return [
            {
                key: "customers",
                label: _t("Customers"),
                bars: (tier) => [
                    this.bar(_t("now"), tier.now, tier.now / most),
                    this.bar(_t("then"), tier.then, tier.then / most),
                ],
            },
            { key: "revenue", label: _t("Share of revenue"), bars: this.shares("revenue") },
            {
                key: "contribution",
                label: _t("Share of contribution"),
                bars: this.shares("contribution"),
            },
        ];
    }

    shares(name) {
        return (tier) => [
            this.share(_t("now"), tier[`${name}_now`]),
            this.share(_t("then"), tier[`${name}_then`]),
        ];
    }

    share(when, value) {
        const text = value === null ? _t("n/a") : `${Math.round(100 * value)} %`;
        return this.bar(when, text, value || 0);
    }

    bar(when, text, part) {
        return { when, text, width: Math.round(100 * Math.min(1, Math.max(0, part))) };
    }
}

registry.category("fields").add("sop_preview_chart", {
    component: PreviewChartField,
    displayName: _t("Preview of tiers"),
    supportedTypes: ["json"],
});
