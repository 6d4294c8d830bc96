import type { ItemBody } from "../../mailbox/items/body.js";
import type {
  CalendarException,
  ChangedOccurrence,
  MeetingResponseType,
} from "../../mailbox/items/calendar.js";
import { isAtLeast } from "../../protocol/version.js";
import {
  AirSyncBase,
  Calendar,
  child,
  children,
  element,
  emptyElement,
  textElement,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { checkCalendarBody, itemBody, keptBody } from "../body.js";
import { type Codec, flag, integer, isEmpty, oneOf, removable, text, textList } from "../codec.js";
import { malformed, type ReadContext, type WriteContext } from "../context.js";
import { compactDateTime } from "../date-time.js";
import { changeFields, type Draft, fieldsOf, readFields, writeFields } from "../field.js";
import { locationContainer, locationText } from "../location.js";
import { busyStatus, sensitivity } from "../values.js";
import { attendeeList, before16 } from "./attendees.js";

/** Schema limit of Exceptions ([MS-ASCAL] section 6). */
const maxExceptions = 1000;

/** [MS-ASCAL] 2.2.2.38. */
export const responseType: Codec<MeetingResponseType> = oneOf({
  none: 0,
  organizer: 1,
  tentative: 2,
  accepted: 3,
  declined: 4,
  "not-responded": 5,
});

/** Minutes before the start. */
export const reminder: Codec<number> = integer(0, 0x7fff_ffff);

const removableReminder: Codec<number | null> = {
  // Versions below 14.1 do not have the empty Reminder.
  write: (tag, value, context) =>
    value === null && !isAtLeast(context.version, "14.1")
      ? undefined
      : removable(reminder).write(tag, value, context),
  read: removable(reminder).read,
};

const removableBody: Codec<ItemBody | null> = {
  write: (tag, value, context) => {
    if (value !== null) return itemBody.write(tag, value, context);
    return context.view.withBody ? emptyElement(tag) : undefined;
  },
  read: removable(itemBody).read,
};

const field = fieldsOf<ChangedOccurrence>();
const serverDecides = { settable: () => false };
const fields = [
  field("subject", Calendar.Subject, removable(text())),
  field("startTimeMs", Calendar.StartTime, compactDateTime),
  field("endTimeMs", Calendar.EndTime, compactDateTime),
  field("allDayEvent", Calendar.AllDayEvent, flag),
  field("location", Calendar.Location, removable(locationText)),
  field("location", AirSyncBase.Location, removable(locationContainer), { fromOthers: "refused" }),
  field("body", AirSyncBase.Body, removableBody, keptBody),
  field("categories", Calendar.Categories, textList(Calendar.Category)),
  field("sensitivity", Calendar.Sensitivity, sensitivity),
  field("busyStatus", Calendar.BusyStatus, busyStatus),
  field("reminderMinutes", Calendar.Reminder, removableReminder),
  field("dtStampMs", Calendar.DtStamp, compactDateTime, { settable: before16 }),
  field("meetingStatus", Calendar.MeetingStatus, integer(0, 15)),
  // Before 14.0 they are looked at and not kept.
  field("attendees", Calendar.Attendees, attendeeList, {
    sent: (version) => isAtLeast(version, "14.0"),
  }),
  field("appointmentReplyTimeMs", Calendar.AppointmentReplyTime, compactDateTime, serverDecides),
  field("responseType", Calendar.ResponseType, responseType, serverDecides),
  field("onlineMeetingConfLink", Calendar.OnlineMeetingConfLink, text(), serverDecides),
  field("onlineMeetingExternalLink", Calendar.OnlineMeetingExternalLink, text(), serverDecides),
];

/** The Exceptions container of a series ([MS-ASCAL] 2.2.2.20). */
export const exceptionList: Codec<readonly CalendarException[]> = {
  write: (tag, value, context) => {
    if (value.length === 0) return undefined;
    return {
      tag,
      content: value.slice(0, maxExceptions).map((exception) => writeException(exception, context)),
    };
  },
  read: (container, context) => {
    if (isEmpty(container)) return undefined;
    const elements = children(container, Calendar.Exception);
    if (elements.length > maxExceptions)
      return malformed(container, context, `at most ${maxExceptions} exceptions`);
    const exceptions: CalendarException[] = [];
    for (const each of elements) {
      const exception = readException(each, context);
      if (exception !== undefined) exceptions.push(exception);
    }
    return exceptions;
  },
};

/** `occurrence` after a Change of this one occurrence; what is omitted stays ([MS-ASCAL] 2.2.2.21). */
export function changedOccurrence(
  occurrence: ChangedOccurrence,
  applicationData: WbxmlElement,
  context: ReadContext,
): ChangedOccurrence {
  const { originalStartMs } = occurrence;
  const draft: Draft<ChangedOccurrence> = changeFields(
    fields,
    applicationData,
    occurrence,
    () => true,
    context,
  );
  checkCalendarBody(draft.body, context);
  return { ...draft, deleted: false, originalStartMs };
}

function writeException(exception: CalendarException, context: WriteContext): WbxmlElement {
  const startTag = isAtLeast(context.version, "16.0") ? AirSyncBase.InstanceId : Calendar.ExceptionStartTime;
  return element(Calendar.Exception, [
    exception.deleted ? textElement(Calendar.Deleted, true) : undefined,
    compactDateTime.write(startTag, exception.originalStartMs, context),
    ...(exception.deleted ? [] : writeFields(fields, exception, context)),
  ]);
}

function readException(exception: WbxmlElement, context: ReadContext): CalendarException | undefined {
  const start = child(exception, Calendar.ExceptionStartTime);
  const originalStartMs = start === undefined ? undefined : compactDateTime.read(start, context);
  if (originalStartMs === undefined) return malformed(exception, context, "with an ExceptionStartTime");
  const deleted = child(exception, Calendar.Deleted);
  if (deleted !== undefined && flag.read(deleted, context) !== false)
    return { deleted: true, originalStartMs };
  return { ...readFields(fields, exception, context), deleted: false, originalStartMs };
}
