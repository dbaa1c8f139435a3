import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { _t } from "@web/core/l10n/translation";

/** What the colours mean, and the keys of the board. */
export class BoardHelp extends Component {
    static template = "sop_bridge.BoardHelp";
    static components = { Dropdown };
    static props = { owners: Array, mayEdit: Boolean, offers: Object };

    get keys() {
        const { mayEdit, offers } = this.props;
        return [
            ["← ↑ → ↓", _t("another cell; with Ctrl to the edge")],
            ["Enter", _t("what is behind the cell")],
            ["Esc", _t("close it")],
            ["T", _t("today")],
            ["P, F", _t("back and forward")],
            ["D, W, M", _t("days, weeks, months")],
            ["/", _t("search a work centre")],
            ["R", _t("refresh")],
            mayEdit && ["N", _t("new slot")],
            mayEdit && ["S", _t("choose another slot of the day")],
            mayEdit && ["Alt + ← →", _t("move the slot by a day")],
            mayEdit && ["Alt + Shift + ← →", _t("end the slot an hour earlier or later")],
            mayEdit && ["Del", _t("release the slot")],
            mayEdit && ["Ctrl + Z", _t("undo")],
            offers.protection && ["A", _t("ask the advisor")],
            offers.campaign && ["C", _t("propose a campaign")],
        ].filter(Boolean);
    }
}
