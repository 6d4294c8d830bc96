import type { CalendarItem } from "../../../../src/mailbox/items/calendar.js";
import type { OutgoingMail } from "../../../../src/mailbox/mail-submission.js";
import { type ParsedMessage, parseMessage } from "../../../../src/mime/parse-message.js";
import {
  AirSync,
  AirSyncBase,
  Calendar,
  element,
  emptyElement,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import type { BenchWishes } from "../command-context.js";
import { calendarOf } from "./calendar-text.js";
import { addCommand, type CollectionAnswer, SyncBench } from "./sync-bench.js";

export const alice = "alice@example.com";
export const bob = "bob@example.com";
export const carol = "carol@example.com";
const calendar = "calendar";
export const dayMs = 86_400_000;

/** What a phone of version 16 says of a meeting. */
export interface Meeting {
  readonly subject?: string;
  readonly start?: string;
  readonly end?: string;
  readonly place?: string;
  readonly text?: string;
  readonly people?: readonly (string | readonly [email: string, type: 1 | 2 | 3])[];
  readonly timezone?: string;
  readonly status?: number;
  readonly reminder?: number;
  readonly busy?: number;
  readonly allDay?: boolean;
  readonly recurrence?: readonly WbxmlElement[];
  readonly answers?: 0 | 1;
}

/** The children of its ApplicationData. */
export function said(meeting: Meeting): WbxmlElement[] {
  const { people, recurrence, place, text, allDay } = meeting;
  const texts = [
    [Calendar.Timezone, meeting.timezone],
    [Calendar.Subject, meeting.subject],
    [Calendar.StartTime, meeting.start],
    [Calendar.EndTime, meeting.end],
    [Calendar.MeetingStatus, meeting.status],
    [Calendar.Reminder, meeting.reminder],
    [Calendar.BusyStatus, meeting.busy],
    [Calendar.ResponseRequested, meeting.answers],
    [Calendar.AllDayEvent, allDay === undefined ? undefined : Number(allDay)],
  ] as const;
  return [
    ...texts.flatMap(([tag, value]) => (value === undefined ? [] : [textElement(tag, value)])),
    ...(place === undefined
      ? []
      : [element(AirSyncBase.Location, [textElement(AirSyncBase.DisplayName, place)])]),
    ...(text === undefined
      ? []
      : [element(AirSyncBase.Body, [textElement(AirSyncBase.Type, 1), textElement(AirSyncBase.Data, text)])]),
    ...(people === undefined ? [] : [attendees(people)]),
    ...(recurrence === undefined ? [] : [element(Calendar.Recurrence, recurrence)]),
  ];
}

function attendees(people: NonNullable<Meeting["people"]>): WbxmlElement {
  if (people.length === 0) return emptyElement(Calendar.Attendees);
  const listed = people.map((one) => (typeof one === "string" ? ([one, 1] as const) : one));
  return element(
    Calendar.Attendees,
    listed.map(([email, type]) =>
      element(Calendar.Attendee, [
        textElement(Calendar.Email, email),
        textElement(Calendar.Name, email.split("@", 1)[0] ?? email),
        textElement(Calendar.AttendeeType, type),
      ]),
    ),
  );
}

/** A meeting with Bob, some days from now. */
export const review: Meeting = {
  subject: "Review",
  start: "20260108T090000Z",
  end: "20260108T100000Z",
  place: "Room 4",
  text: "Bring the plans",
  people: [bob],
  status: 1,
  reminder: 15,
  busy: 2,
};

/** The same, each day. */
export const daily: Meeting = { ...review, recurrence: [textElement(Calendar.Type, 0)] };

/** What somebody was told. */
export interface Told {
  /** The method, and what is told: `REQUEST 0`, `CANCEL 1 20260109T090000Z`: the revision and the occurrence. */
  readonly what: string;
  readonly to: readonly string[];
}

/** A phone whose user organizes meetings, and the mailboxes of all. */
export class MeetingBench extends SyncBench {
  key = "";
  #seen = 0;

  static async begin(wishes: BenchWishes = {}): Promise<MeetingBench> {
    const bench = new MeetingBench(wishes);
    await bench.folderSync();
    bench.key = await bench.all(calendar);
    return bench;
  }

  /** Syncs the calendar with some commands, and takes the new key. */
  async up(commands: readonly WbxmlElement[], wishes: BenchWishes = {}): Promise<CollectionAnswer> {
    const answer = await this.one({ id: calendar, key: this.key, commands }, wishes);
    this.key = answer.key;
    return answer;
  }

  /** The same, the answer of which is lost. */
  async lost(commands: readonly WbxmlElement[], wishes: BenchWishes = {}): Promise<void> {
    await this.one({ id: calendar, key: this.key, commands }, wishes);
  }

  /** Makes a meeting; its id. */
  async make(meeting: Meeting = review, clientId = "c1"): Promise<string> {
    await this.up([addCommand(clientId, said(meeting))]);
    const id = this.ids().at(-1);
    if (id === undefined) throw new Error("No meeting was stored");
    return id;
  }

  ids(folder = calendar, user = this.user): readonly string[] {
    return [...this.mailbox.snapshot(user, folder).keys()];
  }

  async stored(id: string): Promise<CalendarItem> {
    const item = await this.mailbox.item({ user: this.user }, calendar, id, { bodies: [], withBody: true });
    if (item?.class !== "Calendar") throw new Error(`${id} is not in the calendar`);
    return item;
  }

  /** Changes what is stored by other hands. */
  async alter(id: string, change: Partial<CalendarItem>): Promise<void> {
    const item = { ...(await this.stored(id)), ...change };
    this.mailbox.updateItem(this.user, calendar, id, { kind: "replace", item });
  }

  get out(): readonly OutgoingMail[] {
    return this.mailbox.submission.sent;
  }

  /** What went out since the last call. */
  news(): readonly Told[] {
    const sent = this.out.slice(this.#seen);
    this.#seen = this.out.length;
    return sent.map(toldBy);
  }

  /** The last mail, as it is read. */
  async lastMail(): Promise<ParsedMessage> {
    const mail = this.out.at(-1);
    if (mail === undefined) throw new Error("No mail went out");
    return parseMessage(mail.message, { receivedMs: this.clock.now() });
  }

  /** Whoever was invited answers by mail. */
  answer(from: string, status: string, lines: readonly string[]): void {
    const event = [`ATTENDEE;PARTSTAT=${status}:mailto:${from}`, ...lines];
    const calendarLines = ["BEGIN:VCALENDAR", "METHOD:REPLY", "BEGIN:VEVENT", ...event];
    const raw = [
      `From: ${from}`,
      `To: ${this.user}`,
      "Subject: Answer",
      "Content-Type: text/calendar; method=REPLY",
      "",
      ...calendarLines,
      "END:VEVENT",
      "END:VCALENDAR",
      "",
    ];
    this.mailbox.deliver(this.user, raw.join("\r\n"));
  }
}

/** A Change of one occurrence. */
export function changeOccurrence(id: string, instanceId: string, meeting: Meeting): WbxmlElement {
  return element(AirSync.Change, [
    textElement(AirSync.ServerId, id),
    textElement(AirSyncBase.InstanceId, instanceId),
    element(AirSync.ApplicationData, said(meeting)),
  ]);
}

/** A Delete of one occurrence. */
export function deleteOccurrence(id: string, instanceId: string): WbxmlElement {
  return element(AirSync.Delete, [
    textElement(AirSync.ServerId, id),
    textElement(AirSyncBase.InstanceId, instanceId),
  ]);
}

function toldBy(mail: OutgoingMail): Told {
  const lines = calendarOf(mail);
  // Of a series with its changed occurrences the series comes first.
  lines.splice(lines.indexOf("END:VEVENT"));
  const value = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`${name}:`) || line.startsWith(`${name};`))?.replace(/^[^:]*:/, "");
  const what = [value("METHOD"), value("SEQUENCE"), value("RECURRENCE-ID")];
  return { what: what.filter((part) => part !== undefined).join(" "), to: [...mail.recipients] };
}
