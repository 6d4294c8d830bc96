import fc from "fast-check";
import { expect, test } from "vitest";
import { changesFromListing } from "../../../src/mailbox/listed-changes.js";
import type { ItemChange, Mailbox } from "../../../src/mailbox/mailbox.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { type ItemSummary, MemoryMailbox } from "../../../src/testing/index.js";

const user = "alice";
const ref = { user };
const folders = ["inbox", "sent"] as const;

type Folder = (typeof folders)[number];

/** What somebody who reads a folder's changes has by now. */
interface Reader {
  readonly folder: Folder;
  readonly cursor: string;
  readonly known: ReadonlyMap<string, ItemSummary>;
}

const folder = fc.constantFrom(...folders);
const which = fc.nat(1_000);
const operation = fc.oneof(
  fc.record({ kind: fc.constant("deliver" as const), folder, receivedMs: fc.nat(50) }),
  fc.record({ kind: fc.constant("read" as const), folder, which, read: fc.boolean() }),
  fc.record({
    kind: fc.constant("categorize" as const),
    folder,
    which,
    category: fc.constantFrom("", "a", "b"),
  }),
  fc.record({ kind: fc.constant("remove" as const), folder, which }),
  fc.record({ kind: fc.constant("move" as const), folder, which }),
  fc.record({ kind: fc.constant("replace" as const), folder, which, dateReceivedMs: fc.nat(50) }),
  fc.record({
    kind: fc.constant("follow" as const),
    folder,
    limit: fc.integer({ min: 1, max: 4 }),
    pages: fc.integer({ min: 1, max: 3 }),
  }),
);

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

function change(mailbox: MemoryMailbox, step: Exclude<Operation, { kind: "follow" }>): void {
  if (step.kind === "deliver") {
    mailbox.deliver(user, "Subject: x\r\n\r\n", step);
    return;
  }
  const ids = [...mailbox.snapshot(user, step.folder).keys()].sort();
  const id = ids[step.which % ids.length];
  if (id === undefined) return;
  const { folder: from } = step;
  if (step.kind === "read") mailbox.setRead(user, from, id, step.read);
  else if (step.kind === "remove") mailbox.removeItem(user, from, id);
  else if (step.kind === "move") mailbox.moveItem(user, from, id, from === "inbox" ? "sent" : "inbox");
  else if (step.kind === "categorize") {
    const categories = step.category === "" ? [] : [step.category];
    mailbox.updateItem(user, from, id, { kind: "email-flags", categories });
  } else {
    const item = { class: "Email", subject: "", from: "", to: "", read: false } as const;
    const { dateReceivedMs } = step;
    mailbox.updateItem(user, from, id, { kind: "replace", item: { ...item, dateReceivedMs } });
  }
}

function play(known: Reader["known"], changes: readonly ItemChange[]): Reader["known"] {
  const after = new Map(known);
  for (const told of changes) {
    if (told.kind === "gone") after.delete(told.id);
    else {
      const { kind: _, id, ...summary } = told;
      after.set(id, summary);
    }
  }
  return after;
}

type Changes = Pick<Mailbox, "changes">;

/** The readers at the end of each page, to the end of the list or for as many pages as wanted. */
async function follow(
  mailbox: Changes,
  from: Omit<Reader, "cursor"> & { readonly cursor: string | undefined },
  limit: number,
  pages = Number.POSITIVE_INFINITY,
): Promise<readonly Reader[]> {
  const readers: Reader[] = [];
  let { cursor, known } = from;
  for (let page = 0; page < pages; page += 1) {
    const answer = await mailbox.changes(ref, from.folder, { cursor, sinceMs: undefined, limit });
    if (answer.kind !== "page") throw new Error(answer.kind);
    cursor = answer.cursor;
    known = play(known, answer.changes);
    readers.push({ folder: from.folder, cursor, known });
    if (!answer.more) break;
  }
  return readers;
}

/** Runs a history; then all who read on the way, from wherever they stopped, must end with what the folders have. */
async function check(
  store: MemoryMailbox,
  mailbox: Changes,
  operations: readonly Operation[],
  limit: number,
): Promise<void> {
  const readers: Reader[] = [];
  for (const step of operations) {
    if (step.kind !== "follow") change(store, step);
    else {
      const start = { folder: step.folder, cursor: undefined, known: new Map() };
      readers.push(...(await follow(mailbox, start, step.limit, step.pages)));
    }
  }
  for (const reader of readers) {
    const end = (await follow(mailbox, reader, limit)).at(-1);
    // A page that goes on may be answered from before the last change; the reading after it is not.
    const last = end && (await follow(mailbox, end, limit)).at(-1);
    expect(last?.known).toEqual(store.snapshot(user, reader.folder));
  }
}

const histories = [fc.array(operation, { maxLength: 100 }), fc.integer({ min: 1, max: 5 })] as const;

test("whoever follows the changes of a memory mailbox has what it has", async () => {
  await fc.assert(
    fc.asyncProperty(...histories, async (operations, limit) => {
      const store = new MemoryMailbox();
      await check(store, store, operations, limit);
    }),
  );
});

test("whoever follows changes made of listings has what was listed", async () => {
  await fc.assert(
    fc.asyncProperty(...histories, async (operations, limit) => {
      const store = new MemoryMailbox();
      const listed = changesFromListing({
        clock: new FakeClock(),
        list: async (_mailbox, name) =>
          [...store.snapshot(user, name)].map(([id, summary]) => ({ id, ...summary })),
      });
      await check(store, listed, operations, limit);
    }),
  );
});
