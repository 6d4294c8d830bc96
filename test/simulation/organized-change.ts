import { AirSync, Calendar, element, textElement, type WbxmlElement } from "../../src/wbxml/index.js";
import {
  changeOccurrence,
  deleteOccurrence,
  type Meeting,
  said,
} from "../unit/commands/sync/meeting-requests.js";
import { compactTime } from "./form.js";
import type { Random } from "./random.js";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** How many occurrences a series has. */
const occurrences = 8;

/** A meeting as the phone of its organizer has it. */
export interface OwnMeeting {
  readonly id: string;
  readonly startMs: number;
  readonly isSeries: boolean;
  /** How many of the occurrences the organizer has changed or removed, the first ones first. */
  readonly touched: number;
}

/** What an organizer makes of a meeting, each time under a title of its own. */
export type OrganizedChange =
  | {
      readonly kind: "make";
      readonly clientId: string;
      readonly title: string;
      readonly startMs: number;
      readonly people: readonly string[];
      readonly isSeries: boolean;
    }
  | {
      readonly kind: "change";
      readonly id: string;
      readonly title: string;
      /** Undefined: it stays when it is. */
      readonly startMs: number | undefined;
      readonly place: string | undefined;
      readonly people: readonly string[] | undefined;
    }
  | { readonly kind: "cancel"; readonly id: string }
  /** One occurrence takes place later, or not at all. */
  | {
      readonly kind: "postpone";
      readonly id: string;
      readonly title: string;
      readonly originalStartMs: number;
    }
  | { readonly kind: "skip"; readonly id: string; readonly originalStartMs: number };

/** What an organizer may do to a meeting next. */
export function changeOf(
  { id, startMs, isSeries, touched }: OwnMeeting,
  title: string,
  people: readonly string[],
  random: Random,
): OrganizedChange {
  if (random.chance(0.25)) return { kind: "cancel", id };
  if (isSeries && touched < occurrences - 1 && random.chance(0.5)) {
    const originalStartMs = startMs + touched * dayMs;
    return random.chance(0.5)
      ? { kind: "postpone", id, title, originalStartMs }
      : { kind: "skip", id, originalStartMs };
  }
  return {
    kind: "change",
    id,
    title,
    startMs: random.chance(0.5) ? startMs + random.between(1, 40) * dayMs : undefined,
    place: random.chance(0.3) ? `Room ${random.between(1, 9)}` : undefined,
    people: random.chance(0.3) ? people : undefined,
  };
}

/** A meeting after a change that was taken. */
export function changedMeeting(meeting: OwnMeeting, change: OrganizedChange): OwnMeeting {
  if (change.kind === "postpone" || change.kind === "skip")
    return { ...meeting, touched: meeting.touched + 1 };
  if (change.kind !== "change" || change.startMs === undefined) return meeting;
  // Another time for the series is another time for each of its occurrences.
  return { ...meeting, startMs: change.startMs, touched: 0 };
}

/** How a phone of version 16 says it. */
export function commandOf(change: OrganizedChange): WbxmlElement {
  switch (change.kind) {
    case "make":
      return element(AirSync.Add, [
        textElement(AirSync.ClientId, change.clientId),
        element(AirSync.ApplicationData, said(newMeeting(change))),
      ]);
    case "change":
      return element(AirSync.Change, [
        textElement(AirSync.ServerId, change.id),
        element(
          AirSync.ApplicationData,
          said({ subject: change.title, ...timesOf(change.startMs), ...parts(change) }),
        ),
      ]);
    case "cancel":
      return element(AirSync.Delete, [textElement(AirSync.ServerId, change.id)]);
    case "postpone": {
      const times = timesOf(change.originalStartMs + 2 * hourMs);
      return changeOccurrence(change.id, compactTime(change.originalStartMs), {
        subject: change.title,
        ...times,
      });
    }
    case "skip":
      return deleteOccurrence(change.id, compactTime(change.originalStartMs));
  }
}

function newMeeting({
  title,
  startMs,
  people,
  isSeries,
}: Extract<OrganizedChange, { kind: "make" }>): Meeting {
  const recurrence = [
    textElement(Calendar.Type, 0),
    textElement(Calendar.Interval, 1),
    textElement(Calendar.Occurrences, occurrences),
  ];
  return { subject: title, ...timesOf(startMs), people, status: 1, ...(isSeries && { recurrence }) };
}

function parts({ place, people }: Extract<OrganizedChange, { kind: "change" }>): Meeting {
  return { ...(place !== undefined && { place }), ...(people !== undefined && { people }) };
}

function timesOf(startMs: number | undefined): Meeting {
  return startMs === undefined ? {} : { start: compactTime(startMs), end: compactTime(startMs + hourMs) };
}
