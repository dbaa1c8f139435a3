import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sop_bridge_campaign", {
    steps: () => [
        {
            content: "No campaign yet",
            trigger: ".o_view_nocontent:contains(Propose the first campaign)",
        },
        {
            content: "A new one",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "On the coating line",
            trigger: ".o_field_widget[name=workcenter_id] input",
            run: "edit Tour line",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item:contains(Tour line)",
            run: "click",
        },
        {
            content: "Propose",
            trigger: "button[name=action_propose]:contains(Propose)",
            run: "click",
        },
        {
            content: "What it saves, in a sentence",
            trigger: ".o_field_widget[name=summary]:contains(Saves 30 of 90 changeover minutes)",
        },
        {
            content: "Now the grey ones are apart",
            trigger: ".o_sop_campaign_row[data-row=now] [aria-label*='Blue: 1 work order, Grey']",
        },
        {
            content: "Proposed are two",
            trigger: ".o_sop_campaign_row[data-row=then] [aria-label*='Grey: 2 work orders']",
        },
        {
            content: "Apply",
            trigger: "button[name=action_apply]",
            run: "click",
        },
        {
            content: "Yes",
            trigger: ".modal-footer .btn-primary:contains(Apply)",
            run: "click",
        },
        {
            content: "It is applied",
            trigger: ".o_arrow_button_current:contains(Applied)",
        },
        {
            content: "Undo",
            trigger: "button[name=action_undo]",
            run: "click",
        },
        {
            content: "Yes",
            trigger: ".modal-footer .btn-primary:contains(Undo)",
            run: "click",
        },
        {
            content: "It is undone, and can be proposed again",
            trigger: ".o_arrow_button_current:contains(Undone)",
        },
        {
            content: "Nothing is left to save",
            trigger: ".o_form_view:has(button[name=action_propose]:contains(Propose again))",
        },
    ],
});
