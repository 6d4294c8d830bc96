import assert from "node:assert/strict";
import type { DatedQuery } from "../mailbox/mailbox.js";
import { day, type MailboxCheck, type MailboxSubject, readAll, remove } from "./mailbox-contract-subject.js";

type Range = Pick<DatedQuery, "fromMs" | "beforeMs">;

async function idsIn(subject: MailboxSubject, range: Range, limit: number): Promise<readonly string[]> {
  const { mailbox, ref, folder } = subject;
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 1_000; pages += 1) {
    const read = await mailbox.itemsDated(ref, folder, { ...range, cursor, limit });
    assert.ok(read.items.length <= limit, `a page of ${read.items.length} items where ${limit} were wanted`);
    ids.push(...read.items.map(({ id }) => id));
    cursor = read.cursor;
    if (!read.more) return ids;
  }
  assert.fail("the list by date did not end after 1,000 pages");
}

/** Items of contacts and notes have no date: what is to be seen depends on what the change list says. */
async function hasDates(subject: MailboxSubject): Promise<boolean> {
  const { changes } = await readAll(subject, undefined);
  return changes.some((change) => change.kind === "present" && change.dateMs !== undefined);
}

/** What lists by date must be like. */
export const datedChecks: Readonly<Record<string, MailboxCheck>> = {
  "a list by date begins with its first instant and ends before its last": async (subject) => {
    const ids: string[] = [];
    for (let number = 1; number <= 6; number += 1) ids.push(await subject.add(day(number)));
    const dated = await hasDates(subject);
    for (const limit of [1, 2, 50]) {
      const middle = await idsIn(subject, { fromMs: day(2), beforeMs: day(5) }, limit);
      assert.deepEqual([...middle].sort(), dated ? ids.slice(1, 4).sort() : [], `in pages of ${limit}`);
      const open = await idsIn(subject, { fromMs: undefined, beforeMs: day(3) }, limit);
      assert.deepEqual([...open].sort(), dated ? ids.slice(0, 2).sort() : [], `in pages of ${limit}`);
    }
  },

  "a list by date has nothing in an empty range, and no item that is gone": async (subject) => {
    const stays = await subject.add(day(1));
    const goes = await subject.add(day(1));
    assert.deepEqual(await idsIn(subject, { fromMs: day(2), beforeMs: day(9) }, 10), []);
    assert.deepEqual(await idsIn(subject, { fromMs: day(2), beforeMs: day(2) }, 10), []);
    await remove(subject, goes);
    const left = await idsIn(subject, { fromMs: day(1), beforeMs: day(2) }, 10);
    assert.deepEqual(left, (await hasDates(subject)) ? [stays] : []);
  },

  "many items of one date are all listed": async (subject) => {
    const ids: string[] = [];
    for (let number = 1; number <= 5; number += 1) ids.push(await subject.add(day(3)));
    const listed = await idsIn(subject, { fromMs: day(3), beforeMs: day(4) }, 2);
    assert.deepEqual([...listed].sort(), (await hasDates(subject)) ? ids.sort() : []);
  },

  "a folder that does not exist has no items of any date": async ({ mailbox, ref }) => {
    const query = { fromMs: undefined, beforeMs: day(9), cursor: undefined, limit: 10 };
    const { items, more } = await mailbox.itemsDated(ref, "no-such-folder", query);
    assert.deepEqual({ items, more }, { items: [], more: false });
  },
};
