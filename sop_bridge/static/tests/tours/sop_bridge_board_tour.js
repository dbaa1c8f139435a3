import { registry } from "@web/core/registry";

const ROW = ".o_sop_board_row:contains(Coating line)";

/** Selector of the cell of the coating line in the n-th column. */
const cell = (col) => `${ROW} .o_sop_cell[data-col="${col}"]`;
const chip = (col) => `${cell(col)} .o_sop_slot:contains(Gold)`;

/** Drag with the mouse from a place in one element to a place in another (parts of their width). */
function drag(from, to, [start, stop] = [0.5, 0.5]) {
    const find = (selector) => {
        const [row, inner] = selector.split(ROW);
        const rows = [...document.querySelectorAll(".o_sop_board_row")];
        const line = rows.find((each) => each.textContent.includes("Coating line"));
        return line.querySelector((row || inner).trim().replace(":contains(Gold)", ""));
    };
    const grid = document.querySelector(".o_sop_board_grid");
    const at = (el, part) => {
        const { left, top, width, height } = el.getBoundingClientRect();
        return { clientX: left + part * width, clientY: top + height / 2 };
    };
    const send = (el, type, place, buttons) =>
        el.dispatchEvent(
            new PointerEvent(type, {
                ...place,
                buttons,
                button: type === "pointermove" ? -1 : 0,
                pointerId: 1,
                pointerType: "mouse",
                bubbles: true,
            })
        );
    const [source, target] = [find(from), find(to)];
    send(source, "pointerdown", at(source, start), 1);
    send(grid, "pointermove", at(target, (start + stop) / 2), 1);
    send(grid, "pointermove", at(target, stop), 1);
    send(grid, "pointerup", at(target, stop), 0);
}

registry.category("web_tour.tours").add("sop_bridge_board", {
    steps: () => [
        {
            content: "Wednesday has more booked than it has hours",
            trigger: `${cell(2)}.o_sop_over:contains(110%)`,
            run: "click",
        },
        {
            content: "It says why",
            trigger: ".o_sop_why:contains(48 too many)",
        },
        {
            content: "The order behind it is a link",
            trigger: ".o_sop_board_panel .o_sop_load a:contains(WH/MO)",
        },
        {
            content: "Close the panel",
            trigger: ".o_sop_close",
            run: "click",
        },
        {
            content: "Draw a slot over Monday",
            trigger: `.o_sop_board:not(:has(.o_sop_board_panel)) ${cell(0)}`,
            run: () => drag(cell(0), cell(0), [0.2, 0.8]),
        },
        {
            content: "The best tier is proposed",
            trigger: ".modal .o_field_widget[name=tier_id] input:value(Gold)",
        },
        {
            content: "So are all hours of the day",
            trigger: ".modal .o_field_widget[name=minutes]:contains(480)",
        },
        {
            content: "Save it",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "It is on the board, and its time is reserved",
            trigger: `${chip(0)}, ${cell(0)} .o_sop_reserved`,
        },
        {
            content: "Drag it to Tuesday",
            trigger: `.o_sop_board_grid:not(.o_sop_loading) ${chip(0)}`,
            run: () => drag(chip(0), cell(1)),
        },
        {
            content: "It went there",
            trigger: `.o_sop_board_grid:not(.o_sop_loading) ${chip(1)}`,
        },
        {
            content: "Back to where it was, by the notification",
            trigger: ".o_notification:contains(is now kept:) .o_notification_buttons .btn:contains(Undo)",
            run: "click",
        },
        {
            content: "Monday has it again",
            trigger: `.o_sop_board_grid:not(.o_sop_loading) ${chip(0)}`,
            // hours are 8 to 17: two thirds of the cell are 14:00
            run: () => drag(`${chip(0)} .o_sop_slot_end`, cell(0), [0.5, 2 / 3]),
        },
        {
            content: "It ends at 14:00",
            trigger: ".o_notification:contains(08:00 – 14:00)",
        },
        {
            content: "Saturday has no hours, and the slot goes back",
            trigger: `.o_sop_board_grid:not(.o_sop_loading) ${chip(0)}`,
            run: () => drag(chip(0), cell(5)),
        },
        {
            content: "It says why",
            trigger: ".o_notification:contains(does not work between)",
        },
        {
            content: "The slot is where it was",
            trigger: `.o_sop_board_grid:not(.o_sop_loading) ${chip(0)}`,
            run: "click",
        },
        {
            content: "Release it",
            trigger: ".o_sop_board_panel .o_sop_release",
            run: "click",
        },
        {
            content: "Nothing is reserved any more",
            trigger: `.o_sop_board_grid:not(.o_sop_loading) ${cell(0)}:not(:has(.o_sop_reserved))`,
        },
    ],
});

