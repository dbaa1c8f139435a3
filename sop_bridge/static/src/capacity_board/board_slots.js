const { DateTime } = luxon;
const FORMAT = "yyyy-MM-dd'T'HH:mm";
const QUARTER = 0.25;

/** Moment of a wall-clock text; the zone does not matter, days have 24 hours on the clock. */
const read = (text) => DateTime.fromISO(text, { zone: "utc" });

/** A wall-clock text so many days and hours later. */
export function later(text, { days = 0, hours = 0 }) {
    return read(text)
        .plus({ days, minutes: Math.round(hours * 60) })
        .toFormat(FORMAT);
}

/** Text of an hour (may be 24) of a day. */
export const at = (day, hour) => later(`${day}T00:00`, { hours: hour });

/** 'HH:mm' of a wall-clock text. */
export const clock = (text) => text.slice(11, 16);

/** Hour of a place in a cell, in quarters. */
export function hourAt([first, last], part) {
    const hour = first + (last - first) * Math.min(1, Math.max(0, part));
    return Math.round(hour / QUARTER) * QUARTER;
}

/**
 * Where a slot lies in the cell of a day: {left, width} in per cent of the work centre's hours, and
 * whether it ends there; null where it is not.
 */
export function place(slot, day, [first, last]) {
    const start = read(slot.start).diff(read(`${day}T00:00`), "hours").hours;
    const stop = read(slot.stop).diff(read(`${day}T00:00`), "hours").hours;
    if (start >= 24 || stop <= 0) {
        return null;
    }
    const part = (hour) => Math.min(1, Math.max(0, (hour - first) / (last - first)));
    return {
        left: 100 * part(start),
        width: Math.max(8, 100 * (part(Math.min(stop, 24)) - part(start))),
        ends: stop <= 24,
    };
}
