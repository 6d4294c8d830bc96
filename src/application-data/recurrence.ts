import type { Recurrence, RecurrenceEnd, RecurrencePattern } from "../mailbox/items/recurrence.js";
import {
  child,
  children,
  isTagInVersion,
  type Tag,
  tagName,
  text as textOf,
  type WbxmlElement,
} from "../wbxml/index.js";
import { type Codec, flagWhenTrue, integer } from "./codec.js";
import { malformed, noteOtherVersion, type ReadContext } from "./context.js";
import { type Field, fieldsOf, readFields, writeFields } from "./field.js";

/** The elements of a Recurrence in one name space. */
export interface RecurrenceTags {
  readonly Type: Tag;
  readonly Interval: Tag;
  readonly Until: Tag;
  readonly Occurrences: Tag;
  readonly DayOfWeek: Tag;
  readonly DayOfMonth: Tag;
  readonly WeekOfMonth: Tag;
  readonly MonthOfYear: Tag;
  readonly CalendarType: Tag;
  readonly IsLeapMonth: Tag;
  readonly FirstDayOfWeek: Tag;
}

interface FlatRecurrence {
  readonly type?: number;
  readonly interval?: number;
  readonly untilMs?: number;
  readonly occurrences?: number;
  readonly dayOfWeek?: number;
  readonly dayOfMonth?: number;
  readonly weekOfMonth?: number;
  readonly monthOfYear?: number;
  readonly calendarType?: number;
  readonly isLeapMonth?: boolean;
  readonly firstDayOfWeek?: number;
}

type DayProperty = "dayOfWeek" | "dayOfMonth" | "weekOfMonth" | "monthOfYear";

interface PatternRule {
  readonly type: RecurrencePattern["type"];
  readonly required: readonly DayProperty[];
  readonly optional: readonly DayProperty[];
}

const rules: ReadonlyMap<number, PatternRule> = new Map([
  [0, { type: "daily", required: [], optional: ["dayOfWeek"] }],
  [1, { type: "weekly", required: ["dayOfWeek"], optional: [] }],
  [2, { type: "monthly", required: ["dayOfMonth"], optional: [] }],
  [3, { type: "monthly-nth", required: ["weekOfMonth", "dayOfWeek"], optional: [] }],
  [5, { type: "yearly", required: ["dayOfMonth", "monthOfYear"], optional: [] }],
  [6, { type: "yearly-nth", required: ["weekOfMonth", "monthOfYear"], optional: ["dayOfWeek"] }],
]);
const dayProperties: readonly DayProperty[] = ["dayOfWeek", "dayOfMonth", "weekOfMonth", "monthOfYear"];

const numberOfType: Readonly<Record<RecurrencePattern["type"], number>> = {
  daily: 0,
  weekly: 1,
  monthly: 2,
  "monthly-nth": 3,
  yearly: 5,
  "yearly-nth": 6,
};

const calendarTypes = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 20]);

/** The codec of a Recurrence element ([MS-ASCAL] 2.2.2.37, 3.2.5.3) in one name space; `date` is how Until is written there. */
export function recurrenceCodec(tags: RecurrenceTags, date: Codec<number>): Codec<Recurrence> {
  const fields = flatFields(tags, date);
  return {
    write: (tag, value, context) => ({ tag, content: writeFields(fields, flattened(value), context) }),
    read: (element, context) => {
      // An empty Recurrence turns a series into a single item.
      if (element.content === null) return undefined;
      if (children(element, tags.CalendarType).length > 1) {
        return malformed(element, context, `with one ${tagName(tags.CalendarType)}`);
      }
      const flat = readFields(fields, element, context);
      const firstDay = child(element, tags.FirstDayOfWeek);
      if (firstDay !== undefined && movesWeeks(firstDay, flat, context)) noteOtherVersion(firstDay, context);
      return unflattened(flat, element, context);
    },
  };
}

function flatFields(tags: RecurrenceTags, date: Codec<number>): readonly Field<FlatRecurrence>[] {
  const field = fieldsOf<FlatRecurrence>();
  return [
    field("type", tags.Type, integer(0, 6)),
    field("interval", tags.Interval, integer(0, 999)),
    field("untilMs", tags.Until, date),
    field("occurrences", tags.Occurrences, integer(1, 999)),
    field("dayOfWeek", tags.DayOfWeek, integer(1, 127)),
    field("dayOfMonth", tags.DayOfMonth, integer(1, 31)),
    field("weekOfMonth", tags.WeekOfMonth, integer(1, 5)),
    field("monthOfYear", tags.MonthOfYear, integer(1, 12)),
    // Dates of another calendar are no dates of this one.
    field("calendarType", tags.CalendarType, integer(0, 23), { fromOthers: "refused" }),
    field("isLeapMonth", tags.IsLeapMonth, flagWhenTrue, { fromOthers: { unless: false } }),
    field("firstDayOfWeek", tags.FirstDayOfWeek, integer(0, 6)),
  ];
}

/** Whether the first day of the week, which the device's version does not have, decides in which weeks a series takes place. */
function movesWeeks(
  element: WbxmlElement,
  { type, interval = 1 }: FlatRecurrence,
  context: ReadContext,
): boolean {
  const isOther = !isTagInVersion(element.tag, context.version) && textOf(element)?.trim() !== "0";
  return isOther && type === 1 && interval > 1;
}

function flattened(recurrence: Recurrence): FlatRecurrence {
  const { type, end, ...rest } = recurrence;
  return {
    // Devices need it to tell the weeks of a weekly series apart ([MS-ASCAL] 2.2.2.24).
    ...(type === "weekly" ? { firstDayOfWeek: 0 } : {}),
    ...rest,
    type: numberOfType[type],
    ...(end?.kind === "occurrences" ? { occurrences: end.count } : {}),
    ...(end?.kind === "until" ? { untilMs: end.untilMs } : {}),
  };
}

function unflattened(
  flat: FlatRecurrence,
  element: WbxmlElement,
  context: ReadContext,
): Recurrence | undefined {
  const rule = flat.type === undefined ? undefined : rules.get(flat.type);
  if (rule === undefined) return malformed(element, context, "of a known Type");
  for (const property of dayProperties) {
    const given = flat[property] !== undefined;
    if (rule.required.includes(property)) {
      if (!given) return malformed(element, context, `${rule.type}: ${property} is missing`);
    } else if (given && !rule.optional.includes(property)) {
      return malformed(element, context, `${rule.type}: ${property} does not belong there`);
    }
  }
  if (flat.calendarType !== undefined && !calendarTypes.has(flat.calendarType)) {
    return malformed(element, context, "of a known CalendarType");
  }
  const { type: _type, untilMs, occurrences, ...rest } = flat;
  const end = endOf(occurrences, untilMs);
  // The rule above has checked that exactly the properties of this type are there.
  return { ...rest, type: rule.type, ...(end === undefined ? {} : { end }) } as Recurrence;
}

function endOf(occurrences: number | undefined, untilMs: number | undefined): RecurrenceEnd | undefined {
  if (occurrences !== undefined) return { kind: "occurrences", count: occurrences };
  return untilMs === undefined ? undefined : { kind: "until", untilMs };
}
