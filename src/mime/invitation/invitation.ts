import { isUtf8 } from "node:buffer";
import type { Attachment as MimePart } from "postal-mime";
import type { MeetingRequest } from "../../mailbox/items/meeting-request.js";
import { contentOf } from "../attachments.js";
import { eventTimes, reminderSecondsOf, timeOf } from "./calendar-times.js";
import { attendeesOf, busyStatusOf, personText, sensitivityOf, sequenceOf } from "./event-details.js";
import { type Component, type Ical, loadIcal, parameter, propertyText } from "./ical.js";
import { noOccurrences, occurrencesOf } from "./occurrences.js";
import { recurrenceOfRule } from "./recurrence-of-rule.js";

/** More than any invitation has, but for those that are no invitations. */
const maxCalendarBytes = 1_000_000;

/** A message that is about a meeting. */
export interface Invitation {
  /** `IPM.Schedule.Meeting.*` ([MS-ASEMAIL] 2.2.2.49). */
  readonly messageClass: string;
  readonly meetingRequest: MeetingRequest;
  /** The part that says so. */
  readonly part: MimePart;
}

/** The meeting that a message is about (RFC 6047); undefined when it is about none, or its calendar cannot be read. Never rejects. */
export async function invitationOf(
  parts: readonly MimePart[],
  receivedMs: number,
): Promise<Invitation | undefined> {
  const part = parts.find(({ mimeType, method }) => mimeType === "text/calendar" && method !== undefined);
  const any = part ?? parts.find(({ mimeType }) => mimeType === "text/calendar");
  if (any === undefined) return undefined;
  const bytes = Buffer.from(contentOf(any));
  const ical = bytes.length <= maxCalendarBytes ? await loadIcal() : undefined;
  if (ical === undefined) return undefined;
  try {
    return read(ical, any, bytes.toString(isUtf8(bytes) ? "utf8" : "latin1"), receivedMs);
  } catch {
    // Whatever a calendar is like that cannot be read: the mail can be.
    return undefined;
  }
}

function read(ical: Ical, part: MimePart, text: string, receivedMs: number): Invitation | undefined {
  const calendar = new ical.Component(ical.parse(text.replace(/^\uFEFF/, "").trim()));
  const method = (propertyText(calendar, "method") ?? part.method ?? "").toUpperCase();
  const events = calendar.getAllSubcomponents("vevent");
  const event = events.find((one) => one.getFirstProperty("recurrence-id") === null) ?? events[0];
  const messageClass = event === undefined ? undefined : classOf(method, event);
  if (event === undefined || messageClass === undefined) return undefined;
  const meetingRequest = meetingRequestOf(calendar, event, method, receivedMs);
  return meetingRequest === undefined ? undefined : { messageClass, meetingRequest, part };
}

const tentativeClass = "IPM.Schedule.Meeting.Resp.Tent";
const answerClasses: Readonly<Partial<Record<string, string>>> = {
  ACCEPTED: "IPM.Schedule.Meeting.Resp.Pos",
  DECLINED: "IPM.Schedule.Meeting.Resp.Neg",
  TENTATIVE: tentativeClass,
};

function classOf(method: string, event: Component): string | undefined {
  if (method === "REQUEST") return "IPM.Schedule.Meeting.Request";
  if (method === "CANCEL") return "IPM.Schedule.Meeting.Canceled";
  if (method !== "REPLY" && method !== "COUNTER") return undefined;
  const attendee = event.getFirstProperty("attendee");
  const answer = attendee === null ? undefined : parameter(attendee, "partstat")?.toUpperCase();
  const known = answerClasses[answer ?? ""];
  return known ?? (method === "COUNTER" ? tentativeClass : undefined);
}

function meetingRequestOf(
  calendar: Component,
  event: Component,
  method: string,
  receivedMs: number,
): MeetingRequest | undefined {
  const uid = propertyText(event, "uid");
  const times = eventTimes(calendar, event);
  if (uid === undefined || times === undefined) return undefined;
  const { start, endMs, isAllDay } = times;
  const sequence = sequenceOf(event);
  const instance = timeOf(calendar, event, "recurrence-id");
  const rule: unknown = event.getFirstPropertyValue("rrule");
  const recurrence = instance === undefined && rule !== null ? recurrenceOfRule(rule, start) : undefined;
  const timezone = start.zone?.structure(new Date(start.localMs).getUTCFullYear());
  const attendees = attendeesOf(event);
  const proposed = method === "COUNTER" ? { proposedStartTimeMs: start.ms, proposedEndTimeMs: endMs } : {};
  const { deletedMs, changed } =
    recurrence === undefined ? noOccurrences : occurrencesOf(calendar, event, times);
  return {
    uid,
    dtStampMs: timeOf(calendar, event, "dtstamp")?.ms ?? receivedMs,
    ...(sequence !== undefined && { sequence }),
    startTimeMs: start.ms,
    endTimeMs: endMs,
    ...(isAllDay && { allDayEvent: true }),
    instanceType: instance !== undefined ? "exception" : recurrence !== undefined ? "master" : "single",
    ...(instance !== undefined && { recurrenceIdMs: instance.ms }),
    ...(instance !== undefined && isFromOn(event) && { recurrenceRange: "this-and-future" }),
    ...(recurrence !== undefined && { recurrence }),
    ...(deletedMs.length > 0 && { deletedOccurrencesMs: deletedMs }),
    ...(changed.length > 0 && { changedOccurrences: changed }),
    ...detailsOf(event),
    ...(method === "REQUEST" && {
      responseRequested: wantsAnswer(event),
      meetingMessageType: (sequence ?? 0) > 0 ? "full-update" : "initial",
    }),
    busyStatus: busyStatusOf(event),
    ...(timezone !== undefined && { timezone }),
    ...(attendees.length > 0 && { attendees }),
    ...proposed,
  };
}

/** Whether what is said of an occurrence is said of all later ones, too. */
function isFromOn(event: Component): boolean {
  const instance = event.getFirstProperty("recurrence-id");
  return instance !== null && parameter(instance, "range")?.toUpperCase() === "THISANDFUTURE";
}

function wantsAnswer(event: Component): boolean {
  return event.getAllProperties("attendee").some((one) => parameter(one, "rsvp")?.toUpperCase() === "TRUE");
}

type Details = Pick<
  MeetingRequest,
  "location" | "organizer" | "reminderSeconds" | "sensitivity" | "disallowNewTimeProposal"
>;

function detailsOf(event: Component): Details {
  const place = propertyText(event, "location");
  const organizer = event.getFirstProperty("organizer");
  const reminderSeconds = reminderSecondsOf(event);
  const sensitivity = sensitivityOf(event);
  const noProposals = propertyText(event, "x-microsoft-disallow-counter")?.toUpperCase() === "TRUE";
  return {
    ...(place !== undefined && { location: { displayName: place } }),
    ...(organizer !== null && { organizer: personText(organizer) }),
    ...(reminderSeconds !== undefined && { reminderSeconds }),
    ...(sensitivity !== undefined && { sensitivity }),
    ...(noProposals && { disallowNewTimeProposal: true }),
  };
}
