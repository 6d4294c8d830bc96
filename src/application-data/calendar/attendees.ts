import type { Attendee } from "../../mailbox/items/calendar.js";
import { isAtLeast, type ProtocolVersion } from "../../protocol/version.js";
import { Calendar, children, element, MeetingResponse } from "../../wbxml/index.js";
import { type Codec, oneOf, text } from "../codec.js";
import { malformed } from "../context.js";
import { compactDateTime } from "../date-time.js";
import { fieldsOf, readFields, writeFields } from "../field.js";

const status: Codec<NonNullable<Attendee["status"]>> = oneOf({
  unknown: 0,
  tentative: 2,
  accepted: 3,
  declined: 4,
  "not-responded": 5,
});

const field = fieldsOf<Attendee>();
const fields = [
  field("email", Calendar.Email, text()),
  field("name", Calendar.Name, text()),
  field("status", Calendar.AttendeeStatus, status, { settable: before16 }),
  field("type", Calendar.AttendeeType, oneOf({ required: 1, optional: 2, resource: 3 }), {
    fallback: "required",
  }),
  field("proposedStartTimeMs", MeetingResponse.ProposedStartTime, compactDateTime, { settable: () => false }),
  field("proposedEndTimeMs", MeetingResponse.ProposedEndTime, compactDateTime, { settable: () => false }),
];

/** The Attendees container ([MS-ASCAL] 2.2.2.4); an empty one means that there are none. */
export const attendeeList: Codec<readonly Attendee[]> = {
  write: (tag, value, context) => {
    if (value.length === 0) return undefined;
    return { tag, content: value.map((attendee) => element(Calendar.Attendee, writeAttendee(attendee))) };

    function writeAttendee(attendee: Attendee): ReturnType<typeof writeFields> {
      return writeFields(fields, { ...attendee, name: attendee.name || attendee.email }, context);
    }
  },
  read: (container, context) => {
    const attendees: Attendee[] = [];
    for (const child of children(container, Calendar.Attendee)) {
      const { email = "", name = email, ...rest } = readFields(fields, child, context);
      if (name === "") return malformed(child, context, "someone with a name or an address");
      attendees.push({ ...rest, email, name });
    }
    return attendees.length === 0 ? undefined : attendees;
  },
};

/** `attendees` with what a device cannot set taken from the stored ones of the same address. */
export function withAnswers(
  attendees: readonly Attendee[],
  stored: readonly Attendee[],
): readonly Attendee[] {
  const known = new Map(stored.map((attendee) => [attendee.email.toLowerCase(), attendee] as const));
  return attendees.map((attendee) => {
    const before: Partial<Attendee> = known.get(attendee.email.toLowerCase()) ?? {};
    const { status, answeredMs, proposedStartTimeMs, proposedEndTimeMs } = before;
    return {
      ...(status === undefined ? {} : { status }),
      ...(answeredMs === undefined ? {} : { answeredMs }),
      ...(proposedStartTimeMs === undefined ? {} : { proposedStartTimeMs }),
      ...(proposedEndTimeMs === undefined ? {} : { proposedEndTimeMs }),
      ...attendee,
    };
  });
}

/** Whether devices of a version still decide about organizer, answers and stamps; from 16.0 on the server does. */
export function before16(version: ProtocolVersion): boolean {
  return !isAtLeast(version, "16.0");
}
