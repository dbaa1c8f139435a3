import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sop_bridge_verdict", {
    steps: () => [
        {
            content: "A line against a rule is marked",
            trigger: ".o_data_row .o_sop_promise .o_sop_verdict.fa-ban",
        },
        {
            content: "Type another quantity, and leave it unsaved",
            trigger: ".o_data_row td[name=product_uom_qty]",
            run: "click",
        },
        {
            content: "Three",
            trigger: ".o_data_row td[name=product_uom_qty] input",
            run: "edit 3 && press Tab",
        },
        {
            content: "Ask why",
            trigger: ".o_data_row .o_sop_promise[aria-label*='3 Units is below 10 Units']",
            run: "click",
        },
        {
            content: "The rule, its numbers and its message",
            trigger: ".o_sop_verdict_text:contains(“Small run”):contains(3 Units is below 10 Units)",
        },
        {
            content: "Take the offer",
            trigger: ".o_sop_offer[data-kind=quantity]:contains(Order 10 Units)",
            run: "click",
        },
        {
            content: "What was there before",
            trigger: ".o_notification:contains(Before: 3 Units)",
        },
        {
            content: "Take it back",
            trigger: ".o_notification button:contains(Undo)",
            run: "click",
        },
        {
            content: "The line is as it was, and against the rule",
            trigger: ".o_data_row .o_sop_promise[aria-label*='3 Units is below 10 Units']",
            run: "click",
        },
        {
            content: "Take the offer after all",
            trigger: ".o_sop_offer[data-kind=quantity]:contains(Order 10 Units)",
            run: "click",
        },
        {
            content: "The line passes",
            trigger: ".o_data_row:not(:has(.o_sop_verdict)) td[name=product_uom_qty]:contains(10.00)",
        },
        {
            content: "Nothing is left to save",
            trigger: ".o_form_view:not(:has(.o_form_status_indicator_buttons:not(.invisible)))",
        },
    ],
});

registry.category("web_tour.tours").add("sop_bridge_verdict_nothing", {
    steps: () => [
        {
            content: "Ask why a line is refused",
            trigger: ".o_data_row .o_sop_promise:has(.o_sop_verdict.fa-ban)",
            run: "click",
        },
        {
            content: "Nothing in the quotation would help, and it says so",
            trigger: ".o_sop_no_offer:contains(would let it pass)",
        },
    ],
});
