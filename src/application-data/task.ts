import type { TaskRecurrence } from "../mailbox/items/recurrence.js";
import type { TaskItem } from "../mailbox/items/task.js";
import { AirSyncBase, type Tag, Tasks, type WbxmlElement } from "../wbxml/index.js";
import { itemBody, keptBody } from "./body.js";
import { type Codec, flag, flagWhenTrue, text, textList } from "./codec.js";
import { malformed, type ReadContext, type WriteContext } from "./context.js";
import { dateTime } from "./date-time.js";
import { changeFields, type Draft, fieldsOf, readFields, writeFields } from "./field.js";
import { recurrenceCodec } from "./recurrence.js";
import { importance, sensitivity } from "./values.js";

interface TaskSeries {
  readonly startMs?: number;
  readonly regenerate?: boolean;
  readonly deadOccur?: boolean;
}

const seriesField = fieldsOf<TaskSeries>();
const seriesFields = [
  seriesField("startMs", Tasks.Start, dateTime),
  seriesField("regenerate", Tasks.Regenerate, flagWhenTrue),
  seriesField("deadOccur", Tasks.DeadOccur, flagWhenTrue),
];
const pattern = recurrenceCodec(Tasks, dateTime);

const taskRecurrence: Codec<TaskRecurrence> = {
  write: (tag, value, context) => {
    const { startMs, regenerate, deadOccur, ...recurrence } = value;
    const series = { startMs, ...(regenerate ? { regenerate } : {}), ...(deadOccur ? { deadOccur } : {}) };
    const written = pattern.write(tag, recurrence, context);
    if (written === undefined || !Array.isArray(written.content)) return undefined;
    return { tag, content: [...written.content, ...writeFields(seriesFields, series, context)] };
  },
  read: (element, context) => {
    const recurrence = pattern.read(element, context);
    if (recurrence === undefined) return undefined;
    const { startMs, ...series } = readFields(seriesFields, element, context);
    if (startMs === undefined) return malformed(element, context, "with a Start");
    return { ...recurrence, ...series, startMs };
  },
};

const field = fieldsOf<TaskItem>();
const fields = [
  field("subject", Tasks.Subject, text()),
  field("importance", Tasks.Importance, importance, { fallback: "normal", omitted: "keeps" }),
  field("sensitivity", Tasks.Sensitivity, sensitivity, { fallback: "normal" }),
  field("startDateMs", Tasks.StartDate, dateTime),
  field("utcStartDateMs", Tasks.UtcStartDate, dateTime),
  field("dueDateMs", Tasks.DueDate, dateTime),
  field("utcDueDateMs", Tasks.UtcDueDate, dateTime),
  field("complete", Tasks.Complete, flag),
  field("reminderSet", Tasks.ReminderSet, flag, { fallback: false, omitted: "keeps" }),
  field("reminderTimeMs", Tasks.ReminderTime, dateTime),
  field("categories", Tasks.Categories, textList(Tasks.Category)),
  field("recurrence", Tasks.Recurrence, taskRecurrence),
  field("ordinalDateMs", Tasks.OrdinalDate, dateTime),
  field("subOrdinalDate", Tasks.SubOrdinalDate, text()),
  field("body", AirSyncBase.Body, itemBody, keptBody),
  field("dateCompletedMs", Tasks.DateCompleted, dateTime),
];

/** The children of ApplicationData for a task ([MS-ASTASK] 2.2.2). */
export function writeTask(item: TaskItem, context: WriteContext): WbxmlElement[] {
  const { dateCompletedMs, ...rest } = item;
  // A complete task must tell when it was completed ([MS-ASTASK] 2.2.2.8), one that is not complete must not.
  const completed = dateCompletedMs ?? item.utcDueDateMs ?? item.utcStartDateMs ?? 0;
  return writeFields(fields, item.complete ? { ...item, dateCompletedMs: completed } : rest, context);
}

/** A task that a device adds. */
export function addedTask(applicationData: WbxmlElement, context: ReadContext): TaskItem {
  return finished(readFields(fields, applicationData, context), context);
}

/** A task after a device's Change. */
export function changedTask(
  stored: TaskItem,
  applicationData: WbxmlElement,
  ghosted: (tag: Tag) => boolean,
  context: ReadContext,
): TaskItem {
  return finished(changeFields(fields, applicationData, stored, ghosted, context), context);
}

function finished(draft: Draft<TaskItem>, context: ReadContext): TaskItem {
  const { dateCompletedMs = context.nowMs, complete = false, ...rest } = draft;
  return { ...rest, class: "Tasks", complete, ...(complete ? { dateCompletedMs } : {}) };
}
