import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FolderJournal, type JournalItem } from "../../../src/mailbox/folder-journal.js";
import type { ItemChange } from "../../../src/mailbox/mailbox.js";

const all = { cursor: undefined, sinceMs: undefined, limit: 1_000 };

type Known = ReadonlyMap<string, string>;

/** Where a reader stopped, and what it had by then. */
interface Reader {
  readonly cursor: string;
  readonly known: Known;
}

function play(known: Known, changes: readonly ItemChange[]): Known {
  const after = new Map(known);
  for (const change of changes) {
    if (change.kind === "gone") after.delete(change.id);
    else after.set(change.id, change.version);
  }
  return after;
}

function contentOf(journal: FolderJournal<JournalItem>): Known {
  return new Map([...journal.items()].map(({ id, version }) => [id, version]));
}

/** Reads on to the end; undefined when the cursor has expired. Also returns where it stood after each page. */
function readOn(
  journal: FolderJournal<JournalItem>,
  from: Reader | undefined,
  limit: number,
): Reader[] | undefined {
  const readers: Reader[] = [];
  let { cursor, known }: { cursor: string | undefined; known: Known } = from ?? {
    cursor: undefined,
    known: new Map(),
  };
  for (;;) {
    const page = journal.changes({ cursor, sinceMs: undefined, limit });
    if (page.kind === "cursor-expired") return undefined;
    expect(page.changes.length).toBeLessThanOrEqual(limit);
    if (page.more) expect(page.changes.length).toBeGreaterThan(0);
    known = play(known, page.changes);
    cursor = page.cursor;
    readers.push({ cursor, known });
    if (!page.more) return readers;
  }
}

const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ put: fc.nat(20), dateMs: fc.option(fc.nat(10), { nil: undefined }) }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({ read: fc.integer({ min: 1, max: 4 }), pages: fc.integer({ min: 1, max: 4 }) }),
  },
);

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** Does the operations, and collects every place where a reader has stood on the way, in the middle of listings too. */
function run(journal: FolderJournal<JournalItem>, operations: readonly Operation[]): Reader[] {
  const readers: Reader[] = [];
  let writes = 0;
  for (const step of operations) {
    if ("put" in step) {
      writes += 1;
      journal.put({ id: `item ${step.put}`, version: `${writes}`, dateMs: step.dateMs });
    } else if ("remove" in step) journal.remove(`item ${step.remove}`);
    else readers.push(...(readOn(journal, undefined, step.read) ?? []).slice(0, step.pages));
  }
  return readers;
}

