import { Component, markRaw, onMounted, onWillRender, onWillStart, useRef, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useVirtualGrid } from "@web/core/virtual_grid_hook";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { BoardCursor } from "./board_cursor";
import { BoardData } from "./board_data";
import { BoardDrag } from "./board_drag";
import { BoardEdit } from "./board_edit";
import { BoardHelp } from "./board_help";
import { BoardPanel } from "./board_panel";
import { BoardRow } from "./board_row";

const MODEL = "sop.board";
const NO_FILTERS = { search: "", tag: 0, bottleneck: false, over: false, owner: -1 };
// Columns that a phone shows of each kind; a larger screen leaves it to the server.
const FEW = { day: 7, week: 13, month: 6 };
// Sizes in pixels, as the style sheet has them.
export const WIDTH = { day: 104, week: 86, month: 86 };
export const HEIGHT = { day: 76, week: 60, month: 60 };

/** Work centres by day, week or month; slots are placed by dragging. */
export class CapacityBoard extends Component {
    static template = "sop_bridge.CapacityBoard";
    static components = { BoardHelp, BoardPanel, BoardRow, Dropdown, DropdownItem, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.ui = useService("ui");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        const { context, params } = this.props.action;
        const before = this.props.state || {};
        const only = params?.workcenter_id || context.active_id || false;
        this.state = useState({
            content: null,
            scale: before.scale || params?.scale || "week",
            start: before.start || params?.start || false,
            only: before.only ?? only,
            filters: { ...NO_FILTERS, ...before.filters },
            cursor: { row: 0, col: 0, slot: 0, ...before.cursor },
            drag: null,
            open: null,
            busy: false,
        });
        this.gridRef = useRef("grid");
        this.searchRef = useRef("search");
        this.helpRef = useRef("help");
        this.menu = { board: this };
        this.cursor = new BoardCursor(this);
        this.drag = new BoardDrag(this);
        this.edit = new BoardEdit(this);
        this.visible = useVirtualGrid({ scrollableRef: this.gridRef, bufferCoef: 0.5 });
        useSetupAction({
            getLocalState: () => {
                const { scale, start, only: one, filters, cursor } = this.state;
                return { scale, start, only: one, filters: { ...filters }, cursor: { ...cursor } };
            },
        });
        onWillStart(() => this.load());
        onWillRender(() => this.readAll());
        onMounted(() => this.gridRef.el?.focus({ preventScroll: true }));
    }

    // ------------------------------------------------------------------ loading
    async load() {
        const { scale, start, only } = this.state;
        const options = { scale, start };
        if (this.ui.isSmall) {
            options.count = FEW[scale];
        }
        if (only) {
            options.workcenter_ids = [only];
        }
        this.state.busy = true;
        try {
            const content = await this.orm.silent.call(MODEL, "get_content", [], options);
            // not reactive: it is read a thousand times, and only ever replaced
            this.state.content = markRaw(content);
            Object.assign(this.state, { scale: content.scale, start: content.start });
            this.readAll();
            this.cursor.settle();
        } finally {
            this.state.busy = false;
        }
    }

    async refresh() {
        await this.load();
        await this.panel?.load();
    }

    /** What the templates and the hooks read: made anew only when content or filters change. */
    readAll() {
        const { content } = this.state;
        const filters = { ...this.state.filters };
        const key = JSON.stringify(filters);
        if (this.data?.content !== content || this.key !== key) {
            this.key = key;
            this.data = new BoardData(content, filters);
            this.visible.setRowsHeights(this.data.rows.map(() => HEIGHT[content.scale]));
            this.visible.setColumnsWidths(content.columns.map(() => WIDTH[content.scale]));
        }
    }

    // ------------------------------------------------------------------ period
    async show(scale, start) {
        Object.assign(this.state, { scale, start, open: null });
        await this.load();
        this.gridRef.el?.focus({ preventScroll: true });
    }

    goToday() {
        return this.show(this.state.scale, false);
    }

    goPrevious() {
        const { previous } = this.content;
        return previous && this.show(this.state.scale, previous);
    }

    goNext() {
        return this.show(this.state.scale, this.content.next);
    }

    /** Change the scale, so that the selected column stays in sight. */
    setScale(scale) {
        const { columns } = this.content;
        const { col } = this.state.cursor;
        this.state.cursor.col = 0;
        return this.show(scale, col ? columns[col].start : columns[0].start);
    }

    showDays() {
        return this.setScale("day");
    }

    showWeeks() {
        return this.setScale("week");
    }

    showMonths() {
        return this.setScale("month");
    }

    // ------------------------------------------------------------------ filters
    setFilter(name, value) {
        this.state.filters[name] = value;
        this.state.open = null;
        Object.assign(this.state.cursor, { row: 0, slot: 0 });
        this.gridRef.el?.scrollTo({ top: 0 });
    }

    toggleFilter(name) {
        this.setFilter(name, !this.state.filters[name]);
    }

    clearFilters() {
        Object.assign(this.state.filters, NO_FILTERS);
    }

    async showAll() {
        this.state.only = false;
        await this.load();
    }

    focusSearch() {
        this.searchRef.el.focus();
        this.searchRef.el.select();
    }

    openHelp() {
        this.helpRef.el?.querySelector("button").click();
    }

    // ------------------------------------------------------------------ the selected cell
    get rowHere() {
        return this.data.rows[this.state.cursor.row];
    }

