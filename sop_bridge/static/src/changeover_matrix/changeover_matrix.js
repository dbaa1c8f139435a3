import { Component, onMounted, onWillRender, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { getCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { ANY, ChangeoverTable } from "./changeover_table";
import { useGrid } from "./changeover_grid";

const MODEL = "sop.changeover.matrix";

/** The changeovers of a work centre as a table that is edited like a spreadsheet. */
export class ChangeoverMatrix extends Component {
    static template = "sop_bridge.ChangeoverMatrix";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        this.any = ANY;
        this.state = useState({ content: null, table: null, layer: 0, saving: false });
        this.grid = useGrid(this, useRef("grid"), useRef("input"));
        useSetupAction({
            beforeLeave: () => this.mayLeave(),
            beforeUnload: (ev) => this.table?.isDirty && ev.preventDefault(),
        });
        onMounted(() => this.grid.focus());
        onWillRender(() => this.readAll());
        const { context, params } = this.props.action;
        onWillStart(() => this.load(context.active_id || params?.workcenter_id || false));
        useEffect(
            (id) => id && this.props.updateActionState?.({ active_id: id }),
            () => [this.workcenter?.id]
        );
    }

    // ------------------------------------------------------------------ loading and saving
    async load(workcenterId) {
        this.show(await this.orm.call(MODEL, "get_content", [workcenterId]));
    }

    show(content) {
        this.state.content = content;
        this.state.table = new ChangeoverTable(content);
        this.grid.reset();
    }

    async reload() {
        await this.load(this.workcenter.id);
    }

    async save() {
        if (!this.grid.commit() || !this.table.isDirty) {
            return;
        }
        this.state.saving = true;
        try {
            const added = this.table.families;
            const args = [this.workcenter.id, this.table.changes];
            const content = await this.orm.call(MODEL, "save", args);
            this.show(content);
            added.forEach((family) => this.addFamily(family.id));
            this.notification.add(_t("Changeovers saved."), { type: "success" });
        } finally {
            this.state.saving = false;
        }
    }

    /** Whether unsaved changes may be left; asks if there are any. */
    mayLeave() {
        if (!this.table?.isDirty) {
            return true;
        }
        return new Promise((resolve) => {
            this.dialog.add(ConfirmationDialog, {
                title: _t("Unsaved changes"),
                body: _t("The changes of this table have not been saved."),
                confirmLabel: _t("Discard changes"),
                confirmClass: "btn-danger",
                cancelLabel: _t("Stay here"),
                confirm: () => resolve(true),
                cancel: () => resolve(false),
            });
        });
    }

    discard() {
        this.grid.cancel();
        return this.reload();
    }

    async choose(ev) {
        const id = Number(ev.target.value);
        const before = this.workcenter.id;
        if (await this.mayLeave()) {
            await this.load(id);
        } else {
            ev.target.value = before;
        }
    }

    async importWorkbook() {
        await this.action.doAction("sop_bridge.action_sop_changeover_import", {
            additionalContext: { default_workcenter_id: this.workcenter.id },
            onClose: () => this.reload(),
        });
    }

    exportWorkbook() {
        const url = `/sop_bridge/changeovers/${this.workcenter.id}`;
        return download({ url, data: {} });
    }

    openFamilies() {
        return this.action.doAction("sop_bridge.action_sop_family");
    }

    chooseFamily(ev) {
        const id = Number(ev.target.value);
        ev.target.value = "";
        if (id) {
            this.addFamily(id);
            this.grid.select(this.table.axis.length - 1, 0);
        }
    }

    addFamily(id) {
        if (this.table.others.some((family) => family.id === id)) {
            this.table.add(id);
        }
    }

    setLayer(layer) {
        if (this.grid.commit()) {
            this.state.layer = layer;
            this.grid.focus();
        }
    }

    // ------------------------------------------------------------------ what is shown
    get content() {
        return this.state.content;
    }

    get table() {
        return this.state.table;
    }

    get workcenter() {
        return this.content?.workcenter;
    }

    get mayEdit() {
        return this.content.may_edit && !this.state.saving;
    }

    get layers() {
        const { symbol } = getCurrency(this.content.currency_id) || { symbol: "" };
        return [_t("Minutes"), _t("Cost (%s)", symbol)];
    }

    name(id) {
        return id === ANY ? _t("any other family") : this.table.family(id)?.name;
    }

    pairName(from, to) {
        return _t("%(from)s → %(to)s", { from: this.name(from), to: this.name(to) });
    }

    format(value) {
        return formatFloat(value, { digits: [16, 2], trailingZeros: false });
    }

    /** What every cell depends on: the largest value of the layer, and whether costs are shown. */
    readAll() {
        const values = this.table ? [...this.table.cells.values()] : [];
        this.peak = Math.max(0, ...values.map((pair) => pair[this.state.layer]));
        this.showsOther = this.state.layer === 1 || values.some(([, cost]) => cost > 0);
    }

    /** Everything the template needs of one cell. */
    look(row, col) {
        const [from, to] = [this.table.axis[row], this.table.axis[col]];
        return {
            same: this.table.isSame(from, to),
            selected: this.grid.isSelected(row, col),
            editing: this.grid.isEditing(row, col),
            label: this.pairName(from, to),
            ...this.value(from, to),
            className: {
                o_sop_active: this.grid.isActive(row, col),
                o_sop_selected: this.grid.isSelected(row, col),
                o_sop_default: from === ANY || to === ANY,
                o_sop_same: this.table.isSame(from, to),
                o_sop_locked: this.table.isLocked(from, to),
                o_sop_changed: this.table.isChanged(from, to),
                ...this.shade(from, to),
            },
        };
    }

    /** What is written into a cell: the value of the layer, and the other one below it. */
    value(from, to) {
        const { values, source } = this.table.lookup(from, to);
        if (!source || this.table.isSame(from, to)) {
            return { text: "", small: "" };
        }
        const { layer } = this.state;
        return {
            text: this.format(values[layer]),
            small: this.showsOther ? this.format(values[1 - layer]) : "",
        };
    }

    /** How light or strong a cell looks: lighter from a default, stronger the more it takes. */
    shade(from, to) {
        const own = this.table.own(from, to);
        const step = own && this.peak ? Math.ceil((4 * own[this.state.layer]) / this.peak) : 0;
        return { [`o_sop_shade_${step}`]: true, o_sop_inherited: !own };
    }

    /** Sentence about the selected cell: what counts, and where it comes from. */
    get explanation() {
        const [from, to] = this.grid.pair;
        const pair = this.pairName(from, to);
        if (this.table.isSame(from, to)) {
            return _t("Products of one family need no changeover.");
        }
        if (this.table.isLocked(from, to)) {
            return _t("%s: an archived family; its changeovers stay as they are.", pair);
        }
        const { values, source } = this.table.lookup(from, to);
        if (!source) {
            return _t("%s: nothing agreed, counts as 0 minutes.", pair);
        }
        const told = this.tell(pair, values);
        if (this.table.own(from, to)) {
            return told;
        }
        return _t("%(told)s – as %(source)s", { told, source: this.pairName(...source) });
    }

    tell(pair, [minutes, cost]) {
        const told = { pair, minutes: this.format(minutes), cost: this.format(cost) };
        if (!cost) {
            return _t("%(pair)s: %(minutes)s min", told);
        }
        told.symbol = getCurrency(this.content.currency_id)?.symbol || "";
        return _t("%(pair)s: %(minutes)s min, %(cost)s %(symbol)s", told);
    }

    get unsaved() {
        const count = this.table.changes.length;
        return count ? _t("%s changed, not saved yet · ", count) : "";
    }

    get importTitle() {
        return this.table.isDirty ? _t("Save or discard your changes first") : _t("From a workbook");
    }
}

registry.category("actions").add("sop_bridge.changeover_matrix", ChangeoverMatrix);
