import { describe, expect, it } from "vitest";
import type { BenchWishes } from "../command-context.js";
import { type CollectionAnswer, collectionsOf, SyncBench, syncRequest } from "./sync-bench.js";

const itemMs = 1_000;
/** Devices give up after 30 seconds; some of them is left for the way. */
const patienceMs = 20_000;

/** A store that reads one item at a time, and takes a second for each. */
class SlowBench extends SyncBench {
  /** How long the last Sync took. */
  tookMs = 0;
  onRead: (id: string) => void = () => undefined;
  #reading: Promise<unknown> = Promise.resolve();
  #isReading = false;

  constructor(wishes: BenchWishes = {}) {
    super({ ...wishes, options: { syncTimeBudgetMs: 10_000, ...wishes.options } });
    const read = this.mailbox.item.bind(this.mailbox);
    this.mailbox.item = (...call) => {
      const item = this.#reading.then(async () => {
        await this.#takeTime();
        this.onRead(call[2]);
        return read(...call);
      });
      this.#reading = item;
      return item;
    };
  }

  /** Syncs, and lets time pass whenever the store is at an item. */
  async slowly(request: ReturnType<typeof syncRequest>): Promise<readonly CollectionAnswer[]> {
    const beganMs = this.clock.monotonicNow();
    let isDone = false;
    const sent = this.sync(request).finally(() => {
      isDone = true;
    });
    while (!isDone) {
      if (this.#isReading) await this.clock.advance(itemMs);
      else await new Promise((resolve) => setImmediate(resolve));
    }
    this.tookMs = this.clock.monotonicNow() - beganMs;
    return collectionsOf(await sent);
  }

  /** Syncs until there is no more; what each answer added. */
  async allSlowly(key: string, windowSize: number): Promise<readonly (readonly string[])[]> {
    const parts: (readonly string[])[] = [];
    for (let next = key; ; ) {
      const [answer] = await this.slowly(syncRequest([{ key: next, windowSize }]));
      expect(this.tookMs).toBeLessThan(patienceMs);
      if (answer !== undefined) parts.push(answer.adds);
      if (answer?.more !== true) return parts;
      next = answer.key;
    }
  }

  async #takeTime(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.clock.setTimer(resolve, itemMs);
      this.#isReading = true;
    });
    this.#isReading = false;
  }
}

async function bench(wishes: BenchWishes = {}): Promise<SlowBench> {
  const made = new SlowBench(wishes);
  await made.folderSync();
  return made;
}

function mails(server: SlowBench, count: number, folder = "inbox"): string[] {
  return Array.from({ length: count }, (_, at) => server.mail(`${folder} ${at}`, undefined, folder));
}

describe("a Sync whose items are slow to read", () => {
  it("ends while the device still waits, and goes on with the next", async () => {
    const server = await bench();
    const ids = mails(server, 80);
    const parts = await server.allSlowly(await server.start(), 512);
    expect(parts[0]?.length).toBeGreaterThanOrEqual(10);
    expect(parts.flat().toSorted()).toEqual(ids.toSorted());
  });

  it("gets on by one item at least where the time is over before", async () => {
    const server = await bench({ options: { syncTimeBudgetMs: 0 } });
    const ids = mails(server, 3);
    const parts = await server.allSlowly(await server.start(), 512);
    expect(parts.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(parts.flat().toSorted()).toEqual(ids.toSorted());
  });

  it("sends what is gone by then no more, and what changed meanwhile as it is", async () => {
    const server = await bench();
    const ids = mails(server, 40);
    const key = await server.start();
    const read: string[] = [];
    server.onRead = (id) => {
      read.push(id);
      if (read.length !== 5) return;
      server.mailbox.removeItem(server.user, "inbox", read[0] ?? "");
      server.mailbox.setRead(server.user, "inbox", read[1] ?? "");
    };
    const [first] = await server.slowly(syncRequest([{ key, windowSize: 512 }]));
    server.onRead = () => undefined;
    expect(server.tookMs).toBeLessThan(patienceMs);
    const has = new Set<string>(first?.adds);
    let answer = first;
    for (let rounds = 0; answer !== undefined && rounds < 20; rounds += 1) {
      [answer] = await server.slowly(syncRequest([{ key: answer.key, windowSize: 512 }]));
      for (const id of answer?.adds ?? []) {
        expect(has.has(id)).toBe(false);
        has.add(id);
      }
      for (const id of answer?.deletes ?? []) has.delete(id);
    }
    expect([...has].toSorted()).toEqual(ids.filter((id) => id !== read[0]).toSorted());
  });

  it.each([4, 14, 32, 33])("keeps to a window of %s", async (windowSize) => {
    const server = await bench();
    const ids = mails(server, 40);
    const parts = await server.allSlowly(await server.start(), windowSize);
    for (const { length } of parts) expect(length).toBeLessThanOrEqual(windowSize);
    expect(parts.flat().toSorted()).toEqual(ids.toSorted());
  });

  it("leaves further collections for the next", async () => {
    const server = await bench();
    mails(server, 40);
    mails(server, 3, "sent");
    const [inbox, sent] = [await server.start(), await server.start("sent")];
    const both = [
      { key: inbox, windowSize: 512 },
      { id: "sent", key: sent, windowSize: 512 },
    ];
    const answers = await server.slowly(syncRequest(both));
    expect(server.tookMs).toBeLessThan(patienceMs);
    expect(answers).toMatchObject([{ id: "inbox", more: true }]);
    const [rest] = await server.slowly(syncRequest([{ id: "sent", key: sent, windowSize: 512 }]));
    expect(rest).toMatchObject({ adds: { length: 3 }, more: false });
  });
});
