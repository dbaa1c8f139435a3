import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sop_bridge_segment", {
    steps: () => [
        {
            content: "Silver became Gold: one customer",
            trigger:
                ".o_action_manager > .o_action > .o_sop_segments .o_sop_cell_up:contains(1)",
            run: "click",
        },
        {
            content: "The customer behind the number",
            trigger: ".o_list_view .o_data_row:contains(Azur Marine) td[name=score]:contains(72.5)",
        },
        {
            content: "Back to the page",
            trigger: ".o_breadcrumb .breadcrumb-item a:contains(Segments), .o_back_button",
            run: "click",
        },
        {
            content: "The curve is drawn",
            trigger: ".o_sop_segments .o_sop_whale canvas",
        },
        {
            content: "The workbook",
            trigger: ".o_sop_export:enabled:contains(Workbook)",
            run: "click",
        },
        {
            content: "It is written; the button is there again",
            trigger: ".o_sop_export:enabled:contains(Workbook):has(.fa-download)",
        },
        {
            content: "The customers of a tier",
            trigger: ".o_sop_tier_row:contains(Gold):contains($)",
            run: "click",
        },
        {
            content: "Gold has one",
            trigger: ".o_list_view .o_data_row:contains(Azur Marine)",
        },
    ],
});

registry.category("web_tour.tours").add("sop_bridge_segment_not_yours", {
    steps: () => [
        {
            content: "Open the tab",
            trigger: ".o_form_view .nav-link[name=sop_segment]",
            run: "click",
        },
        {
            content: "A sentence says whose customer it is",
            trigger: ".o_sop_segment_empty:contains(The salesperson of Petit Atelier is Bob)",
        },
        {
            content: "The tier is shown, and neither score nor figures nor an error",
            trigger:
                "body:not(:has(.o_error_dialog)) .o_sop_segment:has(.badge:contains(Standard)):not(:has(.o_sop_segment_score, .o_sop_measure, canvas))",
        },
    ],
});

registry.category("web_tour.tours").add("sop_bridge_segment_customer", {
    steps: () => [
        {
            content: "Open the tab",
            trigger: ".o_form_view .nav-link[name=sop_segment]",
            run: "click",
        },
        {
            content: "Score and why",
            trigger: ".o_sop_segment_score:contains(61.2)",
        },
        {
            content: "Orders are too few for Gold",
            trigger: ".o_sop_measure[data-code=frequency] .o_sop_bar_fill.bg-warning",
        },
        {
            content: "The line of the next border",
            trigger: ".o_sop_measure[data-code=net_sales] .o_sop_bar_border[style*='70']",
        },
        {
            content: "What would lift the customer",
            trigger: ".o_sop_lift li[data-code=frequency]:contains(7 more orders in 12 months)",
        },
        {
            content: "Both curves are drawn",
            trigger: ".o_sop_segment:has(.o_sop_whale canvas) .o_sop_curve canvas",
        },
        {
            content: "Ask for another tier",
            trigger: ".o_sop_segment_ask",
            run: "click",
        },
        {
            content: "The request is about this customer",
            trigger: ".o_form_view .o_field_widget[name=partner_id] input:value(Azur Marine)",
        },
        {
            content: "Leave without asking",
            trigger: ".o_form_button_cancel",
            run: "click",
        },
    ],
});
