import type { ImapScript } from "./scripted-imap-server.js";

interface ModelMessage {
  readonly uid: number;
  flags: string[];
  modSeq: number;
}

/** What is in the model's answers beside what is asked. */
export interface ModelOptions {
  /** Tells what was removed (RFC 7162, 3.2.6). */
  readonly qresync: boolean;
  /** Answers a search with ranges (RFC 4731). */
  readonly esearch: boolean;
}

/** An inbox that keeps modification sequences, as far as a reader of its changes asks a server for it. */
export class ModelImapFolder {
  uidValidity = 7;
  readonly #options: ModelOptions;
  #messages: ModelMessage[] = [];
  readonly #removed = new Map<number, number>();
  #uidNext = 1;
  #modSeq = 1;

  constructor(options: ModelOptions) {
    this.#options = options;
  }

  get capabilities(): string {
    const { qresync, esearch } = this.#options;
    return `IMAP4rev1 ENABLE CONDSTORE${qresync ? " QRESYNC" : ""}${esearch ? " ESEARCH" : ""}`;
  }

  /** The flags of each message, by UID. */
  get contents(): ReadonlyMap<number, string> {
    return new Map(this.#messages.map(({ uid, flags }) => [uid, flags.join(" ")]));
  }

  add(): void {
    this.#modSeq += 1;
    this.#messages.push({ uid: this.#uidNext, flags: [], modSeq: this.#modSeq });
    this.#uidNext += 1;
  }

  /** Marks a message as read, or as unread again. */
  mark(index: number): void {
    const message = this.#messages[index % this.#messages.length];
    if (message === undefined) return;
    this.#modSeq += 1;
    message.modSeq = this.#modSeq;
    message.flags = message.flags.length > 0 ? [] : ["\\Seen"];
  }

  /** Removes a message. A server without QRESYNC need not count that. */
  remove(index: number): void {
    const [message] = this.#messages.splice(index % Math.max(1, this.#messages.length), 1);
    if (message === undefined) return;
    if (this.#options.qresync) this.#modSeq += 1;
    this.#removed.set(message.uid, this.#modSeq);
  }

  readonly script: ImapScript = (command) => {
    if (/^(?:SELECT|EXAMINE) INBOX/.test(command)) return this.#open();
    const [, fetched, set = "", since, vanished] =
      /^(UID FETCH|FETCH) (\S+) \([^)]*\)(?: \(CHANGEDSINCE (\d+)( VANISHED)?\))?$/.exec(command) ?? [];
    if (fetched !== undefined)
      return this.#fetch(fetched === "UID FETCH", set, Number(since ?? 0), vanished !== undefined);
    const [, isUid, returned, criteria] = /^(UID )?SEARCH (?:RETURN \((\w+)\) )?(.*)$/.exec(command) ?? [];
    if (criteria !== undefined) return this.#search(isUid !== undefined, returned, criteria);
    return undefined;
  };

  #open(): readonly string[] {
    return [
      `* ${this.#messages.length} EXISTS`,
      `* OK [UIDVALIDITY ${this.uidValidity}] so`,
      `* OK [UIDNEXT ${this.#uidNext}] so`,
      `* OK [HIGHESTMODSEQ ${this.#modSeq}] so`,
      "OK [READ-ONLY] open",
    ];
  }

  #fetch(isUid: boolean, set: string, since: number, vanished: boolean): readonly string[] {
    const lines: string[] = [];
    const gone = [...this.#removed].filter(
      ([uid, modSeq]) => modSeq > since && isIn(set, uid, this.#uidNext),
    );
    if (vanished && gone.length > 0) lines.push(`* VANISHED (EARLIER) ${gone.map(([uid]) => uid).join(",")}`);
    for (const [index, { uid, flags, modSeq }] of this.#messages.entries()) {
      const isAsked = isUid ? isIn(set, uid, this.#uidNext) : isIn(set, index + 1, this.#messages.length);
      if (!isAsked || modSeq <= since) continue;
      const date = '"28-Nov-2026 12:00:00 +0000"';
      lines.push(
        `* ${index + 1} FETCH (UID ${uid} FLAGS (${flags.join(" ")}) INTERNALDATE ${date} MODSEQ (${modSeq}))`,
      );
    }
    return lines;
  }

  #search(isUid: boolean, returned: string | undefined, criteria: string): readonly string[] {
    const set = /\bUID (\S+)/.exec(criteria)?.[1] ?? "1:*";
    const since = Number(/\bMODSEQ (\d+)/.exec(criteria)?.[1] ?? 0);
    const found = this.#messages
      .map(({ uid, modSeq }, index) => ({ uid, modSeq, number: isUid ? uid : index + 1 }))
      .filter(({ uid, modSeq }) => isIn(set, uid, this.#uidNext) && modSeq >= since)
      .map(({ number }) => number);
    if (returned === undefined || !this.#options.esearch) return [`* SEARCH ${found.join(" ")}`.trim()];
    const all = found.length === 0 ? "" : ` ALL ${found.join(",")}`;
    const told = returned === "COUNT" ? ` COUNT ${found.length}` : all;
    return [`* ESEARCH (TAG "x")${isUid ? " UID" : ""}${told}`];
  }
}

function isIn(set: string, number: number, highest: number): boolean {
  return set.split(",").some((part) => {
    const [first = 0, last = first] = part.split(":").map((end) => (end === "*" ? highest : Number(end)));
    return number >= Math.min(first, last) && number <= Math.max(first, last);
  });
}
