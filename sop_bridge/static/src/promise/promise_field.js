import { Component, onMounted, useState } from "@odoo/owl";
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

/** The same for what the acceptance rules say; a line that passes needs no icon in the list. */
const VERDICTS = {
    pass: { icon: "fa-check text-success", label: _t("The rules accept it"), quiet: true },
    exception: { icon: "fa-exclamation-triangle text-warning", label: _t("Needs an exception") },
    refuse: { icon: "fa-ban text-danger", label: _t("Refused by a rule") },
};

const SOURCES = {
    stock: { icon: "fa-cubes", label: _t("From stock") },
    incoming: { icon: "fa-truck", label: _t("From a receipt on its way") },
    production: { icon: "fa-cogs", label: _t("To be produced") },
    purchase: { icon: "fa-shopping-cart", label: _t("To be purchased") },
    warehouse: { icon: "fa-building-o", label: _t("From another warehouse") },
};

/** One day, or the first and the last of several. */
function formatSpan(first, last) {
    const days = [...new Set([first, last])];
    return days.map((day) => formatDate(deserializeDate(day))).join(" – ");
}

const OTHER_SOURCE = { icon: "fa-cube", label: _t("Other source") };

/** Say what an offer changed; one click takes it back. */
function tellApplied({ services }, orderId, { title, message, before }) {
    const close = services.notification.add(message, {
        title,
        type: "success",
        sticky: true,
        buttons: [{ name: _t("Undo"), onClick: () => undo() }],
    });
    async function undo() {
        close();
        await services.orm.write("sale.order", [orderId], before);
        await services.action.doAction({ type: "ir.actions.client", tag: "soft_reload" });
    }
}

export class PromisePopover extends Component {
    static template = "sop_bridge.PromisePopover";
    static props = {
        promise: { type: Object },
        tell: { type: Function, optional: true },
        findOffers: { type: Function, optional: true },
        findChangeover: { type: Function, optional: true },
        onOffer: { type: Function, optional: true },
        close: { type: Function, optional: true },
    };

    setup() {
        const seeking = !!this.props.findOffers;
        const telling = !!this.props.tell;
        this.state = useState({
            busy: false,
            seeking,
            offers: [],
            none: false,
            telling,
            story: {},
            changeover: "",
        });
        onMounted(() => {
            this.tell();
            this.seek();
            this.seekChangeover();
        });
    }

    /** Which campaign the line joins, or what it changes over. */
    async seekChangeover() {
        if (this.props.findChangeover) {
            this.state.changeover = await this.props.findChangeover();
        }
    }

    /** How the date comes about, and what else is possible: reckoned when somebody looks. */
    async tell() {
        if (this.state.telling) {
            try {
                this.state.story = await this.props.tell();
            } finally {
                this.state.telling = false;
            }
        }
    }

    get steps() {
        return (this.state.story.steps || []).map((step) => ({
            ...step,
            when: formatSpan(step.first, step.last),
            loss: step.lost === 1 ? _t("loses 1 day") : _t("loses %s days", step.lost),
        }));
    }

    get span() {
        return formatSpan(this.state.story.from, this.state.story.to);
    }

    get options() {
        return this.state.story.options || [];
    }

    /** Offers are reckoned when somebody looks: a quotation of many lines need not wait for them. */
    async seek() {
        if (this.state.seeking) {
            try {
                this.state.offers = await this.props.findOffers();
                this.state.none = !this.state.offers.length;
            } finally {
                this.state.seeking = false;
            }
        }
    }

    async onOffer(offer) {
        this.state.busy = true;
        this.props.close?.();
        await this.props.onOffer(offer);
    }
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

    get verdict() {
        return VERDICTS[this.data.sop_verdict];
    }

    /** Whether something has to be made for the line as it is known to the quotation. */
    get isMade() {
        const parts = this.data.sop_promise_parts || [];
        const known = !(this.env.inDialog && this.props.record.dirty);
        const open = ["draft", "sent"].includes(this.root.data?.state);
        return known && open && parts.some((part) => part.source === "production");
    }

