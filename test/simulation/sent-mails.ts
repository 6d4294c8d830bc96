import type { OutgoingMail } from "../../src/index.js";
import { titleOf } from "./plain-composer.js";
import { must } from "./violation.js";

/** A mail that was given to the mail server. */
interface GivenMail {
  readonly token: string;
  readonly processes: Set<number>;
  /** The token is made also of what the server remembers of the phone. */
  readonly isOfMemory: boolean;
  /** How many calls to what the processes share had failed when it was last given. */
  failures: number;
}

/** What was promised about mails: one that a phone was told is sent has gone out, and none goes out twice. */
export class SentMails {
  /** What was promised and not kept. */
  fault: string | undefined;
  /** By title. */
  readonly #given = new Map<string, GivenMail>();
  readonly #answered = new Set<string>();
  /** By title, what a phone may have had stored or sent before the server lost all that it knew of it. */
  readonly #forgottenOf = new Set<string>();
  readonly #promised = new Map<string, string>();
  /** By title, whether it may go out anew. */
  readonly #isUndone = new Map<string, () => boolean>();
  /** By title, of what a phone asks and has not heard that it is sent. */
  readonly #isOfMemory = new Map<string, () => boolean>();
  /** By title, what has one other token when it is asked for again. */
  readonly #renamed = new Set<string>();
  readonly #failures: () => number;

  /** @param failures how many calls to what the processes share have failed. */
  constructor(failures: () => number = () => 0) {
    this.#failures = failures;
  }

  /** A process has given a mail to the mail server. */
  given(mail: OutgoingMail, process: number): void {
    const title = titleOf(mail.message);
    const known = this.#given.get(title);
    if (known === undefined || this.isAnew(title) || this.#forgottenOf.has(title)) {
      this.#renamed.delete(title);
      const isOfMemory = this.#isOfMemory.get(title)?.() === true;
      const failures = this.#failures();
      const processes = new Set([process]);
      this.#given.set(title, { token: mail.submissionToken, processes, isOfMemory, failures });
      return;
    }
    known.failures = this.#failures();
    // It happens inside of the process, which would take what is thrown for an outage.
    if (known.token !== mail.submissionToken) this.fault ??= `"${title}" goes out as two mails`;
    if (this.#answered.has(title))
      this.fault ??= `"${title}" was sent, and is given to the mail server again`;
    if (known.processes.has(process)) this.fault ??= `"${title}" was given to the mail server twice`;
    known.processes.add(process);
  }

  /** A mail is asked for again, which is meant anew if others have undone by then what it told of. */
  repeated(title: string, isUndone: () => boolean): void {
    this.#isUndone.set(title, isUndone);
  }

  /**
   * A mail is asked for that may follow another which would look the same: the server then tells them apart by what it remembers of the phone.
   *
   * @param isFollowing whether it remembers one before this at the moment when this is given to the mail server.
   */
  toldByMemory(title: string, isFollowing: () => boolean): void {
    this.#isOfMemory.set(title, isFollowing);
  }

  /** Whether a mail that goes out now was meant anew, or cannot be known for the one that went out before. */
  isAnew(title: string): boolean {
    return this.#renamed.has(title) || this.#isUndone.get(title)?.() === true;
  }

  /** The server has said that it is sent, whether the phone heard it or not: it knows that from now on, unless it could not note it. */
  answered(title: string): void {
    const given = this.#given.get(title);
    if (given === undefined || given.failures === this.#failures()) this.#answered.add(title);
  }

  /** The same of all mails whose titles begin so. */
  answeredAbout(beginning: string): void {
    for (const title of this.#given.keys()) if (title.startsWith(beginning)) this.answered(title);
  }

  /** A phone was told that a mail is sent of which no copy is kept. */
  told(title: string): void {
    this.#isOfMemory.delete(title);
    must(this.#given.has(title), () => `"${title}" is said to be sent, and was not`);
  }

  /**
   * The server has lost all that it knew of phones: a mail whose answer did not arrive goes out again when it is asked for again. What a meeting's organizer had told
   * is another mail then, because the phone asks in another Sync; so is, once, what the server told from others by its memory.
   */
  forgotten(): void {
    for (const [title, { isOfMemory }] of this.#given) {
      if (/^(REQUEST|CANCEL) /.test(title) && !this.#answered.has(title)) this.askedAnew(title);
      if (isOfMemory && this.#isOfMemory.has(title)) this.#renamed.add(title);
    }
    this.#answered.clear();
  }

  /** A phone that never heard what became of a mail asks for it anew, and the server does not know that it was asked before. */
  askedAnew(title: string): void {
    this.#forgottenOf.add(title);
  }

  /** Whether there may be more of a mail than one. */
  mayBeTwice(title: string): boolean {
    return this.#forgottenOf.has(title);
  }

  /** A phone was told that its mail is sent. */
  promised(user: string, title: string): void {
    this.told(title);
    this.#promised.set(title, user);
  }

  /** Compares what a user has in the Sent folder with what was promised. */
  audit(user: string, copies: readonly string[]): void {
    for (const title of copies) must(this.#given.has(title), () => `"${title}" is in Sent, and was not sent`);
    const kept = new Set(copies);
    const once = copies.filter((title) => !this.mayBeTwice(title));
    must(new Set(once).size === once.length, () => `${user} has two copies of one mail`);
    for (const [title, sender] of this.#promised) {
      must(sender !== user || kept.has(title), () => `"${title}" was sent, and no copy is there`);
    }
  }
}
