import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { clock, place } from "./board_slots";

/** One work centre of the board. */
export class BoardRow extends Component {
    static template = "sop_bridge.BoardRow";
    static components = { Dropdown, DropdownItem };
    static props = {
        row: Object,
        index: Number,
        data: Object,
        first: Number,
        last: Number,
        width: Number,
        cursor: Number,
        slot: Number,
        drag: { type: [Object, { value: null }] },
        menu: Object,
    };

    get data() {
        return this.props.data;
    }

    get columns() {
        const { first, last } = this.props;
        const { columns } = this.data.content;
        return columns.slice(first, last + 1).map((column, n) => ({ ...column, index: first + n }));
    }

    get spacer() {
        return this.props.first * this.props.width;
    }

    /** Time zone, where it is another one than the reader's. */
    get zone() {
        const { zone } = this.props.row;
        return zone === user.tz ? "" : zone;
    }

    get total() {
        const { total } = this.props.row;
        return [this.data.percent(total), this.data.figures(total)].filter(Boolean).join(" · ");
    }

    look(column) {
        const cell = this.props.row.cells[column.index];
        const { drag } = this.props;
        return {
            ...cell,
            percent: this.data.percent(cell),
            zero: !this.data.booked(cell),
            figures: this.data.figures(cell),
            segments: this.data.segments(cell),
            excess: this.data.excess(cell),
            label: `${this.props.row.name}, ${column.title}: ${this.data.label(cell)}`,
            className: {
                o_sop_closed: cell.past || this.data.isClosed(cell),
                o_sop_over: cell.over > 0,
                o_sop_now: column.now,
                o_sop_active: this.props.cursor === column.index,
                o_sop_target: drag && drag.from <= column.index && column.index <= drag.to,
            },
        };
    }

    title(cell) {
        return [cell.label, this.data.byOwner(cell)].filter(Boolean).join("\n");
    }

    /** Slots in a day, the one that is dragged where it would come to lie. */
    chips(column) {
        const { row, drag } = this.props;
        const chips = [];
        for (const slot of row.slots) {
            const moved = drag?.slot?.id === slot.id ? { ...slot, ...drag } : slot;
            const spot = place(moved, column.start, row.hours);
            if (spot) {
                chips.push({ ...slot, spot, title: this.chipTitle(moved), dragged: moved !== slot });
            }
        }
        return chips;
    }

    chipTitle(slot) {
        return _t("%(owner)s, %(start)s–%(stop)s: %(used)s of %(minutes)s min used", {
            owner: slot.label,
            start: clock(slot.start),
            stop: clock(slot.stop),
            used: Math.round(slot.used),
            minutes: Math.round(slot.minutes),
        });
    }

    chipClass(chip) {
        return {
            [this.data.tone(chip.owner)]: true,
            o_sop_dragged: chip.dragged,
            o_sop_chosen: this.props.slot === chip.id,
            o_sop_opened: chip.opening !== "owner",
        };
    }
}
