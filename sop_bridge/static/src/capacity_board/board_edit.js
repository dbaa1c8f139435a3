import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { later } from "./board_slots";

const MODEL = "sop.board";

/** What changes slots from the board: each change is told, and can be undone. */
export class BoardEdit {
    constructor(board) {
        this.board = board;
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.action = useService("action");
        this.notification = useService("notification");
        this.last = null;
    }

    /** Call the server; what it refuses is told, and nothing moves. */
    async ask(method, args) {
        try {
            return await this.orm.call(MODEL, method, args);
        } catch (error) {
            if (!(error instanceof RPCError) || !error.data?.message) {
                throw error;
            }
            this.notification.add(error.data.message, { type: "danger" });
            return null;
        }
    }

    /** Show what was done, with a way back. */
    async done(message, undo) {
        this.last = undo;
        const onClick = () => {
            close();
            return this.undo(undo);
        };
        const close = this.notification.add(message, {
            type: "success",
            autocloseDelay: 8000,
            buttons: undo ? [{ name: _t("Undo"), onClick }] : [],
        });
        await this.board.refresh();
    }

    /** Take the last change back, or the one that is given if it still is the last. */
    async undo(step = this.last) {
        if (step && step === this.last) {
            this.last = null;
            if (await step()) {
                this.notification.add(_t("Undone."), { type: "info" });
            }
            await this.board.refresh();
        }
    }

    get mayEdit() {
        return this.board.content.may_edit;
    }

    // ------------------------------------------------------------------ slots
    drop(drag) {
        if (drag.kind === "new") {
            const { columns } = this.board.content;
            const row = this.board.data.rows[drag.row];
            return this.create(row, columns[drag.from].start, columns[drag.to].start);
        }
        return this.place(drag.slot, drag.start, drag.stop);
    }

    /**
     * Open the dialog of a new slot.
     *
     * @param {string} first day
     * @param {string|false} last day; false: one day, the first of the column that has room
     */
    async create(row, first, last) {
        if (!row || !this.mayEdit) {
            return;
        }
        const { owner } = this.board.state.filters;
        const tier = this.board.content.owners[Math.max(0, owner)].id;
        const column = this.board.content.columns.find((each) => each.start === first);
        const args = [row.id, first, last || column.stop, tier, !last];
        const context = await this.ask("get_new_slot", args);
        if (context) {
            this.openDialog(context);
        }
    }

    openDialog({ view_id: viewId, ...context }) {
        this.dialog.add(FormViewDialog, {
            resModel: "sop.slot",
            title: _t("New slot"),
            size: "md",
            canExpand: false,
            viewId,
            context,
            onRecordSaved: (record) =>
                this.done(_t("The slot is reserved."), () => this.ask("remove_slot", [record.resId])),
        });
    }

    /** Returns whether the slot is there now. */
    async place(slot, start, stop) {
        if (!slot || !this.mayEdit || (start === slot.start && stop === slot.stop)) {
            return false;
        }
        const found = await this.ask("place_slot", [slot.id, start, stop]);
        if (found) {
            await this.done(found.message, () => this.ask("place_slot", [slot.id, ...found.before]));
        }
        return Boolean(found);
    }

    move(slot, days) {
        return slot && this.place(slot, later(slot.start, { days }), later(slot.stop, { days }));
    }

    resize(slot, hours) {
        return slot && this.place(slot, slot.start, later(slot.stop, { hours }));
    }

    async release(slot) {
        if (!slot || !this.mayEdit) {
            return;
        }
        const found = await this.ask("release_slot", [slot.id]);
        if (found?.action) {
            const onClose = () => this.board.refresh();
            await this.action.doAction(found.action, { onClose });
        } else if (found) {
            const undo = found.undo ? () => this.ask("restore_slot", [slot.id]) : null;
            await this.done(found.message, undo);
        }
    }

    // ------------------------------------------------------------------ other parts
    /**
     * Days of what is asked about a row: those of the board; of longer columns the selected month,
     * or four weeks from the selected one on, because nobody plans further in one go.
     */
    get period() {
        const { columns, scale } = this.board.content;
        const { col } = this.board.state.cursor;
        if (scale === "day") {
            return [columns[0].start, columns.at(-1).stop];
        }
        const last = scale === "month" ? col : Math.min(col + 3, columns.length - 1);
        return [columns[col].start, columns[last].stop];
    }

    askAdvisor(row) {
        if (!row || !this.board.content.offers.protection) {
            return;
        }
        const [from, to] = this.period;
        return this.action.doAction("sop_bridge.action_sop_protection", {
            viewType: "form",
            additionalContext: {
                default_workcenter_id: row.id,
                default_date_from: from,
                default_date_to: to,
            },
        });
    }

    async proposeCampaign(row) {
        if (!row || !this.board.content.offers.campaign) {
            return;
        }
        try {
            const args = [row.id, ...this.period];
            const action = await this.orm.call("sop.campaign", "action_propose_for", args);
            await this.action.doAction(action);
        } catch (error) {
            if (!(error instanceof RPCError) || !error.data?.message) {
                throw error;
            }
            this.notification.add(error.data.message, { type: "danger" });
        }
    }
}
