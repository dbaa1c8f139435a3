import { at, hourAt, later } from "./board_slots";

// Pixels that a pointer has to move before it drags: less is a click, from an unsteady hand.
const TOLERANCE = { slot: 4, cell: 16 };

/**
 * Dragging on the board with mouse or pen; a finger scrolls, and uses the buttons of the panel.
 *
 * - over cells of a row: a new slot there
 * - a slot: to another day of its row
 * - the end of a slot: to another hour
 *
 * All events come from the grid, which captures the pointer while it drags.
 */
export class BoardDrag {
    constructor(board) {
        this.board = board;
        this.start = null;
    }

    get state() {
        return this.board.state;
    }

    onPointerDown(ev) {
        const cell = ev.target.closest?.(".o_sop_cell");
        if (!cell || ev.button !== 0 || ev.pointerType === "touch" || !this.board.mayDrag) {
            return;
        }
        const row = Number(cell.dataset.row);
        const chip = ev.target.closest(".o_sop_slot");
        const slots = this.board.data.rows[row].slots;
        this.start = {
            x: ev.clientX,
            row,
            col: Number(cell.dataset.col),
            slot: chip && slots.find((slot) => slot.id === Number(chip.dataset.slot)),
            resizes: Boolean(ev.target.closest(".o_sop_slot_end")),
            pointer: ev.pointerId,
        };
    }

    onPointerMove(ev) {
        const { start } = this;
        if (!start || ev.pointerId !== start.pointer) {
            return;
        }
        if (!(ev.buttons & 1)) {
            this.cancel();
            return;
        }
        if (!this.state.drag) {
            if (Math.abs(ev.clientX - start.x) < TOLERANCE[start.slot ? "slot" : "cell"]) {
                return;
            }
            this.capture(ev);
        }
        this.state.drag = this.read(ev) || this.state.drag;
    }

    /** Get the events of the pointer also where it leaves the board. */
    capture({ pointerId }) {
        try {
            this.board.gridRef.el.setPointerCapture(pointerId);
        } catch {
            // the pointer is gone already, and nothing is to be captured
        }
    }

    onPointerUp(ev) {
        if (this.start?.pointer !== ev.pointerId) {
            return;
        }
        const { drag } = this.state;
        this.cancel();
        if (drag) {
            this.board.cursor.move(drag.row, drag.to, false);
            this.board.dropped(drag);
        }
    }

    /** Let go; false if nothing was dragged. */
    cancel() {
        const dragged = Boolean(this.state.drag);
        this.start = null;
        this.state.drag = null;
        return dragged;
    }

    /** What would come of letting go here, or null outside of the row. */
    read(ev) {
        const { row, col, slot, resizes } = this.start;
        const spot = this.spot(ev, row);
        if (!spot) {
            return null;
        }
        if (!slot) {
            return { kind: "new", row, from: Math.min(col, spot.col), to: Math.max(col, spot.col) };
        }
        if (!resizes) {
            const days = spot.col - col;
            const moved = { start: later(slot.start, { days }), stop: later(slot.stop, { days }) };
            return { kind: "move", row, from: spot.col, to: spot.col, slot, ...moved };
        }
        const { columns } = this.board.data.content;
        const { hours } = this.board.data.rows[row];
        const stop = at(columns[spot.col].start, hourAt(hours, spot.part));
        return { kind: "resize", row, from: spot.col, to: spot.col, slot, start: slot.start, stop };
    }

    /** Column under the pointer, and how far in it, in the row where dragging began. */
    spot(ev, row) {
        const cells = this.board.gridRef.el.querySelectorAll(`.o_sop_cell[data-row="${row}"]`);
        for (const cell of cells) {
            const { left, right, width } = cell.getBoundingClientRect();
            if (ev.clientX >= left && ev.clientX < right) {
                return { col: Number(cell.dataset.col), part: (ev.clientX - left) / width };
            }
        }
        return null;
    }
}
