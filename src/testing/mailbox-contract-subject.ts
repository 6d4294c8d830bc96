import assert from "node:assert/strict";
import type { MailboxItem } from "../mailbox/items/item.js";
import type { ChangePage, ItemChange, ItemVersion, Mailbox } from "../mailbox/mailbox.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";

/** A mailbox to be tested, and the means to work on it from the server's side. */
export interface MailboxSubject {
  readonly mailbox: Mailbox;
  /** Whose mailbox. */
  readonly ref: MailboxRef;
  /** The id of a folder that is empty. */
  readonly folder: string;
  /** The id of another empty folder that takes the same items. Without it, moving is not tested. */
  readonly otherFolder?: string;
  /**
   * Puts an item into the folder as the server itself would; resolves with its id when `changes` can tell of it.
   *
   * @param dateMs its date, where items of the folder have one.
   */
  add(dateMs: number): Promise<string>;
  /** Removes an item as the server itself would; resolves when `changes` can tell of it. Default: the mailbox's own `delete`. */
  remove?(id: string): Promise<void>;
  /** An item that `create` can store in the folder. Without it, `create` and replacing are not tested. */
  newItem?(): MailboxItem;
  /** Puts a mail with an attachment of at least two bytes into the mailbox. Without it, reading attachments is not tested. */
  addAttachment?(): Promise<{ readonly fileReference: string; readonly content: Uint8Array }>;
  /**
   * Puts a mail into the folder, or wherever the server's rules want it, as one that arrives; resolves with the id when `changes` can tell of
   * it. Without it, search, conversations and the mark of an answer are not tested.
   *
   * @param message the message (RFC 5322), in ASCII.
   */
  deliver?(message: string, receivedMs: number): Promise<string>;
  /** Someone whom the address list has. Without it, the address list and recipients are not tested. */
  readonly person?: ListedPerson;
  /** Resolves when `changes` can tell of all that was written. Default: at once. */
  settle?(): Promise<void>;
  /** Called after each test. */
  close?(): Promise<void> | void;
}

/** Someone in the address list of a mailbox that is tested. */
export interface ListedPerson {
  /** At least one word. */
  readonly displayName: string;
  readonly emailAddress: string;
  /** Puts an appointment into this person's calendar, as the server would. Without it, of availability only its form is tested. */
  addAppointment?(startMs: number, endMs: number): Promise<void>;
}

/** One rule of the contract. */
export type MailboxCheck = (subject: MailboxSubject) => Promise<void>;

/** Checks of an optional ability; they pass unseen where the mailbox does not have it. */
export function checksOfAbility<Ability>(
  abilityOf: (mailbox: Mailbox) => Ability | undefined,
  checks: Readonly<Record<string, (subject: MailboxSubject, able: Ability) => Promise<void>>>,
): Readonly<Record<string, MailboxCheck>> {
  return Object.fromEntries(
    Object.entries(checks).map(([name, check]) => [
      name,
      async (subject: MailboxSubject): Promise<void> => {
        const able = abilityOf(subject.mailbox);
        if (able !== undefined) await check(subject, able);
      },
    ]),
  );
}

/** A change list read to its end. */
export interface ReadChanges {
  readonly changes: readonly ItemChange[];
  readonly cursor: string;
  /** The cursor at the end of each page. */
  readonly cursors: readonly string[];
}

const mostPages = 10_000;

/** One page; fails when the mailbox has none to give. */
export async function page(
  subject: MailboxSubject,
  cursor: string | undefined,
  limit = 50,
): Promise<Extract<ChangePage, { kind: "page" }>> {
  const { mailbox, ref, folder } = subject;
  const answer = await mailbox.changes(ref, folder, { cursor, sinceMs: undefined, limit });
  assert.equal(answer.kind, "page");
  const read = answer as Extract<ChangePage, { kind: "page" }>;
  assert.ok(
    read.changes.length <= limit,
    `a page of ${read.changes.length} changes where ${limit} were wanted`,
  );
  assert.ok(read.cursor.length <= 1_024, `a cursor of ${read.cursor.length} characters`);
  return read;
}

/** All changes since a cursor, or the whole folder. */
export async function readAll(
  subject: MailboxSubject,
  cursor: string | undefined,
  limit = 50,
): Promise<ReadChanges> {
  const changes: ItemChange[] = [];
  const cursors: string[] = [];
  let at = cursor;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const read = await page(subject, at, limit);
    changes.push(...read.changes);
    cursors.push(read.cursor);
    at = read.cursor;
    if (!read.more) return { changes, cursor: at, cursors };
  }
  assert.fail(`the change list did not end after ${mostPages} pages`);
}

/** Plays changes onto what a device knows of a folder. */
export function apply(
  known: ReadonlyMap<string, ItemVersion>,
  changes: readonly ItemChange[],
): Map<string, ItemVersion> {
  const after = new Map(known);
  for (const change of changes) {
    if (change.kind === "gone") after.delete(change.id);
    else after.set(change.id, withoutDate(change));
  }
  return after;
}

/** The folder as a first listing tells it. */
export async function content(subject: MailboxSubject): Promise<Map<string, ItemVersion>> {
  return apply(new Map(), (await readAll(subject, undefined)).changes);
}

/** The version alone, of what may say more. */
export function withoutDate(change: ItemVersion): ItemVersion {
  return { version: change.version, ...(change.flags === undefined ? undefined : { flags: change.flags }) };
}

/** Removes an item by the means the subject has. */
export async function remove(subject: MailboxSubject, id: string): Promise<void> {
  if (subject.remove !== undefined) return await subject.remove(id);
  const result = await subject.mailbox.delete(subject.ref, subject.folder, id);
  assert.equal(result.kind, "deleted");
  await subject.settle?.();
}

/** Some day in the past, at midnight UTC. */
export function day(number: number): number {
  return Date.UTC(2020, 0, number);
}
