import { _t } from "@web/core/l10n/translation";
import { hours, sum } from "../capacity_board/board_data";
import { baseOptions, textColor } from "../segment/curve";

const inHours = (minutes) => Math.round((minutes / 60) * 10) / 10;

/** The colour of an owner's tone, as the style sheet has it. */
function toneColor(index) {
    const page = document.createElement("div");
    page.className = "o_sop_capacity_load d-none";
    const tone = document.createElement("i");
    tone.className = `o_sop_tone_${index}`;
    page.append(tone);
    document.body.append(page);
    const color = getComputedStyle(tone).getPropertyValue("--o-sop-tone").trim();
    page.remove();
    return color;
}

/** Bars of one owner; nothing for one without minutes. */
function bars(content, row, index) {
    const data = row.cells.map((cell) => inHours(cell.booked[index]));
    const { name, color } = content.owners[index];
    return { type: "bar", label: name, data, backgroundColor: toneColor(color), stack: "load" };
}

/** Stacked bars by tier, what is reserved on top in outline, and the capacity as a line. */
export function loadConfig({ content }, row, onColumn) {
    const used = content.owners.map((_owner, n) => n).filter((n) => row.total.booked[n]);
    const reserved = row.cells.map((cell) => inHours(sum(cell.reserved)));
    const line = textColor();
    const datasets = used.map((n) => bars(content, row, n));
    if (sum(reserved)) {
        datasets.push({
            type: "bar",
            label: _t("Reserved by slots"),
            data: reserved,
            backgroundColor: "transparent",
            borderColor: line,
            borderWidth: 1,
            stack: "load",
        });
    }
    datasets.push({
        type: "line",
        label: _t("Capacity"),
        data: row.cells.map((cell) => inHours(cell.calendar)),
        borderColor: line,
        borderWidth: 2,
        stepped: "middle",
        pointRadius: 0,
        order: -1,
    });
    return {
        type: "bar",
        data: { labels: content.columns.map(({ label, sub }) => [label, sub]), datasets },
        options: baseOptions({
            x: { stacked: true, grid: { display: false } },
            y: {
                stacked: true,
                beginAtZero: true,
                grace: "5%",
                title: { display: true, text: _t("Hours"), color: line },
            },
            interaction: { mode: "index", intersect: false },
            plugins: {
                legend: { position: "bottom", labels: { color: line } },
                tooltip: {
                    callbacks: {
                        title: ([item]) => content.columns[item.dataIndex].title,
                        label: ({ dataset, raw }) => `${dataset.label}: ${hours(raw * 60)} h`,
                    },
                },
            },
            onClick: (_event, elements) =>
                elements.length && onColumn(content.columns[elements[0].index]),
        }),
    };
}