    get dateLabel() {
        const date = this.data[this.props.name];
        return date ? formatDate(date) : _t("No date");
    }

    /** Text of the whole cell for those who hear the screen, and its tooltip. */
    get description() {
        return [
            `${this.state.label}: ${this.dateLabel}`,
            this.data.sop_promise_reason || "",
            this.verdict && !this.verdict.quiet && this.data.sop_verdict_text,
        ]
            .filter(Boolean)
            .join("\n");
    }

    get parts() {
        return (this.data.sop_promise_parts || []).map((part, index) => ({
            key: index,
            ...(SOURCES[part.source] || OTHER_SOURCE),
            ...(part.origin ? { label: _t("From %s", part.origin) } : {}),
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

    get root() {
        return this.props.record.model.root;
    }

    /** Rows of the quotation; none where the line is shown by itself. */
    get rows() {
        return this.root.data?.order_line?.records || [];
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
            verdict: this.verdict,
            verdictText: this.data.sop_verdict_text || "",
        };
    }

    /** What would let the line pass as it is on the screen, saved or not. */
    async findOffers() {
        const orm = this.env.services.orm;
        const record = this.props.record;
        if (this.root.resModel !== "sale.order") {
            const rows = await orm.read(record.resModel, [record.resId], ["sop_verdict_offers"]);
            return rows[0].sop_verdict_offers || [];
        }
        return this.askAboutLine("sop_find_offers");
    }

    /** Ask the server about the line as it is on the screen, saved or not. */
    async askAboutLine(method) {
        const record = this.props.record;
        const changes = await this.root.getChanges({ withReadonly: true });
        return this.env.services.orm.call("sale.order", method, [
            this.root.resId ? [this.root.resId] : [],
            changes,
            record.resId || record._virtualId,
        ]);
    }

    /** What the line means for the campaigns of the plant. */
    async findChangeover() {
        const orm = this.env.services.orm;
        const record = this.props.record;
        if (this.root.resModel !== "sale.order") {
            const names = ["sop_promise_changeover"];
            const rows = await orm.read(record.resModel, [record.resId], names);
            return rows[0].sop_promise_changeover || "";
        }
        return this.askAboutLine("sop_find_changeover");
    }

    onClick(ev) {
        // in the dialog of a line its own changes are not in the quotation yet
        const open = !this.env.inDialog && this.rows.includes(this.props.record);
        const held = this.verdict && !this.verdict.quiet;
        const shown = held && !(this.env.inDialog && this.props.record.dirty);
        this.popover.open(ev.currentTarget, {
            promise: { ...this.promise, hidden: held && !shown },
            ...(this.isMade ? { findChangeover: () => this.findChangeover() } : {}),
            ...(open ? { tell: () => this.askAboutLine("sop_tell_promise") } : {}),
            ...(shown ? { findOffers: () => this.findOffers() } : {}),
            ...(open ? { onOffer: (offer) => this.applyOffer(offer) } : {}),
        });
    }

    /** Save what is typed, let the server apply the offer, and show what came of it. */
    async applyOffer(offer) {
        // this cell goes with its row when a new line is saved, so nothing of it is used then
        const { orm, notification } = this.env.services;
        const root = this.root;
        const place = this.rows.indexOf(this.props.record);
        const productId = this.data.product_id?.id;
        if (!(await root.save())) {
            return;
        }
        const line = root.data.order_line.records[place];
        if (!line?.resId || line.data.product_id?.id !== productId) {
            notification.add(_t("The quotation is saved. Choose the offer again."), {
                type: "warning",
            });
            return;
        }
        const done = await orm.call("sale.order.line", "action_sop_apply_offer", [
            [line.resId],
            offer.key,
        ]);
        await root.load();
        tellApplied(this.env, root.resId, done.params);
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
        { name: "sop_verdict", type: "selection" },
        { name: "sop_verdict_text", type: "char" },
        { name: "product_uom_id", type: "many2one", relation: "uom.uom" },
    ],
    isEmpty: (record) => !["ok", "late", "impossible"].includes(record.data.sop_promise_state),
};

registry.category("fields").add("sop_promise", promiseField);
