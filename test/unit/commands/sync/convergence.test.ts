import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fate, ModelPhone } from "./model-phone.js";
import { SyncBench } from "./sync-bench.js";

const dayMs = 86_400_000;

const operation = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("sync" as const),
      fate: fate(),
      windowSize: fc.integer({ min: 1, max: 7 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("phone-add" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("phone-change" as const), index: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("phone-remove" as const), index: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("server-add" as const),
      ageDays: fc.integer({ min: 0, max: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("server-change" as const), index: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("server-remove" as const), index: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("expire-cursors" as const, "next-day" as const) }),
  },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

function fate(): fc.Arbitrary<Fate> {
  return fc.constantFrom<Fate[]>(
    "arrives",
    "arrives",
    "request-lost",
    "answer-lost",
    "answer-lost",
    "sent-twice",
    "server-dies",
  );
}

const names = { count: 0 };
const freshName = (): string => `name${++names.count}`;

async function run(phone: ModelPhone, server: SyncBench, operations: readonly Operation[]): Promise<void> {
  const { mailbox, user } = server;
  const { folder } = phone;
  const at = (index: number): string | undefined => {
    const ids = [...mailbox.snapshot(user, folder).keys()];
    return ids[index % Math.max(1, ids.length)];
  };
  for (const op of operations) {
    switch (op.kind) {
      case "sync":
        await phone.sync(op.fate, op.windowSize);
        break;
      case "phone-add":
        if (folder === "contacts") phone.add(freshName());
        break;
      case "phone-change":
        phone.change(op.index, folder === "contacts" ? freshName() : String(op.index % 2));
        break;
      case "phone-remove":
        phone.remove(op.index);
        break;
      case "server-add":
        if (folder === "contacts")
          mailbox.addItem(user, folder, { class: "Contacts", firstName: freshName() });
        else server.mail("mail", server.clock.now() - op.ageDays * dayMs);
        break;
      case "server-change": {
        const id = at(op.index);
        if (id === undefined) break;
        if (folder === "inbox") mailbox.setRead(user, folder, id, op.index % 2 === 0);
        else
          mailbox.updateItem(user, folder, id, {
            kind: "replace",
            item: { class: "Contacts", firstName: freshName() },
          });
        break;
      }
      case "server-remove": {
        const id = at(op.index);
        if (id !== undefined) mailbox.removeItem(user, folder, id);
        break;
      }
      case "expire-cursors":
        mailbox.expireCursors(user, folder);
        break;
      case "next-day":
        // A mailbox need not remember for longer than a day which item a request made: contacts, which have no window, stay within it.
        if (folder === "inbox") await server.clock.advance(dayMs);
        break;
    }
  }
}

async function contactsOf(server: SyncBench): Promise<Map<string, string>> {
  const items = new Map<string, string>();
  for (const id of server.mailbox.snapshot(server.user, "contacts").keys()) {
    const item = await server.mailbox.item({ user: server.user }, "contacts", id, {
      bodies: [],
      withBody: true,
    });
    items.set(id, item?.class === "Contacts" ? (item.firstName ?? "") : "");
  }
  return items;
}

function mailsOf(server: SyncBench, sinceMs: number): Map<string, string> {
  const items = new Map<string, string>();
  for (const [id, { flags, dateMs }] of server.mailbox.snapshot(server.user, "inbox")) {
    if ((dateMs ?? Number.POSITIVE_INFINITY) >= sinceMs) items.set(id, flags?.read === true ? "1" : "0");
  }
  return items;
}

const sorted = (items: ReadonlyMap<string, string>): [string, string][] => [...items].sort();

describe("whatever is lost on the way", () => {
  it("contacts end up the same on both sides, none lost and none doubled", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
        const server = new SyncBench();
        await server.folderSync();
        const phone = new ModelPhone(server, "contacts");
        await run(phone, server, operations);
        await phone.settle();
        const stored = await contactsOf(server);
        expect(sorted(phone.items)).toEqual(sorted(stored));
        expect(phone.unconfirmed.size).toBe(0);
        expect(new Set(stored.values()).size).toBe(stored.size);
        expect(phone.restarts).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it.each([0, 2])("mails of filter %s end up the same on both sides", async (filterType) => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
        const server = new SyncBench();
        await server.folderSync();
        const phone = new ModelPhone(server, "inbox", filterType);
        await run(phone, server, operations);
        await phone.settle();
        const cutoffMs = Math.floor((server.clock.now() - 3 * dayMs) / dayMs) * dayMs;
        expect(sorted(phone.items)).toEqual(sorted(mailsOf(server, filterType === 0 ? -Infinity : cutoffMs)));
        expect(phone.restarts).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
