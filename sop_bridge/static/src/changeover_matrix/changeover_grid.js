import { useEffect, useState } from "@odoo/owl";
import { hasTouch } from "@web/core/browser/feature_detection";
import { _t } from "@web/core/l10n/translation";
import { ChangeoverBlock } from "./changeover_block";
import { parseNumber } from "./changeover_table";

const MOVES = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
};

/**
 * Selecting and editing cells like in a spreadsheet: mouse, keyboard, clipboard and touch.
 *
 * @param {Component} owner has ``table``, ``mayEdit``, ``state.layer`` and ``notification``
 * @param {{el: HTMLElement}} gridRef the part of the page that scrolls and has the focus
 * @param {{el: HTMLElement}} inputRef the input in the cell that is edited
 */
export function useGrid(owner, gridRef, inputRef) {
    const grid = new Grid(owner, gridRef, inputRef);
    grid.state = useState({ row: 0, col: 0, endRow: 0, endCol: 0, editing: null });
    useEffect(
        (el) => {
            if (el) {
                const { typed, text } = grid.state.editing;
                el.focus();
                el.setSelectionRange(typed ? text.length : 0, text.length);
            }
        },
        () => [inputRef.el]
    );
    return grid;
}

class Grid extends ChangeoverBlock {
    constructor(owner, gridRef, inputRef) {
        super();
        Object.assign(this, { owner, gridRef, inputRef });
    }

    get table() {
        return this.owner.table;
    }

    get axis() {
        return this.table.axis;
    }

    /** Families [from, to] of the selected cell. */
    get pair() {
        return [this.axis[this.state.row] ?? 0, this.axis[this.state.col] ?? 0];
    }

    // ------------------------------------------------------------------ selecting
    reset() {
        this.state.editing = null;
        const last = this.axis.length - 1;
        this.select(Math.min(this.state.row, last), Math.min(this.state.col, last));
    }

    focus() {
        if (!this.state.editing) {
            this.gridRef.el?.focus({ preventScroll: true });
        }
    }

    select(row, col, extend = false) {
        const { state } = this;
        Object.assign(state, { endRow: row, endCol: col });
        if (!extend) {
            Object.assign(state, { row, col });
        }
        this.scrollTo(row, col);
    }

    scrollTo(row, col) {
        requestAnimationFrame(() => {
            const cell = this.gridRef.el?.querySelector(`[data-row="${row}"][data-col="${col}"]`);
            cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
        });
    }

    isActive(row, col) {
        return this.state.row === row && this.state.col === col;
    }

    isSelected(row, col) {
        const [rows, cols] = this.range;
        return row >= rows[0] && row <= rows[1] && col >= cols[0] && col <= cols[1];
    }

    onMouseDown(ev, row, col) {
        if (ev.button !== 0 || this.isEditing(row, col) || !this.commit()) {
            return;
        }
        ev.preventDefault();
        this.select(row, col, ev.shiftKey);
        this.focus();
    }

    onMouseEnter(ev, row, col) {
        if (ev.buttons === 1 && !this.state.editing) {
            this.select(row, col, true);
        }
    }

    onClick(ev, row, col) {
        if (hasTouch() && !this.isEditing(row, col) && this.commit()) {
            this.select(row, col);
            this.edit();
        }
    }

    // ------------------------------------------------------------------ editing
    isEditing(row, col) {
        return Boolean(this.state.editing) && this.isActive(row, col);
    }

    edit(text) {
        const [from, to] = this.pair;
        if (!this.owner.mayEdit || this.table.isLocked(from, to)) {
            return;
        }
        this.select(this.state.row, this.state.col);
        const { values, source } = this.table.lookup(from, to);
        const shown = source ? this.owner.format(values[this.owner.state.layer]) : "";
        this.state.editing = { text: text ?? shown, typed: text !== undefined, shown };
    }

    onInput(ev) {
        this.state.editing.text = ev.target.value;
    }

    /** Store what is typed in. Returns false if it cannot be stored; the input stays open then. */
    commit() {
        const { editing } = this.state;
        if (!editing) {
            return true;
        }
        if (editing.text !== editing.shown) {
            const value = this.read(editing.text);
            if (value === undefined) {
                this.inputRef.el?.focus();
                return false;
            }
            this.table.set(this.owner.state.layer, [[...this.pair, value]]);
        }
        this.cancel();
        return true;
    }