describe("FolderJournal", () => {
  test("every reader ends with what the folder has, wherever it stood", () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 120 }),
        fc.integer({ min: 1, max: 7 }),
        (operations, limit) => {
          const journal = new FolderJournal<JournalItem>();
          for (const reader of run(journal, operations)) {
            const end = readOn(journal, reader, limit)?.at(-1);
            expect(end?.known).toEqual(contentOf(journal));
          }
          expect(readOn(journal, undefined, limit)?.at(-1)?.known).toEqual(contentOf(journal));
        },
      ),
    );
  });

  test("where removals were forgotten a reader is told so, or still ends with what the folder has", () => {
    let expired = 0;
    fc.assert(
      fc.property(fc.array(operation, { minLength: 40, maxLength: 150 }), (operations) => {
        const journal = new FolderJournal<JournalItem>({ maxRemoved: 3 });
        for (const reader of run(journal, operations)) {
          const readers = readOn(journal, reader, 3);
          if (readers === undefined) expired += 1;
          else expect(readers.at(-1)?.known).toEqual(contentOf(journal));
        }
      }),
    );
    expect(expired).toBeGreaterThan(0);
  });

  test("a listing is ordered newest first, what belongs to every window before all", () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 80 }),
        fc.integer({ min: 1, max: 5 }),
        (operations, limit) => {
          const journal = new FolderJournal<JournalItem>();
          run(journal, operations);
          const dates: number[] = [];
          for (let cursor: string | undefined; ; ) {
            const page = journal.changes({ cursor, sinceMs: undefined, limit });
            if (page.kind !== "page") throw new Error(page.kind);
            for (const change of page.changes) {
              if (change.kind === "present") dates.push(change.dateMs ?? Infinity);
            }
            cursor = page.cursor;
            if (!page.more) break;
          }
          expect(dates).toEqual([...dates].sort((a, b) => b - a));
          expect(dates).toHaveLength(journal.size);
        },
      ),
    );
  });

  test("a list by date has what lies in its range, each once", () => {
    const range = fc.record({
      fromMs: fc.option(fc.nat(11), { nil: undefined }),
      beforeMs: fc.oneof(fc.nat(12), fc.constant(Infinity)),
      limit: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 80 }),
        range,
        (operations, { fromMs, beforeMs, limit }) => {
          const journal = new FolderJournal<JournalItem>();
          run(journal, operations);
          const listed: string[] = [];
          for (let cursor: string | undefined; ; ) {
            const page = journal.dated({ fromMs, beforeMs, cursor, limit });
            expect(page.items.length).toBeLessThanOrEqual(limit);
            listed.push(...page.items.map(({ id }) => id));
            cursor = page.cursor;
            if (!page.more) break;
          }
          const wanted = [...journal.items()].filter(
            ({ dateMs }) => dateMs !== undefined && dateMs >= (fromMs ?? -Infinity) && dateMs < beforeMs,
          );
          expect(listed.sort()).toEqual(wanted.map(({ id }) => id).sort());
        },
      ),
    );
  });

  test("a listing for a filter by age ends where the filter does", () => {
    const journal = new FolderJournal<JournalItem>();
    for (let date = 0; date < 10; date += 1) journal.put({ id: `${date}`, version: "1", dateMs: date });
    journal.put({ id: "always", version: "1" });
    const page = journal.changes({ ...all, sinceMs: 7 });
    expect(page.kind === "page" && page.changes.map(({ id }) => id)).toEqual(["always", "9", "8", "7"]);
  });

  test("the marker changes with each change and with nothing else", () => {
    const journal = new FolderJournal<JournalItem>();
    const markers = [journal.marker];
    journal.put({ id: "a", version: "1" });
    markers.push(journal.marker);
    journal.put({ id: "a", version: "2" });
    markers.push(journal.marker);
    journal.remove("a");
    markers.push(journal.marker);
    expect(new Set(markers).size).toBe(4);
    journal.remove("a");
    journal.changes(all);
    journal.expireCursors();
    expect(journal.marker).toBe(markers.at(-1));
  });

  test.each([
    "",
    "x",
    "epoch",
    "epoch:",
    "epoch:x",
    "epoch:1:2",
    "epoch:0:x:1",
    "epoch:0:1:NaN",
    "epoch:-1",
    "epoch:1",
    "epoch:0.5",
    "other:0",
    "epoch:0:1:1:1",
  ])("the cursor %j has expired", (cursor) => {
    const journal = new FolderJournal<JournalItem>({ epoch: "epoch" });
    expect(journal.changes({ ...all, cursor })).toEqual({ kind: "cursor-expired" });
  });

  test("cursors of another journal and of before an expiry have expired", () => {
    const journal = new FolderJournal<JournalItem>();
    const page = new FolderJournal<JournalItem>().changes(all);
    const own = journal.changes(all);
    if (page.kind !== "page" || own.kind !== "page") throw new Error("no page");
    expect(journal.changes({ ...all, cursor: page.cursor }).kind).toBe("cursor-expired");
    expect(journal.changes({ ...all, cursor: own.cursor }).kind).toBe("page");
    journal.expireCursors();
    expect(journal.changes({ ...all, cursor: own.cursor }).kind).toBe("cursor-expired");
    expect(journal.changes(all).kind).toBe("page");
  });
});
