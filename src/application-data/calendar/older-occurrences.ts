import type {
  Attendee,
  CalendarException,
  CalendarItem,
  ChangedOccurrence,
} from "../../mailbox/items/calendar.js";
import { isAtLeast, type ProtocolVersion } from "../../protocol/version.js";
import { Calendar, child, type WbxmlElement } from "../../wbxml/index.js";
import { malformed, type ReadContext } from "../context.js";

/** What no device sets of an occurrence in an Exceptions container. */
const serverDecides = [
  "appointmentReplyTimeMs",
  "responseType",
  "onlineMeetingConfLink",
  "onlineMeetingExternalLink",
  "sequence",
] as const;

/** The occurrences that a device of a version up to 14.1 sends with their series, with what it cannot say of them as it was. */
export function keptOccurrences(
  before: readonly CalendarException[],
  given: readonly CalendarException[],
  version: ProtocolVersion,
): readonly CalendarException[] {
  return given.map((exception) => {
    const known = before.find(({ originalStartMs }) => originalStartMs === exception.originalStartMs);
    if (exception.deleted || known === undefined || known.deleted) return exception;
    return { ...unsaid(known, version), ...exception };
  });
}

function unsaid(known: ChangedOccurrence, version: ProtocolVersion): Partial<ChangedOccurrence> {
  const own = isAtLeast(version, "14.0") ? [] : (["attendees"] as const);
  const said = [...serverDecides, ...own].flatMap((name) => {
    const value = known[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(said);
}

/**
 * The occurrences that a device sends with their series, without attendees of their own where its version does not have them there ([MS-ASCAL] 2.2.2.4). Others than
 * those of the series would be lost: they make the item invalid.
 */
export function sentOccurrences(
  { exceptions, attendees }: Pick<Partial<CalendarItem>, "exceptions" | "attendees">,
  applicationData: WbxmlElement,
  context: ReadContext,
): readonly CalendarException[] | undefined {
  const container = child(applicationData, Calendar.Exceptions);
  if (exceptions === undefined || container === undefined || isAtLeast(context.version, "14.0"))
    return exceptions;
  return exceptions.map((exception) => {
    if (exception.deleted || exception.attendees === undefined) return exception;
    const { attendees: own, ...rest } = exception;
    if (addressesOf(own) !== addressesOf(attendees)) {
      malformed(container, context, `without attendees of its own in version ${context.version}`);
    }
    return rest;
  });
}

function addressesOf(attendees: readonly Attendee[] = []): string {
  return JSON.stringify(attendees.map(({ email }) => email.trim().toLowerCase()).sort());
}
