import type { Recurrence, RecurrenceEnd, RecurrencePattern } from "../../mailbox/items/recurrence.js";
import { type CalendarTime, timeIn } from "./calendar-times.js";

const dayMs = 86_400_000;
const weekdays = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

/** The BY parts of a rule that can be expressed. */
interface RuleParts {
  readonly BYDAY?: readonly unknown[];
  readonly BYMONTHDAY?: readonly unknown[];
  readonly BYMONTH?: readonly unknown[];
  readonly BYSETPOS?: readonly unknown[];
}

/** What of an RRULE is looked at. */
interface Rule {
  readonly freq?: string;
  readonly interval?: number;
  readonly count?: number | null;
  readonly until?: unknown;
  /** 1 Sunday to 7 Saturday. */
  readonly wkst?: number;
  readonly parts?: RuleParts;
}

/** The day of a rule: which of the month's weekdays, or which weekdays. */
interface Days {
  /** The sum of Sunday 1 to Saturday 64. */
  readonly mask: number;
  /** 1 to 5, 5 the last; undefined when every one is meant. */
  readonly week: number | undefined;
}

/**
 * The recurrence of an RRULE (RFC 5545, 3.3.10) of a series that begins at `start`; undefined for what the protocol cannot say ([MS-ASCAL] 2.2.2.37): other steps than days to
 * years, several days of a month, the days before the last, weeks and days of a year, more than 999 occurrences or steps of more than 999.
 */
export function recurrenceOfRule(value: unknown, start: CalendarTime): Recurrence | undefined {
  const rule = value as Rule | null;
  if (rule === null || typeof rule !== "object") return undefined;
  const { freq = "", interval = 1, count } = rule;
  const parts = rule.parts ?? {};
  if (!(interval >= 1 && interval <= 999) || (count ?? 1) < 1 || (count ?? 1) > 999) return undefined;
  const pattern = patternOf(freq, parts, start);
  const end = endOf(rule, start);
  if (pattern === undefined || end === "unknown") return undefined;
  // "Every weekday" is a weekly series; with a step of several days it is no pattern of the protocol.
  if (pattern.type === "daily" && pattern.dayOfWeek !== undefined && interval !== 1) return undefined;
  const firstDayOfWeek = (rule.wkst ?? 2) - 1;
  return {
    ...pattern,
    ...(interval === 1 ? {} : { interval }),
    ...(end === undefined ? {} : { end }),
    ...(pattern.type === "weekly" && firstDayOfWeek >= 0 && firstDayOfWeek <= 6 ? { firstDayOfWeek } : {}),
  };
}

function patternOf(freq: string, parts: RuleParts, start: CalendarTime): RecurrencePattern | undefined {
  const given = Object.keys(parts);
  const has = (...names: string[]): boolean => given.every((name) => names.includes(name));
  const began = new Date(start.localMs);
  switch (freq) {
    case "DAILY": {
      const days = daysOf(parts);
      if (!has("BYDAY") || days?.week !== undefined) return undefined;
      if (given.length === 0) return { type: "daily" };
      return days === undefined ? undefined : { type: "daily", dayOfWeek: days.mask };
    }
    case "WEEKLY": {
      const days = given.length === 0 ? { mask: 1 << began.getUTCDay(), week: undefined } : daysOf(parts);
      return has("BYDAY") && days !== undefined && days.week === undefined
        ? { type: "weekly", dayOfWeek: days.mask }
        : undefined;
    }
    case "MONTHLY":
      return has("BYDAY", "BYMONTHDAY", "BYSETPOS") ? monthlyOf(parts, began) : undefined;
    case "YEARLY":
      return has("BYDAY", "BYMONTHDAY", "BYSETPOS", "BYMONTH") ? yearlyOf(parts, began) : undefined;
    default:
      return undefined;
  }
}

function monthlyOf(parts: RuleParts, began: Date): RecurrencePattern | undefined {
  if (parts.BYDAY !== undefined) {
    const days = parts.BYMONTHDAY === undefined ? daysOf(parts) : undefined;
    if (days?.week === undefined) return undefined;
    return { type: "monthly-nth", weekOfMonth: days.week, dayOfWeek: days.mask };
  }
  if (parts.BYSETPOS !== undefined) return undefined;
  const [day = began.getUTCDate(), ...others] = (parts.BYMONTHDAY ?? []).map(Number);
  if (others.length > 0) return undefined;
  if (day === -1) return { type: "monthly-nth", weekOfMonth: 5, dayOfWeek: 127 };
  return day >= 1 && day <= 31 ? { type: "monthly", dayOfMonth: day } : undefined;
}

function yearlyOf(parts: RuleParts, began: Date): RecurrencePattern | undefined {
  const [month = began.getUTCMonth() + 1, ...others] = (parts.BYMONTH ?? []).map(Number);
  // Without a month the n-th weekday is that of the year.
  if (others.length > 0 || !(month >= 1 && month <= 12)) return undefined;
  if (parts.BYDAY !== undefined && parts.BYMONTH === undefined) return undefined;
  const monthly = monthlyOf(parts, began);
  if (monthly?.type === "monthly") {
    return { type: "yearly", dayOfMonth: monthly.dayOfMonth, monthOfYear: month };
  }
  if (monthly?.type !== "monthly-nth") return undefined;
  const { weekOfMonth, dayOfWeek } = monthly;
  return { type: "yearly-nth", weekOfMonth, dayOfWeek, monthOfYear: month };
}

/** The BYDAY of a rule with its BYSETPOS; undefined when it is missing or names no one day. */
function daysOf(parts: RuleParts): Days | undefined {
  const days = (parts.BYDAY ?? []).map((text) => /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(String(text)));
  const indexes = days.map((day) => weekdays.indexOf(day?.[2] ?? ""));
  if (days.length === 0 || indexes.includes(-1)) return undefined;
  const mask = indexes.reduce((sum, index) => sum | (1 << index), 0);
  const [nth, ...others] = days.map((day) => day?.[1]).filter((number) => number !== undefined);
  const [position, ...positions] = (parts.BYSETPOS ?? []).map(Number);
  if (position !== undefined) {
    const isOne = nth === undefined && positions.length === 0;
    // The n-th of other sets of days than these is no pattern of the protocol.
    const isKnown = days.length === 1 || mask === 62 || mask === 65 || mask === 127;
    const week = weekOf(position);
    return isOne && isKnown && week !== undefined ? { mask, week } : undefined;
  }
  if (nth === undefined) return { mask, week: undefined };
  const week = weekOf(Number(nth));
  return days.length === 1 && others.length === 0 && week !== undefined ? { mask, week } : undefined;
}

function weekOf(nth: number): number | undefined {
  if (nth === -1) return 5;
  return nth >= 1 && nth <= 4 ? nth : undefined;
}

function endOf({ count, until }: Rule, start: CalendarTime): RecurrenceEnd | undefined | "unknown" {
  if (typeof count === "number") return { kind: "occurrences", count };
  if (until === null || until === undefined) return undefined;
  const last = timeIn(until, start.zone);
  if (last === undefined) return "unknown";
  if (start.isDate) return { kind: "until", untilMs: Math.floor(last.ms / dayMs) * dayMs };
  if (!last.isDate) return { kind: "until", untilMs: last.ms };
  const endOfDay = last.localMs + dayMs - 1_000;
  return { kind: "until", untilMs: start.zone?.instantOf(endOfDay) ?? endOfDay };
}
