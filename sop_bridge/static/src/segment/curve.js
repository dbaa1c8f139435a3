import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor, hexToRGBA } from "@web/core/colors/colors";

const scheme = () => cookie.get("color_scheme");
export const gridColor = () => getCustomColor(scheme(), "#d8dadd", "#3C3E4B");
export const textColor = () => getCustomColor(scheme(), "#111827", "#E4E4E4");
export const mainColor = () => getColor(0, scheme(), "odoo");
export const faint = (color) => hexToRGBA(color, 0.15);

/** The colour of a tier's badge as the style sheet has it, dark enough for a thin line. */
export function tierColor(index) {
    const badge = document.createElement("span");
    badge.className = `badge d-none o_badge_color_${index || 0}`;
    document.body.append(badge);
    const { backgroundColor, color } = getComputedStyle(badge);
    const [back, front] = [backgroundColor, color].map((text) => text.match(/[\d.]+/g).map(Number));
    badge.remove();
    return `rgb(${[0, 1, 2].map((part) => Math.round(0.7 * back[part] + 0.3 * front[part]))})`;
}

/** A Chart.js chart; its configuration comes from a function, because it depends on the page. */
export class Curve extends Component {
    static template = "sop_bridge.Curve";
    static props = { config: Object, label: String, height: { type: Number, optional: true } };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (config) => {
                this.chart?.destroy();
                this.chart = new Chart(this.canvas.el, config);
            },
            () => [this.props.config]
        );
        onWillUnmount(() => this.chart?.destroy());
    }
}

/** Axes and frame that all curves share. */
export function baseOptions({ x = {}, y = {}, ...options }) {
    const axis = { grid: { color: gridColor() }, ticks: { color: textColor() } };
    return {
        maintainAspectRatio: false,
        animation: false,
        interaction: { mode: "nearest", axis: "x", intersect: false },
        scales: {
            x: { ...axis, ...x, ticks: { ...axis.ticks, maxRotation: 0, ...x.ticks } },
            y: { ...axis, ...y, ticks: { ...axis.ticks, ...y.ticks } },
        },
        ...options,
    };
}

/** Cumulative share of the contribution over the customers, best first. */
export function whaleConfig({ points, me = null, placeLabel, tooltip, onClick = undefined }) {
    const color = mainColor();
    const datasets = [
        {
            data: points,
            borderColor: color,
            backgroundColor: faint(color),
            borderWidth: 2,
            fill: "origin",
            pointRadius: points.length > 60 ? 0 : 2,
            pointHoverRadius: 6,
            // the outermost points are whole
            clip: 8,
            order: 2,
        },
    ];
    if (me) {
        datasets.push({
            data: [me],
            borderColor: textColor(),
            backgroundColor: getColor(1, scheme(), "odoo"),
            pointRadius: 7,
            pointHoverRadius: 8,
            showLine: false,
            order: 1,
        });
    }
    return {
        type: "line",
        data: { datasets },
        options: baseOptions({
            x: {
                type: "linear",
                min: 0,
                max: points.at(-1)?.x,
                title: { display: true, text: placeLabel, color: textColor() },
                ticks: { precision: 0 },
            },
            y: { beginAtZero: true, ticks: { callback: (value) => `${value} %` } },
            plugins: { legend: { display: false }, tooltip },
            onClick,
        }),
    };
}
