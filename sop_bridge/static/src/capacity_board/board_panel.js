import { Component, onMounted, onWillStart, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { hours } from "./board_data";

/** What is behind a cell: why it is as it is, its slots, its orders. */
export class BoardPanel extends Component {
    static template = "sop_bridge.BoardPanel";
    static props = { open: Object, board: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ cell: null });
        this.board.panel = this;
        this.hours = hours;
        onWillStart(() => this.load());
        // it takes room that the cell may have had
        onMounted(() => this.board.scrollToCursor());
        onWillUnmount(() => (this.board.panel = null));
        onWillUpdateProps((props) => props.open !== this.props.open && this.load(props.open));
    }

    get board() {
        return this.props.board;
    }

    async load(open = this.props.open) {
        const { workcenter, column } = open;
        const args = [workcenter, column.start, column.stop];
        this.asked = open;
        const cell = await this.orm.silent.call("sop.board", "get_cell", args);
        // the answer to an earlier question does not replace that to a later one
        if (open === this.asked) {
            this.state.cell = cell;
        }
    }

    get owners() {
        return this.board.content.owners;
    }

    get row() {
        return this.board.data.rows.find((row) => row.id === this.props.open.workcenter);
    }

    get mayEdit() {
        return this.board.content.may_edit;
    }

    get isDay() {
        return this.board.content.scale === "day";
    }

    ownerName(load) {
        return this.owners[load.owner].name;
    }

    tone(item) {
        return `o_sop_tone_${this.owners[item.owner].color}`;
    }

    minutes(value) {
        return _t("%s min", Math.round(value));
    }

    /** Minutes in this cell, and of how many if the order goes on elsewhere. */
    loadMinutes(load) {
        if (load.whole - load.minutes < 1) {
            return this.minutes(load.minutes);
        }
        return _t("%(minutes)s of %(whole)s min", {
            minutes: Math.round(load.minutes),
            whole: Math.round(load.whole),
        });
    }

    loadNote(load) {
        if (load.held) {
            return _t("held for a quotation");
        }
        if (load.flags.includes("overdue")) {
            return _t("overdue");
        }
        if (load.flags.includes("unplanned")) {
            return _t("not planned yet");
        }
        return load.when;
    }

    slotNote(slot) {
        const told = [
            _t("%(used)s of %(minutes)s min used", {
                used: Math.round(slot.used),
                minutes: Math.round(slot.minutes),
            }),
        ];
        return [...told, slot.family, slot.opening].filter(Boolean).join(" · ");
    }

    openRecord(model, ids, name) {
        const one = ids.length === 1 && model !== "sop.booking";
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            ...(one ? { res_id: ids[0] } : { domain: [["id", "in", ids]] }),
            views: one ? [[false, "form"]] : [[false, "list"], [false, "form"]],
        });
    }

    boardSlot(slot) {
        return this.row?.slots.find((each) => each.id === slot.id);
    }

    move(slot, days) {
        return this.board.edit.move(this.boardSlot(slot), days);
    }

    release(slot) {
        return this.board.edit.release(slot);
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            ev.stopPropagation();
            this.board.closePanel();
        }
    }
}