    get columnHere() {
        return this.content.columns[this.state.cursor.col];
    }

    /** Slots in the selected cell, and the one of them that keys act on. */
    get slotsHere() {
        const { start, stop } = this.columnHere;
        return this.rowHere.slots.filter(
            (slot) => slot.start < `${stop}T24:00` && slot.stop > `${start}T00:00`
        );
    }

    get selectedSlot() {
        const slots = this.slotsHere;
        return slots[this.state.cursor.slot % (slots.length || 1)];
    }

    nextSlot() {
        this.state.cursor.slot += 1;
    }

    scrollToCursor() {
        const { row, col } = this.state.cursor;
        const grid = this.gridRef.el;
        if (!grid) {
            return;
        }
        const { scale } = this.content;
        const [head, side] = [
            grid.querySelector(".o_sop_board_head").offsetHeight,
            grid.querySelector(".o_sop_board_side").offsetWidth,
        ];
        const fit = (from, size, offset, window) =>
            Math.max(from + size - window, Math.min(offset, from));
        grid.scrollTo({
            top: fit(row * HEIGHT[scale], HEIGHT[scale], grid.scrollTop, grid.clientHeight - head),
            left: fit(col * WIDTH[scale], WIDTH[scale], grid.scrollLeft, grid.clientWidth - side),
        });
    }

    onClick(ev) {
        const cell = ev.target.closest(".o_sop_cell");
        if (cell) {
            this.cursor.move(Number(cell.dataset.row), Number(cell.dataset.col), false);
            this.selectSlot(ev.target.closest(".o_sop_slot"));
            this.openCell();
        }
    }

    selectSlot(chip) {
        const index = this.slotsHere.findIndex((slot) => slot.id === Number(chip?.dataset.slot));
        this.state.cursor.slot = Math.max(0, index);
    }

    openCell() {
        this.state.open = { workcenter: this.rowHere.id, column: this.columnHere };
    }

    /** Close the panel; false if none was open. */
    closePanel() {
        const wasOpen = Boolean(this.state.open);
        this.state.open = null;
        this.gridRef.el?.focus({ preventScroll: true });
        return wasOpen;
    }

    // ------------------------------------------------------------------ acting
    get mayDrag() {
        return this.content.may_edit && this.content.scale === "day" && !this.state.busy;
    }

    newSlot() {
        return this.edit.create(this.rowHere, this.columnHere.start, this.lastDayOfNew);
    }

    /** A slot of the keyboard is in one day; in a week or month, in the first that has room. */
    get lastDayOfNew() {
        return this.content.scale === "day" ? this.columnHere.start : false;
    }

    dropped(drag) {
        return this.edit.drop(drag);
    }

    /** Move the chosen slot; the cursor goes with it. */
    async moveSelected(days) {
        const { row, col } = this.state.cursor;
        if (await this.edit.move(this.selectedSlot, days)) {
            this.cursor.move(row, col + days);
        }
    }

    resizeSelected(hours) {
        return this.edit.resize(this.selectedSlot, hours);
    }

    releaseSelected() {
        return this.edit.release(this.selectedSlot);
    }

    undoLast() {
        return this.edit.undo();
    }

    askAdvisor(row = this.rowHere) {
        return this.edit.askAdvisor(row);
    }

    proposeCampaign(row = this.rowHere) {
        return this.edit.proposeCampaign(row);
    }

    openWorkcenter(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "mrp.workcenter",
            res_id: row.id,
            views: [[false, "form"]],
        });
    }

    openWorkcenters() {
        return this.action.doAction("mrp.mrp_workcenter_action");
    }

    openLoad(row) {
        return this.action.doAction("sop_bridge.action_sop_capacity_load", {
            additionalContext: { active_id: row.id },
        });
    }

    // ------------------------------------------------------------------ what is shown
    get content() {
        return this.state.content;
    }

    get scales() {
        return [
            { key: "day", label: _t("Days"), act: () => this.showDays() },
            { key: "week", label: _t("Weeks"), act: () => this.showWeeks() },
            { key: "month", label: _t("Months"), act: () => this.showMonths() },
        ];
    }

    get width() {
        return WIDTH[this.content.scale];
    }

    get height() {
        return HEIGHT[this.content.scale];
    }

    range([first, last] = []) {
        return first === undefined
            ? []
            : Array.from({ length: last - first + 1 }, (_value, index) => first + index);
    }

    get visibleRows() {
        return this.range(this.visible.rowsIndexes);
    }

    get visibleColumns() {
        return this.range(this.visible.columnsIndexes);
    }

    /** Column of the cursor in a row, -1 in the others, so that only its row is drawn anew. */
    cursorIn(index) {
        return this.state.cursor.row === index ? this.state.cursor.col : -1;
    }

    slotIn(index) {
        return this.state.cursor.row === index ? this.selectedSlot?.id || 0 : 0;
    }

    dragIn(index) {
        return this.state.drag?.row === index ? this.state.drag : null;
    }

    get cursorId() {
        return `o_sop_cell_${this.state.cursor.row}_${this.state.cursor.col}`;
    }

    get hasFilters() {
        return JSON.stringify(this.state.filters) !== JSON.stringify(NO_FILTERS);
    }
}

registry.category("actions").add("sop_capacity_board", CapacityBoard);
