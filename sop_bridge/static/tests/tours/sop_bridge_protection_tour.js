import { registry } from "@web/core/registry";

const row = (tier) => `.o_field_one2many[name=line_ids] .o_data_row:contains(${tier})`;

/** Types a figure into a cell of a tier's row. */
const type = (tier, name, figure) => [
    {
        content: `Open the ${name} of ${tier}`,
        trigger: `${row(tier)} .o_data_cell[name=${name}]`,
        run: "click",
    },
    {
        content: `Type the ${name} of ${tier}`,
        trigger: `${row(tier)}.o_selected_row .o_data_cell[name=${name}] input`,
        run: `edit ${figure}`,
    },
];

registry.category("web_tour.tours").add("sop_bridge_protection", {
    steps: () => [
        {
            content: "A new advice",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Choose the work centre",
            trigger: ".o_field_widget[name=workcenter_id] input",
            run: "edit Coating line",
        },
        {
            content: "Take it",
            trigger: ".o-autocomplete--dropdown-item:contains(Coating line)",
            run: "click",
        },
        {
            content: "Compute",
            trigger: "button[name=action_compute]:contains(Compute)",
            run: "click",
        },
        {
            content: "There is no history, and it says so",
            trigger: ".o_field_widget[name=warning]:contains(no demand on this work centre)",
        },
        ...type("Gold", "mean", "10"),
        ...type("Gold", "value", "100"),
        ...type("Standard", "mean", "40"),
        ...type("Standard", "value", "50"),
        {
            content: "Leave the row",
            trigger: ".o_field_widget[name=answer]",
            run: "click",
        },
        {
            content: "The result follows before anything is saved, in the row of the other tier too",
            trigger: `${row("Gold")} .o_data_cell[name=own]:contains(10.00)`,
        },
        {
            content: "So does the sentence",
            trigger: ".o_field_widget[name=answer]:contains(Keep 10 hours)",
        },
        {
            content: "And the picture",
            trigger: ".o_sop_protection_part[data-tier=Gold]:contains(10)",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "See the slots",
            trigger: ".o_form_saved .nav-link[name=slots]",
            run: "click",
        },
        {
            content: "Five mornings are proposed",
            trigger: ".o_field_one2many[name=slot_ids] .o_data_row:nth-child(5):contains(Gold)",
        },
        {
            content: "Make them",
            trigger: "button[name=action_make_slots]",
            run: "click",
        },
        {
            content: "They were made",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Slots made)",
        },
        {
            content: "What was made is linked",
            trigger: ".oe_stat_button[name=action_slots]:contains(5)",
        },
        {
            content: "Take them back",
            trigger: "button[name=action_undo]",
            run: "click",
        },
        {
            content: "Agree",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is a draft again",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Draft)",
        },
    ],
});
