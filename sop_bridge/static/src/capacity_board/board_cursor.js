const MOVES = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    PageUp: [-8, 0],
    PageDown: [8, 0],
};

/** Letters (with what they do) on the board; see the help of the board. */
const LETTERS = {
    t: "goToday",
    p: "goPrevious",
    f: "goNext",
    d: "showDays",
    w: "showWeeks",
    m: "showMonths",
    r: "refresh",
    n: "newSlot",
    a: "askAdvisor",
    c: "proposeCampaign",
    s: "nextSlot",
    "/": "focusSearch",
    "?": "openHelp",
};

/** The selected cell of the board and its keys; ``board`` is the component. */
export class BoardCursor {
    constructor(board) {
        this.board = board;
    }

    get state() {
        return this.board.state.cursor;
    }

    get size() {
        const { data } = this.board;
        return [data.rows.length, data.content.columns.length];
    }

    /** Keep the cursor on the board when rows or columns change. */
    settle() {
        this.move(this.state.row, this.state.col, false);
    }

    move(row, col, scrolls = true) {
        const [rows, columns] = this.size;
        const clamp = (value, size) => Math.max(0, Math.min(size - 1, value));
        Object.assign(this.state, { row: clamp(row, rows), col: clamp(col, columns), slot: 0 });
        if (scrolls) {
            this.board.scrollToCursor();
        }
    }

    onKeydown(ev) {
        if (ev.isComposing || !this.board.data.rows.length) {
            return;
        }
        if (this.onKey(ev)) {
            ev.preventDefault();
            ev.stopPropagation();
        }
    }

    onKey(ev) {
        const control = ev.ctrlKey || ev.metaKey;
        if (control && ev.key.toLowerCase() === "z") {
            this.board.undoLast();
            return true;
        }
        if (ev.altKey) {
            return !control && this.onSlotKey(ev);
        }
        return this.onMoveKey(ev, control) || this.onActionKey(ev, control);
    }

    onMoveKey(ev, control) {
        const { row, col } = this.state;
        const [rows, columns] = this.size;
        if (MOVES[ev.key]) {
            const [down, right] = MOVES[ev.key];
            const far = control ? Math.max(rows, columns) : 1;
            this.move(row + down * far, col + right * far);
        } else if (ev.key === "Home" || ev.key === "End") {
            const edge = ev.key === "Home" ? 0 : columns - 1;
            this.move(control ? (edge ? rows - 1 : 0) : row, edge);
        } else {
            return false;
        }
        return true;
    }

    onActionKey(ev, control) {
        if (control) {
            return false;
        }
        if (ev.key === "Enter" || ev.key === " ") {
            this.board.openCell();
        } else if (ev.key === "Escape") {
            return this.board.drag.cancel() || this.board.closePanel();
        } else if (ev.key === "Delete" || ev.key === "Backspace") {
            this.board.releaseSelected();
        } else if (LETTERS[ev.key.toLowerCase()]) {
            this.board[LETTERS[ev.key.toLowerCase()]]();
        } else {
            return false;
        }
        return true;
    }

    /** Alt and an arrow move the selected slot by days; with Shift they move its end by hours. */
    onSlotKey(ev) {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[ev.key];
        if (!step) {
            return false;
        }
        if (ev.shiftKey) {
            this.board.resizeSelected(step);
        } else {
            this.board.moveSelected(step);
        }
        return true;
    }
}