registry.category("web_tour.tours").add("sop_bridge_board_keys", {
    steps: () => [
        {
            content: "The board has the focus",
            trigger: ".o_sop_board_grid:focus",
            run: "press ArrowRight && press ArrowRight && press ArrowDown",
        },
        {
            content: "Three columns of one row: there is none below",
            trigger: `${cell(2)}.o_sop_active`,
        },
        {
            content: "To the slot of Thursday",
            trigger: ".o_sop_board_grid",
            run: "press ctrl+Home && press ArrowRight && press ArrowRight && press ArrowRight",
        },
        {
            content: "It is chosen",
            trigger: `${cell(3)}.o_sop_active .o_sop_slot.o_sop_chosen`,
        },
        {
            content: "A day later",
            trigger: ".o_sop_board_grid",
            run: "press alt+ArrowRight",
        },
        {
            content: "It is on Friday, and so is the cursor",
            trigger: `.o_sop_board_grid:not(.o_sop_loading) ${cell(4)}.o_sop_active .o_sop_chosen`,
        },
        {
            content: "Undo",
            trigger: ".o_sop_board_grid",
            run: "press ctrl+z",
        },
        {
            content: "It is on Thursday again; follow it",
            trigger: `.o_sop_board_grid:not(.o_sop_loading) ${chip(3)}`,
            run: "press ArrowLeft",
        },
        {
            content: "End it an hour later",
            trigger: `${cell(3)}.o_sop_active .o_sop_chosen`,
            run: "press alt+shift+ArrowRight",
        },
        {
            content: "It ends at 13:00",
            trigger: ".o_notification:contains(08:00 – 13:00)",
        },
        {
            content: "Open the cell",
            trigger: ".o_sop_board_grid:not(.o_sop_loading)",
            run: "press Enter",
        },
        {
            content: "The panel shows the slot; the board keeps the focus",
            trigger: ".o_sop_board:has(.o_sop_panel_slot) .o_sop_board_grid:focus",
            run: "press Escape",
        },
        {
            content: "A new slot",
            trigger: ".o_sop_board:not(:has(.o_sop_board_panel)) .o_sop_board_grid:focus",
            run: "press n",
        },
        {
            content: "The afternoon is what is left of Thursday",
            trigger: ".modal .o_field_widget[name=minutes]:contains(240)",
        },
        {
            content: "Not now",
            trigger: ".modal .o_form_button_cancel",
            run: "click",
        },
        {
            content: "Weeks; the week of the cell comes first",
            trigger: "body:not(:has(.modal)) .o_sop_board_grid",
            run: () => document.querySelector(".o_sop_board_grid").focus(),
        },
        {
            content: "Weeks",
            trigger: ".o_sop_board_grid:focus",
            run: "press w",
        },
        {
            content: "And the help",
            trigger: ".o_sop_board_grid:not(.o_sop_days):not(.o_sop_loading):focus",
            run: "press ?",
        },
        {
            content: "It lists the keys",
            trigger: ".o_sop_board_help kbd:contains(Alt + Shift)",
        },
    ],
});

