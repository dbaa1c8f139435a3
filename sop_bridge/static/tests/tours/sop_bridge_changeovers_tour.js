import { registry } from "@web/core/registry";

/** Selector of a cell: families in the order of the table, 0 is any other family. */
const cell = (row, col) => `.o_sop_matrix td[data-row="${row}"][data-col="${col}"]`;

/** Hand the table what a spreadsheet puts on the clipboard. */
function paste(text) {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    document
        .querySelector(".o_sop_grid")
        .dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
}

registry.category("web_tour.tours").add("sop_bridge_changeovers", {
    steps: () => [
        {
            content: "What the default says stands in every cell, lighter",
            trigger: `${cell(1, 2)}.o_sop_inherited:contains(45)`,
        },
        {
            content: "A family has no changeover to itself",
            trigger: `${cell(1, 1)}.o_sop_same`,
        },
        {
            content: "Choose black to white",
            trigger: cell(1, 2),
            run: "click",
        },
        {
            content: "The line below says where the value comes from",
            trigger:
                ".o_sop_explanation:contains(Test black → Test white: 45 min, 20 $ – as any other family → any other family)",
        },
        {
            content: "Start to type",
            trigger: ".o_sop_grid",
            run: "press 7",
        },
        {
            content: "Finish with Enter",
            trigger: `${cell(1, 2)} input`,
            run: "edit 7,5 && press Enter",
        },
        {
            content: "The cell has its own minutes now, and keeps the cost",
            trigger: `${cell(1, 2)}.o_sop_changed:not(.o_sop_inherited):contains(7.5):contains(20)`,
        },
        {
            content: "Enter went one row down",
            trigger: `${cell(2, 2)}.o_sop_active`,
        },
        {
            content: "An arrow goes one column to the left, and Delete gives the cell to the default",
            trigger: ".o_sop_grid",
            run: "press ArrowLeft && press Delete",
        },
        {
            content: "White to black is 45 as all others",
            trigger: `${cell(2, 1)}.o_sop_active.o_sop_inherited:contains(45)`,
        },
        {
            content: "Undo",
            trigger: ".o_sop_grid",
            run: "press ctrl+z",
        },
        {
            content: "White to black is what it was",
            trigger: `${cell(2, 1)}:not(.o_sop_inherited):contains(30)`,
        },
        {
            content: "Choose any other family to black",
            trigger: cell(0, 1),
            run: "click",
        },
        {
            content: "Text is refused where a number belongs, and nothing of it is filled in",
            trigger: ".o_sop_grid",
            run: () => paste("8\tnine"),
        },
        {
            content: "It says which",
            trigger: ".o_notification:contains(“nine” is no number)",
        },
        {
            content: "Nothing was filled in",
            trigger: `${cell(0, 1)}.o_sop_inherited:contains(45)`,
        },
        {
            content: "Choose white to black",
            trigger: cell(2, 1),
            run: "click",
        },
        {
            content: "Paste a row over the blocked cell",
            trigger: ".o_sop_grid",
            run: () => paste("12\t"),
        },
        {
            content: "White to black has the pasted minutes",
            trigger: `${cell(2, 1)}.o_sop_changed:contains(12)`,
        },
        {
            content: "The cost is edited on its own",
            trigger: ".o_sop_toolbar .btn-group .btn:contains(Cost)",
            run: "click",
        },
        {
            content: "Choose any other family to white",
            trigger: cell(0, 2),
            run: "dblclick",
        },
        {
            content: "Give it a cost",
            trigger: `${cell(0, 2)} input`,
            run: "edit 99 && press Tab",
        },
        {
            content: "It keeps the minutes of the default",
            trigger: `${cell(0, 2)}.o_sop_changed:contains(99):contains(45)`,
        },
        {
            content: "Save everything at once",
            trigger: ".o_sop_save",
            run: "click",
        },
        {
            content: "Saved",
            trigger: ".o_notification:contains(Changeovers saved)",
        },
        {
            content: "Nothing is left to save",
            trigger: ".o_sop_changeovers:not(:has(.o_sop_changed))",
        },
    ],
});

registry.category("web_tour.tours").add("sop_bridge_changeovers_reader", {
    steps: () => [
        {
            content: "Who may not change the table can read it",
            trigger: `${cell(2, 1)}:contains(30)`,
            run: "dblclick",
        },
        {
            content: "Typing changes nothing",
            trigger: ".o_sop_grid",
            run: "press 5 && press Delete",
        },
        {
            content: "Still the same",
            trigger: `${cell(2, 1)}.o_sop_active:contains(30):not(:has(input)):not(.o_sop_changed)`,
        },
        {
            content: "There is nothing to import with, but to export",
            trigger: ".o_sop_toolbar:not(:has(.o_sop_import)):not(:has(.o_sop_undo)) .o_sop_export",
        },
    ],
});
