import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { baseOptions, Curve, textColor, tierColor } from "../segment/curve";

const hours = (value) => formatFloat(value, { digits: [16, 1] });

/** The hours of a period by tier, and how probable it is that better tiers ask for more. */
export class ProtectionPictureField extends Component {
    static template = "sop_bridge.ProtectionPictureField";
    static components = { Curve };
    static props = { ...standardFieldProps };

    get picture() {
        return this.props.record.data[this.props.name];
    }

    get bars() {
        const { bars, capacity } = this.picture;
        return bars
            .filter((bar) => bar.hours > 0)
            .map((bar) => ({
                ...bar,
                width: capacity ? (100 * bar.hours) / capacity : 0,
                back: bar.rest ? "transparent" : tierColor(bar.color),
                text: bar.rest ? _t("open to all") : bar.name,
                title: bar.rest
                    ? _t("%(hours)s hours are open to everyone, %(name)s included", {
                          hours: bar.label,
                          name: bar.name,
                      })
                    : _t("%(hours)s hours kept for %(name)s", { hours: bar.label, name: bar.name }),
            }));
    }

    get capacity() {
        return hours(this.picture.capacity);
    }

    get label() {
        return _t("Probability that tiers ask for more than so many hours");
    }

    get config() {
        const { curves, capacity } = this.picture;
        return {
            type: "line",
            data: { datasets: curves.flatMap((curve) => this.datasets(curve)) },
            options: baseOptions({
                x: {
                    type: "linear",
                    min: 0,
                    max: Math.max(capacity, ...curves.map((curve) => curve.points.at(-1).x)),
                    title: { display: true, text: _t("Hours"), color: textColor() },
                },
                y: { min: 0, max: 100, ticks: { callback: (value) => `${value} %` } },
                plugins: {
                    legend: {
                        labels: {
                            color: textColor(),
                            filter: (item) => !item.text.startsWith(" "),
                        },
                    },
                    tooltip: {
                        callbacks: {
                            title: ([item]) => _t("%s hours", hours(item.parsed.x)),
                            label: (item) => `${item.dataset.label}: ${hours(item.parsed.y)} %`,
                        },
                    },
                },
            }),
        };
    }

    /** The curve of some tiers, and the place on it at which the next tier earns as much. */
    datasets(curve) {
        const color = tierColor(curve.color);
        const line = { borderColor: color, backgroundColor: color, borderWidth: 2 };
        return [
            {
                ...line,
                label: _t("%s: probability of asking for more", curve.name),
                data: curve.points,
                pointRadius: 0,
            },
            {
                ...line,
                label: ` ${_t("%(hours)s hours kept from %(worse)s", {
                    hours: curve.label,
                    worse: curve.worse,
                })}`,
                data: [
                    { x: 0, y: curve.chance },
                    { x: curve.level, y: curve.chance },
                    { x: curve.level, y: 0 },
                ],
                borderDash: [4, 4],
                borderWidth: 1,
                pointRadius: [0, 6, 0],
            },
        ];
    }
}

registry.category("fields").add("sop_protection_picture", {
    component: ProtectionPictureField,
    displayName: _t("Picture of a protection advice"),
    supportedTypes: ["json"],
});
