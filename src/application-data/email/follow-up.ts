import type { FollowUpFlag } from "../../mailbox/items/email.js";
import { Email, element, emptyElement, Tasks, textElement, type WbxmlElement } from "../../wbxml/index.js";
import { flag, integer, isEmpty, text } from "../codec.js";
import { malformed, type ReadContext, type WriteContext } from "../context.js";
import { dateTime } from "../date-time.js";
import { type Draft, fieldsOf, readFields, writeFields } from "../field.js";

interface WireFlag {
  readonly status?: number;
  readonly flagType?: string;
  readonly subject?: string;
  readonly startDateMs?: number;
  readonly utcStartDateMs?: number;
  readonly dueDateMs?: number;
  readonly utcDueDateMs?: number;
  readonly reminderSet?: boolean;
  readonly reminderTimeMs?: number;
  readonly ordinalDateMs?: number;
  readonly subOrdinalDate?: string;
  readonly dateCompletedMs?: number;
  readonly completeTimeMs?: number;
}

const field = fieldsOf<WireFlag>();
const statusField = field("status", Email.Status, integer(0, 2));
const detailFields = [
  field("flagType", Email.FlagType, text(), { fallback: "Flag for follow up" }),
  field("subject", Tasks.Subject, text()),
  field("startDateMs", Tasks.StartDate, dateTime),
  field("utcStartDateMs", Tasks.UtcStartDate, dateTime),
  field("dueDateMs", Tasks.DueDate, dateTime),
  field("utcDueDateMs", Tasks.UtcDueDate, dateTime),
  field("reminderSet", Tasks.ReminderSet, flag),
  field("reminderTimeMs", Tasks.ReminderTime, dateTime),
  field("ordinalDateMs", Tasks.OrdinalDate, dateTime),
  field("subOrdinalDate", Tasks.SubOrdinalDate, text()),
  field("dateCompletedMs", Tasks.DateCompleted, dateTime),
  field("completeTimeMs", Email.CompleteTime, dateTime),
];
const fields = [statusField, ...detailFields];

/** The Flag of a mail; an empty one for none ([MS-ASEMAIL] 2.2.2.34). */
export function writeFollowUp(followUp: FollowUpFlag | undefined, context: WriteContext): WbxmlElement {
  if (followUp === undefined) return emptyElement(Email.Flag);
  const status = textElement(Email.Status, followUp.status === "complete" ? 1 : 2);
  const { status: _status, ...details } = followUp;
  return element(Email.Flag, [status, ...writeFields(detailFields, details, context)]);
}

/**
 * What a device makes of a mail's flag, null for clearing it ([MS-ASEMAIL] 3.2.5.4.2). Setting needs FlagType and all four dates or
 * none, completing CompleteTime and DateCompleted; notes a problem otherwise.
 */
export function readFollowUp(
  flagElement: WbxmlElement,
  context: ReadContext,
): FollowUpFlag | null | undefined {
  if (isEmpty(flagElement)) return null;
  const { status, ...wire } = readFields(fields, flagElement, context);
  if (status === 0) return null;
  if (status === 1) return completed(wire, flagElement, context);
  if (status !== 2) return malformed(flagElement, context, "with a Status");
  const { dateCompletedMs: _date, completeTimeMs: _time, ...active } = wire;
  if (active.flagType === undefined) return malformed(flagElement, context, "with a FlagType");
  const dates = [active.startDateMs, active.utcStartDateMs, active.dueDateMs, active.utcDueDateMs];
  const given = dates.filter((date) => date !== undefined).length;
  if (given !== 0 && given !== dates.length) return malformed(flagElement, context, "with all dates or none");
  return { ...active, status: "active" };
}

function completed(
  wire: Draft<WireFlag>,
  flagElement: WbxmlElement,
  context: ReadContext,
): FollowUpFlag | undefined {
  const { dateCompletedMs, completeTimeMs, ...rest } = wire;
  if (dateCompletedMs === undefined || completeTimeMs === undefined) {
    return malformed(flagElement, context, "with CompleteTime and DateCompleted");
  }
  return { ...rest, status: "complete", dateCompletedMs, completeTimeMs };
}
