import type { MeetingRequest } from "../../mailbox/items/meeting-request.js";
import type { Recurrence } from "../../mailbox/items/recurrence.js";
import { isAtLeast } from "../../protocol/version.js";
import {
  AirSyncBase,
  Calendar,
  Email,
  Email2,
  MeetingResponse,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { type Codec, flag, integer, oneOf, text } from "../codec.js";
import type { WriteContext } from "../context.js";
import { dateTime } from "../date-time.js";
import { fieldsOf, writeFields } from "../field.js";
import { locationContainer, locationText } from "../location.js";
import { recurrenceCodec } from "../recurrence.js";
import { instantOfDay, utcTimezone } from "../time-zone.js";
import { busyStatus, sensitivity } from "../values.js";
import { globalObjectId } from "./global-object-id.js";

interface WireMeetingRequest extends MeetingRequest {
  readonly globalObjectId: string;
}

const recurrence = recurrenceCodec(
  {
    Type: Email.Type,
    Interval: Email.Interval,
    Until: Email.Until,
    Occurrences: Email.Occurrences,
    DayOfWeek: Email.DayOfWeek,
    DayOfMonth: Email.DayOfMonth,
    WeekOfMonth: Email.WeekOfMonth,
    MonthOfYear: Email.MonthOfYear,
    CalendarType: Email2.CalendarType,
    IsLeapMonth: Email2.IsLeapMonth,
    FirstDayOfWeek: Email2.FirstDayOfWeek,
  },
  dateTime,
);

const recurrences: Codec<Recurrence> = {
  write: (tag, value, context) => {
    const content = recurrence.write(Email.Recurrence, value, context);
    return content === undefined ? undefined : { tag, content: [content] };
  },
  read: () => undefined,
};

const instanceType = oneOf({ single: 0, master: 1, instance: 2, exception: 3, orphan: 4 });
const messageType = oneOf({
  unspecified: 0,
  initial: 1,
  "full-update": 2,
  informational: 3,
  outdated: 4,
  "delegator-copy": 5,
  delegated: 6,
});

const field = fieldsOf<WireMeetingRequest>();
const fields = [
  field("allDayEvent", Email.AllDayEvent, flag, { fallback: false }),
  field("startTimeMs", Email.StartTime, dateTime),
  field("dtStampMs", Email.DtStamp, dateTime),
  field("endTimeMs", Email.EndTime, dateTime),
  field("instanceType", Email.InstanceType, instanceType, { fallback: "single" }),
  field("location", Email.Location, locationText),
  field("location", AirSyncBase.Location, locationContainer),
  field("organizer", Email.Organizer, text()),
  field("recurrenceIdMs", Email.RecurrenceId, dateTime),
  field("reminderSeconds", Email.Reminder, integer(0, 0xffff)),
  field("responseRequested", Email.ResponseRequested, flag),
  field("recurrence", Email.Recurrences, recurrences),
  field("sensitivity", Email.Sensitivity, sensitivity),
  field("busyStatus", Email.BusyStatus, busyStatus, { fallback: "tentative" }),
  field("timezone", Email.TimeZone, text(), { fallback: utcTimezone }),
  field("globalObjectId", Email.GlobalObjId, text()),
  field("uid", Calendar.UID, text(), { sent: (version) => isAtLeast(version, "16.0") }),
  field("disallowNewTimeProposal", Email.DisallowNewTimeProposal, flag),
  field("meetingMessageType", Email2.MeetingMessageType, messageType, { fallback: "unspecified" }),
  field("proposedStartTimeMs", MeetingResponse.ProposedStartTime, dateTime),
  field("proposedEndTimeMs", MeetingResponse.ProposedEndTime, dateTime),
];

/** The MeetingRequest container of a mail ([MS-ASEMAIL] 2.2.2.48). */
export const meetingRequest: Codec<MeetingRequest> = {
  write: (tag, value, context) => ({ tag, content: writeMeetingRequest(value, context) }),
  read: () => undefined,
};

function writeMeetingRequest(request: MeetingRequest, context: WriteContext): WbxmlElement[] {
  const id = globalObjectId(request.uid, request.recurrenceIdMs);
  const isDate = request.allDayEvent === true && !isAtLeast(context.version, "16.0");
  const sent = isDate ? withInstants(request) : request;
  return writeFields(fields, { ...sent, globalObjectId: id }, context);
}

/** Devices below 16.0 are told the instants at which the days begin. */
function withInstants(request: MeetingRequest): MeetingRequest {
  const instantOf = (ms: number): number => instantOfDay(ms, request.timezone);
  const { recurrence: series, recurrenceIdMs } = request;
  return {
    ...request,
    startTimeMs: instantOf(request.startTimeMs),
    endTimeMs: instantOf(request.endTimeMs),
    ...(recurrenceIdMs === undefined ? {} : { recurrenceIdMs: instantOf(recurrenceIdMs) }),
    ...(series?.end?.kind === "until"
      ? { recurrence: { ...series, end: { kind: "until", untilMs: instantOf(series.end.untilMs) } } }
      : {}),
  };
}
