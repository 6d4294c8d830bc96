import type { OutgoingMail } from "../../src/index.js";
import { titleOf } from "./plain-composer.js";
import { must } from "./violation.js";

/** What was promised about mails: one that a phone was told is sent has gone out, and none goes out twice. */
export class SentMails {
  /** What was promised and not kept. */
  fault: string | undefined;
  /** By title, the token and the processes that gave it to the mail server. */
  readonly #given = new Map<string, { readonly token: string; readonly processes: Set<number> }>();
  readonly #answered = new Set<string>();
  /** By title, what a phone may have had stored or sent before the server lost all that it knew of it. */
  readonly #forgottenOf = new Set<string>();
  readonly #promised = new Map<string, string>();
  /** By title, whether it may go out anew. */
  readonly #isUndone = new Map<string, () => boolean>();

  /** A process has given a mail to the mail server. */
  given(mail: OutgoingMail, process: number): void {
    const title = titleOf(mail.message);
    const known = this.#given.get(title);
    if (known === undefined || this.isAnew(title) || this.#forgottenOf.has(title)) {
      this.#given.set(title, { token: mail.submissionToken, processes: new Set([process]) });
      return;
    }
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

  /** Whether a mail that goes out now was meant anew. */
  isAnew(title: string): boolean {
    return this.#isUndone.get(title)?.() === true;
  }

  /** The server has said that it is sent, whether the phone heard it or not: it knows that from now on. */
  answered(title: string): void {
    this.#answered.add(title);
  }

  /** The same of all mails whose titles begin so. */
  answeredAbout(beginning: string): void {
    for (const title of this.#given.keys()) if (title.startsWith(beginning)) this.answered(title);
  }

  /** A phone was told that a mail is sent of which no copy is kept. */
  told(title: string): void {
    must(this.#given.has(title), () => `"${title}" is said to be sent, and was not`);
  }

  /**
   * The server has lost all that it knew of phones: a mail whose answer did not arrive goes out again when it is asked for again. What a meeting's organizer had told
   * is another mail then, because the phone asks in another Sync.
   */
  forgotten(): void {
    for (const title of this.#given.keys()) {
      if (/^(REQUEST|CANCEL) /.test(title) && !this.#answered.has(title)) this.askedAnew(title);
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
