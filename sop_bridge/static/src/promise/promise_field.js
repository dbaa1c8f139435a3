import { Component } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { formatDate, formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** How a state looks: the shape differs as well, for those who do not tell the colours apart. */
const STATES = {
    ok: { icon: "fa-check-circle text-success", label: _t("Can be kept") },
    late: { icon: "fa-clock-o text-warning", label: _t("Later than requested") },
    impossible: { icon: "fa-times-circle text-danger", label: _t("Cannot be promised") },
};

const SOURCES = {
    stock: { icon: "fa-cubes", label: _t("From stock") },
    incoming: { icon: "fa-truck", label: _t("From a receipt on its way") },
    production: { icon: "fa-cogs", label: _t("To be produced") },
    purchase: { icon: "fa-shopping-cart", label: _t("To be purchased") },
};

const OTHER_SOURCE = { icon: "fa-cube", label: _t("Other source") };

export class PromisePopover extends Component {
    static template = "sop_bridge.PromisePopover";
    static props = {
        promise: Object,
        close: { type: Function, optional: true },
    };
}

/** The date that the plant can keep for an order line, and on a click where it comes from. */
export class PromiseField extends Component {
    static template = "sop_bridge.PromiseField";
    static props = { ...standardFieldProps };

    setup() {
        this.popover = usePopover(PromisePopover, {
            position: "top",
            role: "dialog",
            popoverClass: "o_sop_promise_popover",
        });
    }

    get data() {
        return this.props.record.data;
    }

    get state() {
        return STATES[this.data.sop_promise_state];
    }

    get dateLabel() {
        const date = this.data[this.props.name];
        return date ? formatDate(date) : _t("No date");
    }

    /** Text of the whole cell for those who hear the screen, and its tooltip. */
    get description() {
        return [`${this.state.label}: ${this.dateLabel}`, this.data.sop_promise_reason || ""]
            .filter(Boolean)
            .join("\n");
    }

    get parts() {
        return (this.data.sop_promise_parts || []).map((part, index) => ({
            key: index,
            ...(SOURCES[part.source] || OTHER_SOURCE),
            quantity: formatFloat(part.quantity, {
                digits: this.props.record.fields.product_uom_qty?.digits,
                trailingZeros: false,
            }),
            date: part.date ? formatDate(deserializeDate(part.date)) : "",
        }));
    }

    /** One icon per source, in the order in which they deliver. */
    get sources() {
        const seen = new Set();
        return this.parts.filter((part) => !seen.has(part.icon) && seen.add(part.icon));
    }

    /** The day the line must make: the agreed one, else the one requested for the order. */
    get due() {
        return (
            this.data.sop_agreed_date || this.props.record.model.root.data?.sop_requested_date
        );
    }

    get lateness() {
        const date = this.data[this.props.name];
        if (!this.due || !date || date <= this.due) {
            return "";
        }
        const days = Math.round(date.diff(this.due, "days").days);
        return days === 1 ? _t("1 day late") : _t("%s days late", days);
    }

    get promise() {
        return {
            ...this.state,
            date: this.dateLabel,
            parts: this.parts,
            unit: this.data.product_uom_id?.display_name || "",
            reason: this.data.sop_promise_reason || "",
            requested: this.due ? formatDate(this.due) : "",
            lateness: this.lateness,
        };
    }

    onClick(ev) {
        this.popover.open(ev.currentTarget, { promise: this.promise });
    }

    /** The list would take Enter as "edit the next line". */
    onKeydown(ev) {
        if (["Enter", " "].includes(ev.key)) {
            ev.stopPropagation();
        }
    }
}

export const promiseField = {
    component: PromiseField,
    displayName: _t("Promise"),
    supportedTypes: ["date"],
    fieldDependencies: [
        { name: "sop_promise_state", type: "selection" },
        { name: "sop_promise_reason", type: "char" },
        { name: "sop_promise_parts", type: "json" },
        { name: "sop_agreed_date", type: "date" },
        { name: "product_uom_id", type: "many2one", relation: "uom.uom" },
    ],
    isEmpty: (record) => !["ok", "late", "impossible"].includes(record.data.sop_promise_state),
};

registry.category("fields").add("sop_promise", promiseField);
