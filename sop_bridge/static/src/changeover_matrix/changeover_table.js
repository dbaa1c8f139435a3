/** Id that stands for any other family; the server says false. */
export const ANY = 0;

const NOTHING = ["", "-", "–", "—", "x"];
const THOUSANDS = /^-?[1-9]\d{0,2}(,\d{3})+$/;

/**
 * Number that a person typed or pasted, with a comma or a point for the decimals.
 *
 * @param {string} text
 * @returns {number|null|undefined} null: nothing; undefined: no number, or not surely one
 */
export function parseNumber(text) {
    let found = text.replace(/[\s'’]/g, "");
    if (NOTHING.includes(found.toLowerCase())) {
        return null;
    }
    if (found.includes(",") && found.includes(".")) {
        const last = Math.max(found.lastIndexOf(","), found.lastIndexOf("."));
        found = found.slice(0, last).replace(/[.,]/g, "") + "." + found.slice(last + 1);
    } else if (THOUSANDS.test(found)) {
        return undefined;
    }
    found = found.replace(",", ".");
    return /^-?\d+(\.\d+)?$/.test(found) ? Number(found) : undefined;
}

/** Rows and columns of text from a spreadsheet. */
export function parseBlock(text) {
    return text
        .replace(/(\r?\n)+$/, "")
        .split(/\r?\n/)
        .map((line) => line.split("\t"));
}

/**
 * The changeovers of one work centre while they are edited: what each pair of families has of its
 * own, what it gets from a default, and every step that can be undone.
 */
export class ChangeoverTable {
    constructor(content) {
        this.families = content.families;
        this.others = content.others;
        this.maximum = [content.max_minutes, content.max_cost];
        this.saved = new Map(
            content.cells.map((cell) => [
                this.key(cell.from || ANY, cell.to || ANY),
                [cell.minutes, cell.cost],
            ])
        );
        this.cells = new Map(this.saved);
        this.past = [];
        this.future = [];
    }

    key(from, to) {
        return `${from}/${to}`;
    }

    /** Ids of rows and columns: any other family, then the families. */
    get axis() {
        return [ANY, ...this.families.map((family) => family.id)];
    }

    family(id) {
        return this.families.find((family) => family.id === id);
    }

    isSame(from, to) {
        return from === to && from !== ANY;
    }

    isLocked(from, to) {
        return this.isSame(from, to) || [from, to].some((id) => this.family(id)?.archived);
    }

    own(from, to) {
        return this.cells.get(this.key(from, to));
    }

    /**
     * What counts for a pair: its own values, or those of the nearest default.
     *
     * @returns {{values: [number, number], source: [number, number]|null}} source: the pair they
     *      were entered for, null if nothing was agreed
     */
    lookup(from, to) {
        for (const source of [[from, to], [ANY, to], [from, ANY], [ANY, ANY]]) {
            const values = this.own(...source);
            if (values) {
                return { values, source };
            }
        }
        return { values: [0, 0], source: null };
    }

    isChanged(from, to) {
        const key = this.key(from, to);
        return String(this.cells.get(key)) !== String(this.saved.get(key));
    }

    get isDirty() {
        return this.changes.length > 0;
    }

    /** What the server has to store, as ``sop.changeover.matrix.save`` wants it. */
    get changes() {
        const keys = new Set([...this.saved.keys(), ...this.cells.keys()]);
        return [...keys]
            .map((key) => key.split("/").map(Number))
            .filter(([from, to]) => this.isChanged(from, to))
            .map(([from, to]) => {
                const [minutes, cost] = this.own(from, to) || [null, null];
                const before = this.saved.get(this.key(from, to)) || false;
                return { from: from || false, to: to || false, minutes, cost, before };
            });
    }

    /** Whether a value can be stored. */
    accepts(layer, value) {
        return value >= 0 && value <= this.maximum[layer];
    }

    /**
     * Give pairs new values, as one step that can be undone.
     *
     * @param {number} layer 0: minutes, 1: cost
     * @param {Array<[number, number, number|null]>} values [from, to, value]; null: nothing of its
     *      own any more, so that a default counts
     */
    set(layer, values) {
        const next = new Map(this.cells);
        for (const [from, to, value] of values) {
            const key = this.key(from, to);
            if (value === null) {
                next.delete(key);
            } else {
                // The other value stays what it is, be it the pair's own or that of a default.
                const pair = [...this.lookup(from, to).values];
                pair[layer] = Math.round(value * 100) / 100;
                next.set(key, pair);
            }
        }
        this.past.push(this.cells);
        this.future = [];
        this.cells = next;
    }

    undo() {
        if (this.past.length) {
            this.future.push(this.cells);
            this.cells = this.past.pop();
        }
    }

    redo() {
        if (this.future.length) {
            this.past.push(this.cells);
            this.cells = this.future.pop();
        }
    }

    add(id) {
        const family = this.others.find((other) => other.id === id);
        this.others = this.others.filter((other) => other !== family);
        this.families = [...this.families, family];
    }
}
