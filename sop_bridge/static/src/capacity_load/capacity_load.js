import { Component, markRaw, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { BoardData, hours } from "../capacity_board/board_data";
import { Curve } from "../segment/curve";
import { loadConfig } from "./load_config";

const ALL = { search: "", tag: 0, bottleneck: false, over: false, owner: -1 };

/** The load of one work centre by tier, with its capacity as a line; the figures are the board's. */
export class CapacityLoad extends Component {
    static template = "sop_bridge.CapacityLoad";
    static components = { Curve, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.hours = hours;
        const { context, params } = this.props.action;
        this.workcenter = params?.workcenter_id || context.active_id;
        this.state = useState({ content: null, scale: this.props.state?.scale || "week" });
        onWillStart(() => this.load());
    }

    async load() {
        const options = { scale: this.state.scale, workcenter_ids: [this.workcenter || 0] };
        const content = markRaw(await this.orm.call("sop.board", "get_content", [], options));
        const [row] = content.rows;
        this.row = row;
        this.data = new BoardData(content, ALL);
        this.config = row && loadConfig(this.data, row, (column) => this.openBoard(column));
        this.state.content = content;
        this.props.updateActionState?.({ active_id: this.workcenter });
    }

    setScale(scale) {
        this.state.scale = scale;
        return this.load();
    }

    get content() {
        return this.state.content;
    }

    get scales() {
        return [
            { key: "day", label: _t("Days") },
            { key: "week", label: _t("Weeks") },
            { key: "month", label: _t("Months") },
        ];
    }

    /** Owners that have minutes in some column: the others need no row in the table. */
    get owners() {
        const { owners } = this.content;
        return owners
            .map((owner, index) => ({ ...owner, index }))
            .filter(({ index }) => this.row.total.booked[index]);
    }

    /** Bring the board of the work centre to a column. */
    openBoard(column) {
        return this.action.doAction("sop_bridge.action_sop_capacity_board", {
            additionalContext: { active_id: this.row.id },
            props: { state: { scale: this.content.scale, start: column.start } },
        });
    }
}

registry.category("actions").add("sop_capacity_load", CapacityLoad);
