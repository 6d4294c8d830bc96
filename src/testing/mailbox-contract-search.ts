import assert from "node:assert/strict";
import {
  type MailboxSearch,
  type MailboxSearchQuery,
  type SearchExpression,
  searchOf,
} from "../mailbox/abilities/mail-search.js";
import {
  checksOfAbility,
  day,
  type MailboxCheck,
  type MailboxSubject,
  remove,
} from "./mailbox-contract-subject.js";

/** The ids of what is found; undefined where the back end cannot look for it. */
async function found(
  { ref, folder }: MailboxSubject,
  able: MailboxSearch,
  query: Partial<MailboxSearchQuery>,
): Promise<readonly string[] | undefined> {
  const whole = { afterMs: undefined, beforeMs: undefined, conversationId: undefined, first: 0, limit: 50 };
  const result = await able.search(ref, { expression: undefined, folders: [folder], ...whole, ...query });
  if (result.kind === "too-complex") return undefined;
  const { items, total } = result;
  assert.ok(total >= items.length, `${items.length} items of ${total}`);
  return items.map(({ item }) => item);
}

const text = (
  words: string,
  within?: "subject" | "body" | "from",
): { readonly expression: SearchExpression } => ({
  expression: { kind: "text", text: words, ...(within && { in: within }) },
});

/** Mails of the days 1, 2 and 3; undefined where the subject cannot deliver any. */
async function threeMails(subject: MailboxSubject): Promise<readonly [string, string, string] | undefined> {
  if (subject.deliver === undefined) return undefined;
  const ids: string[] = [];
  const mails = [
    ["Zebrafish of May", "ann@example.com", "nothing else"],
    ["Lunch", "bob@example.com", "with a zebrafish"],
    ["Zebra crossing", "bob@example.com", "the fish is late"],
  ];
  for (const [index, [title, from, body]] of mails.entries()) {
    const message = `From: ${from}\r\nTo: carol@example.com\r\nSubject: ${title}\r\n\r\n${body}\r\n`;
    ids.push(await subject.deliver(message, day(index + 1)));
  }
  await subject.settle?.();
  const [first = "", second = "", third = ""] = ids;
  return [first, second, third];
}

/** What looking for items must do, where a mailbox does. */
export const searchChecks: Readonly<Record<string, MailboxCheck>> = checksOfAbility(searchOf, {
  "a search finds words in subject and text, in any letter case, newest first": async (subject, able) => {
    const mails = await threeMails(subject);
    if (mails === undefined) return;
    const [may, lunch] = mails;
    assert.deepEqual(await found(subject, able, text("zebrafish")), [lunch, may]);
    assert.deepEqual(await found(subject, able, text("ZEBRAFISH")), [lunch, may]);
    assert.deepEqual(await found(subject, able, text("no-such-word")), []);
  },

  "a search by field looks there alone": async (subject, able) => {
    const mails = await threeMails(subject);
    if (mails === undefined) return;
    const [may, lunch, crossing] = mails;
    const expected = [
      [text("zebrafish", "subject"), [may]],
      [text("zebrafish", "body"), [lunch]],
      [text("bob", "from"), [crossing, lunch]],
    ] as const;
    for (const [query, ids] of expected) {
      const result = await found(subject, able, query);
      if (result !== undefined) assert.deepEqual(result, ids);
    }
  },

  "a search keeps to all, any and not": async (subject, able) => {
    const mails = await threeMails(subject);
    if (mails === undefined) return;
    const [may, lunch, crossing] = mails;
    const [zebrafish, fromBob] = [text("zebrafish").expression, text("bob", "from").expression];
    const expected = [
      [{ kind: "all", of: [zebrafish, fromBob] }, [lunch]],
      [{ kind: "any", of: [zebrafish, fromBob] }, [crossing, lunch, may]],
      [{ kind: "not", of: zebrafish }, [crossing]],
    ] as const;
    for (const [expression, ids] of expected) {
      const result = await found(subject, able, { expression });
      if (result !== undefined) assert.deepEqual(result, ids);
    }
  },

  "a search by date leaves out both of its ends": async (subject, able) => {
    const mails = await threeMails(subject);
    if (mails === undefined) return;
    assert.deepEqual(await found(subject, able, { afterMs: day(1), beforeMs: day(3) }), [mails[1]]);
    assert.deepEqual(await found(subject, able, { afterMs: day(3) }), []);
  },

  "a search is read in pages": async (subject, able) => {
    const mails = await threeMails(subject);
    if (mails === undefined) return;
    const newestFirst = [...mails].reverse();
    for (const [first, limit] of [
      [0, 2],
      [1, 1],
      [2, 5],
      [3, 5],
    ] as const) {
      const ids = await found(subject, able, { first, limit });
      assert.deepEqual(ids, newestFirst.slice(first, first + limit), `from ${first}, at most ${limit}`);
    }
  },

  "a search looks in the folders that it names": async (subject, able) => {
    if ((await threeMails(subject)) === undefined) return;
    const { ref, otherFolder = "no-such-folder" } = subject;
    for (const folder of ["no-such-folder", otherFolder]) {
      assert.deepEqual(await found(subject, able, { folders: [folder] }), []);
    }
    await able.search(ref, { ...text("fish"), folders: [], first: 0, limit: 1, ...noLimits });
  },

  "a search does not find what is gone": async (subject, able) => {
    const mails = await threeMails(subject);
    if (mails === undefined) return;
    const [may, lunch] = mails;
    await remove(subject, lunch);
    assert.deepEqual(await found(subject, able, text("zebrafish")), [may]);
  },

  "a search for text that means something to a query language is one for text": async (subject, able) => {
    const mails = await threeMails(subject);
    if (mails === undefined) return;
    for (const hostile of ['") OR ALL ("', "\\", "%", "*", "a\r\nb", "{4}\r\nALL"]) {
      const ids = await found(subject, able, text(hostile));
      assert.ok(
        ids === undefined || ids.length < mails.length,
        `${JSON.stringify(hostile)} finds everything`,
      );
    }
  },
});

const noLimits = { afterMs: undefined, beforeMs: undefined, conversationId: undefined } as const;
