import type { Attendee } from "../mailbox/items/calendar.js";
import { contentLine } from "./content-line.js";

/** Whether a text can be an address in headers, envelopes and calendars: nothing can be slipped in by one. */
export function isMailAddress(text: string): boolean {
  return text.length <= 320 && /^[^\s<>@\p{Cc}()[\]\\,;:"]+@[^\s<>@\p{Cc}()[\]\\,;:"]+$/u.test(text);
}

const partStats: Readonly<Partial<Record<NonNullable<Attendee["status"]>, string>>> = {
  accepted: "ACCEPTED",
  tentative: "TENTATIVE",
  declined: "DECLINED",
};

const roles = {
  required: "REQ-PARTICIPANT",
  optional: "OPT-PARTICIPANT",
  resource: "NON-PARTICIPANT",
} as const;

/** An ATTENDEE (RFC 5545, 3.8.4.1), with what it answered. */
export function attendeeLine(attendee: Attendee, isAsked: boolean): string {
  const { email, name, type = "required", status = "not-responded" } = attendee;
  return contentLine("ATTENDEE", `mailto:${email.trim()}`, {
    CN: name === "" ? undefined : name,
    CUTYPE: type === "resource" ? "RESOURCE" : undefined,
    ROLE: roles[type],
    PARTSTAT: partStats[status] ?? "NEEDS-ACTION",
    RSVP: isAsked ? "TRUE" : "FALSE",
  });
}

/** Who organizes a meeting (RFC 5545, 3.8.4.3). */
export function organizerLine(email: string, name: string): string {
  return contentLine("ORGANIZER", `mailto:${email}`, { CN: name === "" ? undefined : name });
}
