import type { CalendarException, CalendarItem } from "../../mailbox/items/calendar.js";
import { isAtLeast } from "../../protocol/version.js";
import {
  AirSyncBase,
  Calendar,
  child,
  type Tag,
  text as textOf,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { attachmentList } from "../attachments.js";
import { checkCalendarBody, itemBody, keptBody, nativeBodyType } from "../body.js";
import { type Codec, flag, integer, isEmpty, text, textList } from "../codec.js";
import type { ReadContext, WriteContext } from "../context.js";
import { compactDateTime } from "../date-time.js";
import { changeFields, type Draft, fieldsOf, readFields, writeFields } from "../field.js";
import { locationContainer, locationText } from "../location.js";
import { recurrenceCodec } from "../recurrence.js";
import { utcTimezone } from "../time-zone.js";
import { busyStatus, sensitivity } from "../values.js";
import { attendeeList, before16, withAnswers } from "./attendees.js";
import { addedTimes, changedTimes, withItemTimes, withWireTimes } from "./calendar-times.js";
import { exceptionList, reminder, responseType } from "./occurrence.js";
import { keptOccurrences, sentOccurrences } from "./older-occurrences.js";

const timezone: Codec<string> = {
  write: text().write,
  read: (element) => {
    const found = textOf(element)?.replaceAll(/\s+/g, "") ?? "";
    // What is no TimeZone structure would confuse every other device.
    return Buffer.from(found, "base64").length === 172 ? found : undefined;
  },
};

const field = fieldsOf<CalendarItem>();
const serverDecides = { settable: () => false };
const settableBefore16 = { settable: before16 };
const fields = [
  field("timezone", Calendar.Timezone, timezone, { fallback: utcTimezone }),
  field("dtStampMs", Calendar.DtStamp, compactDateTime, settableBefore16),
  field("startTimeMs", Calendar.StartTime, compactDateTime),
  field("subject", Calendar.Subject, text()),
  field("uid", Calendar.UID, text(300), { ...settableBefore16, omitted: "keeps", keptBy: isEmpty }),
  field("clientUid", Calendar.ClientUid, text(300), { omitted: "keeps", keptBy: isEmpty, sent: () => false }),
  field("organizerName", Calendar.OrganizerName, text(), settableBefore16),
  field("organizerEmail", Calendar.OrganizerEmail, text(), settableBefore16),
  field("attendees", Calendar.Attendees, attendeeList),
  field("location", Calendar.Location, locationText),
  field("location", AirSyncBase.Location, locationContainer, { fromOthers: "refused" }),
  field("endTimeMs", Calendar.EndTime, compactDateTime),
  field("recurrence", Calendar.Recurrence, recurrenceCodec(Calendar, compactDateTime)),
  field("body", AirSyncBase.Body, itemBody, keptBody),
  field("categories", Calendar.Categories, textList(Calendar.Category)),
  field("sensitivity", Calendar.Sensitivity, sensitivity, { fallback: "normal" }),
  field("busyStatus", Calendar.BusyStatus, busyStatus, { fallback: "busy" }),
  field("allDayEvent", Calendar.AllDayEvent, flag, { fallback: false }),
  field("reminderMinutes", Calendar.Reminder, reminder),
  field("exceptions", Calendar.Exceptions, exceptionList, { ...settableBefore16, omitted: "keeps" }),
  field("meetingStatus", Calendar.MeetingStatus, integer(0, 15), { fallback: 0 }),
  field("responseRequested", Calendar.ResponseRequested, flag, { fromOthers: { unless: true } }),
  field("disallowNewTimeProposal", Calendar.DisallowNewTimeProposal, flag, { fromOthers: { unless: false } }),
  field("appointmentReplyTimeMs", Calendar.AppointmentReplyTime, compactDateTime, serverDecides),
  field("responseType", Calendar.ResponseType, responseType, serverDecides),
  field("onlineMeetingConfLink", Calendar.OnlineMeetingConfLink, text(), serverDecides),
  field("onlineMeetingExternalLink", Calendar.OnlineMeetingExternalLink, text(), serverDecides),
  field("attachments", AirSyncBase.Attachments, attachmentList, {
    ...serverDecides,
    sent: (version) => isAtLeast(version, "16.0"),
  }),
  field("body", AirSyncBase.NativeBodyType, nativeBodyType, serverDecides),
];
// From 16.0 on an all-day event is the same date everywhere and has no time zone.
const fieldsWithoutZone = fields.filter(({ tag }) => tag !== Calendar.Timezone);

/** The children of ApplicationData for an appointment ([MS-ASCAL] 2.2.2). */
export function writeCalendarItem(item: CalendarItem, context: WriteContext): WbxmlElement[] {
  const zoneless = item.allDayEvent === true && !before16(context.version);
  return writeFields(zoneless ? fieldsWithoutZone : fields, withWireTimes(item, context.version), context);
}

/** An appointment that a device adds. */
export function addedCalendarItem(applicationData: WbxmlElement, context: ReadContext): CalendarItem {
  const draft = readFields(fields, applicationData, context);
  const dtStampMs = draft.dtStampMs ?? context.nowMs;
  const exceptions = sentOccurrences(draft, applicationData, context);
  const times = addedTimes(draft, context);
  return finished({ ...draft, ...times, dtStampMs, ...(exceptions && { exceptions }) }, context);
}

/** An appointment after a device's Change. */
export function changedCalendarItem(
  stored: CalendarItem,
  applicationData: WbxmlElement,
  ghosted: (tag: Tag) => boolean,
  context: ReadContext,
): CalendarItem {
  const before = withWireTimes(stored, context.version);
  const draft = changeFields(fields, applicationData, before, ghosted, context);
  if (draft.attendees !== undefined) draft.attendees = withAnswers(draft.attendees, before.attendees ?? []);
  const stamped = child(applicationData, Calendar.DtStamp) !== undefined && before16(context.version);
  const dtStampMs = (stamped ? draft.dtStampMs : undefined) ?? context.nowMs;
  const times = changedTimes(draft, context);
  const sent = sentOccurrences(draft, applicationData, context);
  const given = { ...draft, ...times, ...(sent && { exceptions: sent }) };
  const exceptions = keptExceptions(before, given, context);
  return finished({ ...draft, ...times, dtStampMs, exceptions }, context);
}

/** The exceptions that a Change leaves: what it omits stays, but a series that is made anew has none ([MS-ASCAL] 2.2.2.20). */
function keptExceptions(
  before: CalendarItem,
  draft: Draft<CalendarItem>,
  context: ReadContext,
): readonly CalendarException[] {
  const { exceptions } = draft;
  if (exceptions === undefined || draft.recurrence === undefined) return [];
  const seriesChanged =
    JSON.stringify(draft.recurrence) !== JSON.stringify(before.recurrence) ||
    draft.endTimeMs !== before.endTimeMs;
  if (seriesChanged && !before16(context.version)) return [];
  const given = new Set(exceptions.map(({ originalStartMs }) => originalStartMs));
  const omitted = (before.exceptions ?? []).filter(({ originalStartMs }) => !given.has(originalStartMs));
  return [...omitted, ...keptOccurrences(before.exceptions ?? [], exceptions, context.version)];
}

function finished(
  item: Omit<Draft<CalendarItem>, "startTimeMs" | "endTimeMs"> & { startTimeMs: number; endTimeMs: number },
  context: ReadContext,
): CalendarItem {
  checkCalendarBody(item.body, context);
  const { exceptions = [], ...rest } = withItemTimes(item, context.version);
  const hasExceptions = exceptions.length > 0 && rest.recurrence !== undefined;
  return { ...rest, class: "Calendar", ...(hasExceptions ? { exceptions } : {}) };
}
