import type { CalendarItem, OutgoingMail } from "../../src/index.js";
import { meetingInWords, ToldAttendee } from "../unit/commands/sync/told-attendee.js";
import type { OrganizedChange } from "./organized-change.js";
import type { SentMails } from "./sent-mails.js";
import { must } from "./violation.js";

/** A meeting in the calendar of its organizer. */
export interface StoredMeeting {
  readonly id: string;
  readonly item: CalendarItem;
}

/** Those who are invited to the meetings that phones organize, and believe the mails that they get: in the end they know what their organizers have. */
export class MeetingAudience {
  readonly #sentMails: SentMails;
  readonly #people = ["alice", "bob", "carol"].map((user) => new ToldAttendee(`${user}@example.com`, false));
  readonly #tokens = new Set<string>();
  /** Of each meeting that a phone knows, by its UID. */
  readonly #ids = new Map<string, { readonly user: string; readonly id: string }>();
  /** Ids and titles of meetings of which nobody knows any more what was told of them. */
  readonly #lost = new Set<string>();
  readonly #faults: string[] = [];

  constructor(sentMails: SentMails) {
    this.#sentMails = sentMails;
  }

  /** A mail has gone out; the mail server sends none twice. */
  hears(mail: OutgoingMail): void {
    if (this.#tokens.has(mail.submissionToken)) return;
    this.#tokens.add(mail.submissionToken);
    for (const one of this.#people) {
      one.hears(mail);
      // What was called off and is there after all has the revision from before, and nobody knows that a later one was told.
      const faults = one.faults.splice(0).filter(({ uid }) => !this.#isLostSightOf(uid));
      this.#faults.push(...faults.map(({ words }) => `${one.address} was told too late: ${words}`));
    }
  }

  /** A phone was told the UID of its new meeting. */
  made(user: string, id: string, uid: string): void {
    this.#ids.set(uid, { user, id });
  }

  /** The server has said that a change is done, whether the phone heard it or not: all are told by then. */
  answered(change: OrganizedChange): void {
    if ("title" in change) this.#sentMails.answeredAbout(`REQUEST ${change.title} `);
  }

  /** The server has lost all that it knew of a change, and the phone does not know what became of it. */
  lostSight(user: string, change: OrganizedChange): void {
    this.#lost.add(change.kind === "make" ? change.title : `${user} ${change.id}`);
    if ("title" in change) this.#lost.add(change.title);
  }

  /**
   * Compares what all know with the calendar of an organizer.
   *
   * @param isRemoved whether others have removed the meeting with an id, of which the server tells nobody.
   */
  audit(user: string, stored: readonly StoredMeeting[], isRemoved: (id: string) => boolean): void {
    const present = new Set(stored.map(({ item }) => item.uid));
    for (const { id, item } of stored) {
      const isLost = this.#lost.has(`${user} ${id}`) || this.#lost.has(item.subject ?? "");
      for (const one of isLost ? [] : this.#people) this.#check(one, user, item);
    }
    must(this.#faults.length === 0, () => this.#faults.join());
    for (const one of this.#people) {
      for (const uid of one.meetings) {
        const known = this.#ids.get(uid);
        const isOther = known !== undefined && (known.user !== user || isRemoved(known.id));
        const isLost = known === undefined || this.#isLostSightOf(uid);
        const isThere = present.has(uid) || isOther || isLost;
        must(isThere, () => `${one.address} was not told that "${one.knows(uid)}" is called off`);
      }
    }
  }

  #isLostSightOf(uid: string): boolean {
    const known = this.#ids.get(uid);
    return known !== undefined && this.#lost.has(`${known.user} ${known.id}`);
  }

  #check(one: ToldAttendee, user: string, item: CalendarItem): void {
    const { uid = "", attendees = [] } = item;
    const isInvited = attendees.some(({ email }) => email === one.address);
    const wanted = isInvited ? meetingInWords(item) : undefined;
    must(
      one.knows(uid) === wanted,
      () => `${one.address} knows "${one.knows(uid)}" of a meeting of ${user} that is "${wanted}"`,
    );
  }
}