registry.category("web_tour.tours").add("sop_bridge_board_reader", {
    steps: () => [
        {
            content: "Salespeople see what is booked",
            trigger: `${cell(2)}:contains(110%)`,
        },
        {
            content: "Dragging does nothing",
            trigger: ".o_sop_board_grid:not(.o_sop_may_drag)",
            run: () => drag(cell(0), cell(1)),
        },
        {
            content: "Open the cell",
            trigger: `body:not(:has(.modal)) ${cell(2)}`,
            run: "click",
        },
        {
            content: "There is nothing to act with",
            trigger: ".o_sop_board_panel:not(:has(.o_sop_new_slot)):not(:has(.o_sop_release))",
        },
        {
            content: "The order of a colleague has no name",
            trigger: ".o_sop_board_panel .o_sop_load:contains(Order of another salesperson)",
        },
    ],
});

registry.category("web_tour.tours").add("sop_bridge_board_phone", {
    steps: () => [
        {
            content: "A week of days beside the names",
            trigger: `${ROW} .o_sop_cell[data-col='6'], ${cell(3)}`,
        },
        {
            content: "Nothing is wider than the screen but the board, which scrolls",
            trigger: ".o_sop_board_grid",
            run: () => {
                if (document.body.scrollWidth > window.innerWidth) {
                    throw new Error("The page is wider than the screen.");
                }
            },
        },
        {
            content: "A finger opens the slot's day",
            trigger: cell(1),
            run: "click",
        },
        {
            content: "A day later, by the button",
            trigger: ".o_sop_board_panel .o_sop_later",
            run: "click",
        },
        {
            content: "It went there",
            trigger: `.o_sop_board_grid:not(.o_sop_loading) ${chip(2)}`,
        },
        {
            content: "Months, from the list",
            trigger: "select.o_sop_scale",
            run: "select month",
        },
        {
            content: "Six of them",
            trigger: ".o_sop_board_grid[aria-colcount='7']:not(.o_sop_days)",
        },
    ],
});

/** Listeners on what outlives a screen: the number of those that were added and not removed. */
const listeners = { count: 0, seen: [] };

function watch() {
    for (const target of [window, document, document.body]) {
        for (const [name, step] of Object.entries({ addEventListener: 1, removeEventListener: -1 })) {
            const original = target[name];
            target[name] = function (...args) {
                listeners.count += step;
                return original.apply(this, args);
            };
        }
    }
}

const visit = [
    {
        content: "Open the menu",
        trigger: ".o_menu_sections button:contains(Capacity)",
        run: "click",
    },
    {
        content: "The board",
        trigger: ".o-dropdown--menu a:contains(Capacity board)",
        run: "click",
    },
    {
        content: "Open a cell",
        trigger: cell(2),
        run: "click",
    },
    {
        content: "Leave with the panel open",
        trigger: ".o_sop_board:has(.o_sop_board_panel)",
    },
    {
        content: "Open the menu",
        trigger: ".o_menu_sections button:contains(Capacity)",
        run: "click",
    },
    {
        content: "Changeovers",
        trigger: ".o-dropdown--menu a:contains(Changeovers)",
        run: "click",
    },
    {
        content: "How many listeners are left",
        trigger: ".o_sop_changeovers",
        run: () => listeners.seen.push(listeners.count),
    },
];

registry.category("web_tour.tours").add("sop_bridge_board_leaves_nothing", {
    steps: () => [
        { content: "Count listeners", trigger: ".o_sop_changeovers", run: watch },
        ...visit,
        ...visit,
        ...visit,
        {
            content: "A further visit leaves none",
            trigger: ".o_sop_changeovers",
            run: () => {
                const [, second, third] = listeners.seen;
                if (third !== second) {
                    throw new Error(`Listeners are left: ${listeners.seen}`);
                }
            },
        },
    ],
});
