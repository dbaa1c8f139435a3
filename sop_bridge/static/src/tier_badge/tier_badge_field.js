import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { computeM2OProps, Many2One } from "@web/views/fields/many2one/many2one";
import { buildM2OFieldDescription, Many2OneField } from "@web/views/fields/many2one/many2one_field";

/** A tier as a pill in its own colour; where it can be edited, Odoo's ordinary many2one. */
export class TierBadgeField extends Component {
    static template = "sop_bridge.TierBadgeField";
    static components = { Many2One };
    static props = { ...Many2OneField.props };

    get tier() {
        return this.props.record.data[this.props.name];
    }

    get m2oProps() {
        return computeM2OProps(this.props);
    }
}

export const tierBadgeField = {
    ...buildM2OFieldDescription(TierBadgeField),
    displayName: _t("Tier badge"),
    relatedFields: [{ name: "color", type: "integer" }],
};

registry.category("fields").add("sop_tier_badge", tierBadgeField);
