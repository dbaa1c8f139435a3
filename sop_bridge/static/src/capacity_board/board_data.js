import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { formatPercentage } from "@web/views/fields/formatters";

const HOUR = 60;

export const sum = (values) => values.reduce((whole, value) => whole + value, 0);

/** Hours of minutes as people write them: 7.5, and 8 without a fraction. */
export function hours(minutes) {
    return formatFloat(minutes / HOUR, { digits: [16, 1], trailingZeros: false });
}

/** Text without case and accents, to be searched in. */
function plain(text) {
    return text
        .normalize("NFD")
        .replace(/[\u0300-\u036f]/g, "")
        .toLowerCase();
}

/** What the board shows, as the server gave it, seen through filters. */
export class BoardData {
    /**
     * @param {Object} content of ``sop.board.get_content``
     * @param {{search: string, tag: number, bottleneck: boolean, over: boolean, owner: number}}
     *      filters; ``owner`` is an index of the owners, -1 for all of them
     */
    constructor(content, filters) {
        Object.assign(this, { content, filters });
        this.rows = content.rows.filter((row) => this.fits(row));
        this.totals = content.columns.map((_column, index) =>
            this.add(this.rows.map((row) => row.cells[index]))
        );
        this.whole = this.add(this.totals);
    }

    fits(row) {
        const { search, tag, bottleneck, over } = this.filters;
        return (
            (!search || plain(`${row.name} ${row.code}`).includes(plain(search))) &&
            (!tag || row.tags.includes(tag)) &&
            (!bottleneck || row.bottleneck) &&
            (!over || row.total.over > 0)
        );
    }

    add(cells) {
        const total = { past: cells.length > 0 && cells.every((cell) => cell.past) };
        for (const key of ["calendar", "free", "over"]) {
            total[key] = sum(cells.map((cell) => cell[key]));
        }
        for (const key of ["booked", "held", "reserved"]) {
            total[key] = this.content.owners.map((_owner, n) => sum(cells.map((c) => c[key][n])));
        }
        return total;
    }

    /** Booked minutes: of the tier that is looked at, or of all. */
    booked(cell) {
        const { owner } = this.filters;
        return owner < 0 ? sum(cell.booked) : cell.booked[owner];
    }

    reserved(cell) {
        const { owner } = this.filters;
        return owner < 0 ? sum(cell.reserved) : cell.reserved[owner];
    }

    isClosed(cell) {
        return !cell.calendar && !sum(cell.booked);
    }

    /** '82 %', or an infinity sign where work is planned and no time is there. */
    percent(cell) {
        if (cell.past || this.isClosed(cell)) {
            return "";
        }
        const booked = this.booked(cell);
        if (!cell.calendar) {
            return booked ? "∞" : "";
        }
        return formatPercentage(booked / cell.calendar, { digits: [16, 0] });
    }

    /** '6.5 / 8 h' */
    figures(cell) {
        if (cell.past) {
            return _t("past");
        }
        if (this.isClosed(cell)) {
            return _t("closed");
        }
        return _t("%(booked)s / %(calendar)s h", {
            booked: hours(this.booked(cell)),
            calendar: hours(cell.calendar),
        });
    }

    /** What a bar is made of, from left to right: {className, width (%)}. */
    segments(cell) {
        const booked = sum(cell.booked);
        const whole = Math.max(cell.calendar, booked + sum(cell.reserved));
        const parts = [];
        const push = (minutes, className) => {
            if (whole && minutes > 0.5) {
                parts.push({ className, width: (100 * minutes) / whole });
            }
        };
        cell.booked.forEach((minutes, n) => push(minutes - cell.held[n], this.tone(n)));
        cell.held.forEach((minutes, n) => push(minutes, `o_sop_held ${this.tone(n)}`));
        cell.reserved.forEach((minutes, n) => push(minutes, `o_sop_reserved ${this.tone(n)}`));
        return parts;
    }

    /** Where the red mark of what is too much lies on the bar, or null. */
    excess(cell) {
        const booked = sum(cell.booked);
        const whole = Math.max(cell.calendar, booked + sum(cell.reserved));
        if (cell.over < 0.5) {
            return null;
        }
        return {
            left: (100 * (booked - cell.over)) / whole,
            width: (100 * cell.over) / whole,
        };
    }

    /** Class of the colour of an owner; grey when another one is looked at. */
    tone(index) {
        const { owner } = this.filters;
        if (owner >= 0 && owner !== index) {
            return "o_sop_tone_other";
        }
        return `o_sop_tone_${this.content.owners[index].color}`;
    }

    /** A cell in words, for who cannot see it. */
    label(cell) {
        if (cell.past) {
            return _t("past");
        }
        if (this.isClosed(cell)) {
            return _t("closed");
        }
        const told = [
            _t("%(booked)s of %(calendar)s h booked", {
                booked: hours(this.booked(cell)),
                calendar: hours(cell.calendar),
            }),
        ];
        const held = sum(cell.held);
        if (held) {
            told.push(_t("%s h of it held for quotations", hours(held)));
        }
        if (this.reserved(cell)) {
            told.push(_t("%s h reserved", hours(this.reserved(cell))));
        }
        told.push(_t("%s h free", hours(cell.free)));
        if (cell.over) {
            told.push(_t("%s h too many", hours(cell.over)));
        }
        return told.join(", ");
    }

    /** Booked minutes by owner, for the tooltip. */
    byOwner(cell) {
        return this.content.owners
            .map((owner, n) => ({ name: owner.name, minutes: cell.booked[n] }))
            .filter(({ minutes }) => minutes >= 0.5)
            .map(({ name, minutes }) => `${name}: ${hours(minutes)} h`)
            .join("\n");
    }
}
