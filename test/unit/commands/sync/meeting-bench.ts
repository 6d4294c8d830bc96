import type { CalendarItem } from "../../../../src/mailbox/items/calendar.js";
import type { OutgoingMail } from "../../../../src/mailbox/mail-submission.js";
import { type ParsedMessage, parseMessage } from "../../../../src/mime/parse-message.js";
import { Calendar, textElement, type WbxmlElement } from "../../../../src/wbxml/index.js";
import type { BenchWishes } from "../command-context.js";
import { calendarOf } from "./calendar-text.js";
import { FolderBench } from "./folder-bench.js";
import { type Meeting, said } from "./meeting-requests.js";

export const alice = "alice@example.com";
export const bob = "bob@example.com";
export const carol = "carol@example.com";
export const calendar = "calendar";
export const dayMs = 86_400_000;

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
export class MeetingBench extends FolderBench {
  #seen = 0;

  static async begin(wishes: BenchWishes = {}): Promise<MeetingBench> {
    return new MeetingBench(calendar, wishes).setUp();
  }

  /** Syncs the calendar with some commands, and the answer is lost. */
  async lost(commands: readonly WbxmlElement[], wishes: BenchWishes = {}): Promise<void> {
    await this.one({ id: calendar, key: this.key, commands }, wishes);
  }

  /** Makes a meeting; its id. */
  async make(meeting: Meeting = review, clientId = "c1"): Promise<string> {
    return this.add(said(meeting), clientId);
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

function toldBy(mail: OutgoingMail): Told {
  const lines = calendarOf(mail);
  // Of a series with its changed occurrences the series comes first.
  lines.splice(lines.indexOf("END:VEVENT"));
  const value = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`${name}:`) || line.startsWith(`${name};`))?.replace(/^[^:]*:/, "");
  const what = [value("METHOD"), value("SEQUENCE"), value("RECURRENCE-ID")];
  return { what: what.filter((part) => part !== undefined).join(" "), to: [...mail.recipients] };
}
