import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sop_bridge_quotation_promise", {
    steps: () => [
        {
            content: "The cabinet can be made, but later than the customer wants it",
            trigger: ".o_data_row:contains(Cabinet) .o_sop_promise[data-state=late]",
        },
        {
            content: "The spare part has no source, and says so instead of a date",
            trigger:
                ".o_data_row:contains(Orphan) .o_sop_promise[data-state=impossible]:contains(No date)",
        },
        {
            content: "A section has no promise",
            trigger: ".o_data_row.o_is_line_section:not(:has(.o_sop_promise))",
        },
        {
            content: "The tier of the customer is shown",
            trigger: ".o_field_sop_tier_badge .o_sop_tier_badge:contains(Gold)",
        },
        {
            content: "Open the promise of the cabinet",
            trigger: ".o_data_row:contains(Cabinet) .o_sop_promise",
            run: "click",
        },
        {
            content: "Two sources with their quantities",
            trigger: ".o_sop_promise_popover tr:contains(From stock):contains(6)",
        },
        {
            content: "The rest is produced",
            trigger: ".o_sop_promise_popover tr:contains(To be produced):contains(5)",
        },
        {
            content: "The reason, as the server gave it",
            trigger: ".o_sop_promise_popover .o_sop_promise_reason:contains(5 made by)",
        },
        {
            content: "How late it is",
            trigger: ".o_sop_promise_popover:contains(3 days late)",
        },
        {
            content: "Opening the promise did not start to edit the line",
            trigger: ".o_field_one2many[name=order_line]:not(:has(.o_selected_row))",
        },
    ],
});

registry.category("web_tour.tours").add("sop_bridge_first_steps", {
    steps: () => [
        {
            content: "The figures of the day",
            trigger: ".o_sop_first_steps .o_sop_figure[data-key=approvals]",
        },
        {
            content: "One customer has a tier",
            trigger: ".o_sop_step[data-key=tiers][data-state=done]:contains(customers have a tier)",
        },
        {
            content: "The work centre without working hours is named",
            trigger: ".o_sop_step[data-key=hours]:not([data-state=done]):contains(Tour bench)",
        },
        {
            content: "What both departments agree on is a part of it",
            trigger: ".o_sop_step[data-key=scorecard] button",
        },
        {
            content: "The page scrolls by itself, as Odoo's pages do",
            trigger: ".o_action_manager > .o_action > .o_content.o_sop_first_steps",
        },
        {
            content: "A button leads to the screen where it is mended",
            trigger: ".o_sop_step[data-key=hours] button",
            run: "click",
        },
        {
            content: "There it is",
            trigger: ".o_list_view .o_data_row:contains(Tour bench)",
        },
    ],
});

registry.category("web_tour.tours").add("sop_bridge_first_steps_reader", {
    steps: () => [
        {
            content: "Who cannot change a step is told whom to ask",
            trigger: ".o_sop_step[data-key=hours]:not(:has(button)) .o_sop_step_ask",
        },
        {
            content: "A salesperson may open the orders",
            trigger: ".o_sop_figure[data-key=promises]",
        },
    ],
});

registry.category("web_tour.tours").add("sop_bridge_slot_by_hand", {
    steps: () => [
        {
            content: "Reserve a slot",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "The work centres of the company are offered",
            trigger: ".o_field_widget[name=workcenter_id] input",
            run: "edit Coating",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Coating line)",
            run: "click",
        },
        {
            content: "The slot is named by its work centre as long as it has no owner",
            trigger: ".oe_title .o_field_widget[name=name]:contains(/^Coating line$/)",
        },
        {
            trigger: ".o_field_widget[name=tier_id] input",
            run: "edit Gold",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Gold)",
            run: "click",
        },
        {
            content: "Both owners of the name",
            trigger: ".oe_title .o_field_widget[name=name]:contains(Coating line: Gold)",
        },
        {
            content: "The hours came with the action",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Saved: four hours of working time",
            trigger: ".o_form_saved .o_field_widget[name=minutes]:contains(/^240$/)",
        },
        {
            content: "Nobody uses it yet",
            trigger: ".o_form_saved .o_field_widget[name=booking_ids]",
        },
    ],
});
