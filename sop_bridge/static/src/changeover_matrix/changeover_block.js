import { _t } from "@web/core/l10n/translation";
import { parseBlock } from "./changeover_table";

/** What is done to many selected cells at once; the grid adds selecting and editing. */
export class ChangeoverBlock {
    /** [[first row, last row], [first column, last column]] of the selection. */
    get range() {
        const { row, col, endRow, endCol } = this.state;
        return [
            [Math.min(row, endRow), Math.max(row, endRow)],
            [Math.min(col, endCol), Math.max(col, endCol)],
        ];
    }

    /** The selection as rows of pairs [from, to]. */
    get selection() {
        const [[top, bottom], [left, right]] = this.range;
        return this.axis
            .slice(top, bottom + 1)
            .map((from) => this.axis.slice(left, right + 1).map((to) => [from, to]));
    }

    /** Let defaults count again for the selected cells. */
    clear() {
        this.fill(this.selection.flat().map(([from, to]) => [from, to, null]));
    }

    /** Set the values of those cells that can have one and would change. */
    fill(values) {
        const open = values.filter(
            ([from, to, value]) =>
                !this.table.isLocked(from, to) && (value !== null || this.table.own(from, to))
        );
        if (this.owner.mayEdit && open.length) {
            this.table.set(this.owner.state.layer, open);
        }
    }

    /** Put the selected cells' own values on the clipboard. */
    onCopy(ev) {
        if (this.state.editing) {
            return;
        }
        const { layer } = this.owner.state;
        const text = (pair) => this.table.own(...pair)?.[layer] ?? "";
        const lines = this.selection.map((row) => row.map(text).join("\t"));
        ev.clipboardData.setData("text/plain", lines.join("\n"));
        ev.preventDefault();
    }

    /** Fill in a block from a spreadsheet; empty cells of it leave theirs alone. */
    onPaste(ev) {
        if (this.state.editing || !this.owner.mayEdit) {
            return;
        }
        ev.preventDefault();
        const block = parseBlock(ev.clipboardData.getData("text/plain"));
        const values = this.readBlock(block);
        if (values) {
            this.fill(values.filter(([, , value]) => value !== null));
            const [[top], [left]] = this.range;
            const last = this.axis.length - 1;
            this.select(top, left);
            const bottom = Math.min(last, top + block.length - 1);
            this.select(bottom, Math.min(last, left + block[0].length - 1), true);
        }
    }

    /** [from, to, value] of each cell of a block, or null (after telling why). */
    readBlock(block) {
        const [[top], [left]] = this.range;
        const size = this.axis.length;
        if (top + block.length > size || left + Math.max(...block.map((r) => r.length)) > size) {
            this.warn(_t("What you paste has more rows or columns than fit from this cell on."));
            return null;
        }
        const values = [];
        for (const [down, row] of block.entries()) {
            for (const [right, text] of row.entries()) {
                const pair = [this.axis[top + down], this.axis[left + right]];
                const value = this.table.isLocked(...pair) ? null : this.read(text);
                if (value === undefined) {
                    return null;
                }
                values.push([...pair, value]);
            }
        }
        return values;
    }
}