    cancel() {
        this.state.editing = null;
        this.focus();
    }

    onBlur() {
        if (this.state.editing && !this.commit()) {
            this.cancel();
        }
    }

    /** Number of a text, null for none, undefined (after telling why) for one that cannot be. */
    read(text) {
        const value = parseNumber(text);
        const maximum = this.table.maximum[this.owner.state.layer];
        if (value === undefined) {
            this.warn(_t("“%s” is no number. Write it like 30 or 12.5.", text));
        } else if (value !== null && !this.table.accepts(this.owner.state.layer, value)) {
            const limits = { value: text, maximum: this.owner.format(maximum) };
            this.warn(_t("%(value)s is not between 0 and %(maximum)s.", limits));
            return undefined;
        }
        return value;
    }

    warn(message) {
        this.owner.notification.add(message, { type: "danger" });
    }

    // ------------------------------------------------------------------ keyboard
    onKeydown(ev) {
        if (ev.isComposing || ev.altKey) {
            return;
        }
        const handled = this.state.editing ? this.onEditKey(ev) : this.onGridKey(ev);
        if (handled) {
            ev.preventDefault();
            ev.stopPropagation();
        }
    }

    onEditKey(ev) {
        if (ev.key === "Escape") {
            this.cancel();
        } else if (ev.key === "Enter" || ev.key === "Tab") {
            return this.commit() ? this.onMoveKey(ev) : true;
        } else if (ev.key === "ArrowUp" || ev.key === "ArrowDown") {
            return this.commit() ? this.onMoveKey(ev) : true;
        } else {
            return false;
        }
        return true;
    }

    onGridKey(ev) {
        const control = ev.ctrlKey || ev.metaKey;
        const key = ev.key.toLowerCase();
        if (control && (key === "y" || (key === "z" && ev.shiftKey))) {
            this.table.redo();
        } else if (control && key === "z") {
            this.table.undo();
        } else if (control && key === "a") {
            this.selectAll();
        } else if (ev.key === "Delete" || ev.key === "Backspace") {
            this.clear();
        } else if (ev.key === "F2" || (ev.key === "Enter" && this.owner.mayEdit && !ev.shiftKey)) {
            this.edit();
        } else if (!control && /^[\d.,-]$/.test(ev.key)) {
            this.edit(ev.key);
        } else {
            return this.onMoveKey(ev);
        }
        return true;
    }

    /** Arrows, Enter, Tab, Home and End; Shift and an arrow extends the selection. */
    onMoveKey(ev) {
        const last = this.axis.length - 1;
        if (MOVES[ev.key]) {
            const [down, right] = MOVES[ev.key];
            const extend = ev.shiftKey;
            const row = extend ? this.state.endRow : this.state.row;
            const col = extend ? this.state.endCol : this.state.col;
            const far = ev.ctrlKey || ev.metaKey ? last : 1;
            const clamp = (value) => Math.max(0, Math.min(last, value));
            this.select(clamp(row + down * far), clamp(col + right * far), extend);
        } else if (ev.key === "Enter") {
            const row = this.state.row + (ev.shiftKey ? -1 : 1);
            this.select(Math.max(0, Math.min(last, row)), this.state.col);
        } else if (ev.key === "Tab") {
            return this.moveOn(ev.shiftKey ? -1 : 1);
        } else if (ev.key === "Home" || ev.key === "End") {
            this.select(this.state.row, ev.key === "Home" ? 0 : last, ev.shiftKey);
        } else {
            return false;
        }
        return true;
    }

    /** Go to the next cell, over the end of a row; false at the end of the table. */
    moveOn(step) {
        const size = this.axis.length;
        const next = this.state.row * size + this.state.col + step;
        if (next < 0 || next >= size * size) {
            return false;
        }
        this.select(Math.floor(next / size), next % size);
        return true;
    }

    selectAll() {
        this.select(0, 0);
        this.select(this.axis.length - 1, this.axis.length - 1, true);
    }
}
