import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

// A label of a day needs so many per cent of the width, on a screen and on a phone.
const ROOM = { wide: 9, small: 24 };

/** The campaigns of a work centre over its working time, as they run now and as proposed. */
export class CampaignPictureField extends Component {
    static template = "sop_bridge.CampaignPictureField";
    static props = { ...standardFieldProps };

    get picture() {
        return this.props.record.data[this.props.name];
    }

    percent(minutes) {
        return (100 * minutes) / (this.picture.length || 1);
    }

    /** Days of work; labels only where there is room for them. */
    get days() {
        const room = this.env.isSmall ? ROOM.small : ROOM.wide;
        let last = -room;
        return this.picture.days.map((day) => {
            const left = this.percent(day.at);
            const said = left - last >= room && left <= 100 - room / 2;
            last = said ? left : last;
            return { ...day, left, label: said ? day.label : "" };
        });
    }

    style(block) {
        const width = Math.max(0.15, this.percent(block.to - block.from));
        return `left: ${this.percent(block.from)}%; width: ${width}%`;
    }

    look(block) {
        return block.change ? "o_sop_campaign_change" : `o_sop_campaign_color_${block.color % 12}`;
    }

    title(block) {
        const minutes = Math.round(block.change);
        if (block.change) {
            return _t("Changeover to %(family)s: %(minutes)s minutes", {
                family: block.name,
                minutes,
            });
        }
        return block.jobs === 1
            ? _t("%(family)s: 1 work order", { family: block.name })
            : _t("%(family)s: %(jobs)s work orders", { family: block.name, jobs: block.jobs });
    }

    /** What a row shows, for those who hear it. */
    description(row) {
        const runs = row.blocks.filter((block) => !block.change);
        return `${row.label}: ${runs.map((block) => this.title(block)).join(", ")}`;
    }

    /** Families of the picture, with those products that have none. */
    get families() {
        const seen = new Map();
        for (const row of this.picture.rows) {
            for (const block of row.blocks) {
                seen.set(block.family, { name: block.name, color: block.color });
            }
        }
        return [...seen.entries()].map(([id, family]) => ({ id: id || 0, ...family }));
    }
}

registry.category("fields").add("sop_campaign_picture", {
    component: CampaignPictureField,
    displayName: _t("Campaigns over time"),
    supportedTypes: ["json"],
});
