import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { it } from "vitest";
import {
  type EasClient,
  type EasClientState,
  mailSummary,
  type SyncPage,
} from "../../../src/client/index.js";
import { until } from "../../contract/deadline.js";
import { ClientBench, user } from "./client-bench.js";

/** What can happen to a phone and its server. */
const happening = fc.constantFrom(
  "mail comes",
  "mail comes",
  "mail is read",
  "mail is removed",
  "a Sync's answer is lost",
  "a Ping's answer is lost",
  "a FolderSync's answer is lost",
  "the server is busy",
  "the server restarts",
  "the server loses its state",
  "the phone restarts",
  "a page cannot be stored",
  "an hour passes",
);
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

/** A phone with a disk: what it has of its inbox, by id, and the state that belongs to it. */
class PhoneWithDisk {
  readonly bench: ClientBench;
  items = new Map<string, boolean>();
  brokenPages = 0;
  #disk: { readonly items: ReadonlyMap<string, boolean>; readonly state: string } | undefined;
  #client: EasClient | undefined;
  #run: Promise<unknown> = Promise.resolve();

  constructor(bench: ClientBench) {
    this.bench = bench;
  }

  start(): void {
    this.items = new Map(this.#disk?.items);
    const stored = this.#disk === undefined ? {} : { state: JSON.parse(this.#disk.state) as EasClientState };
    const client = this.bench.phone({
      ...stored,
      syncOptions: () => ({ windowSize: 2 }),
      apply: (page) => this.#take(page),
    });
    client.events.on("synced", () => {
      this.#disk = { items: new Map(this.items), state: JSON.stringify(client.state) };
    });
    this.#client = client;
    // A page that cannot be stored ends the run: the phone's process dies and is started again.
    this.#run = client.run().catch(() => this.start());
  }

  async restart(): Promise<void> {
    this.#client?.close();
    await this.#run;
    this.start();
  }

  #take(page: SyncPage): void {
    if (this.brokenPages > 0) {
      this.brokenPages -= 1;
      throw new Error("the disk is full");
    }
    if (page.isStart) this.items.clear();
    for (const item of [...page.added, ...page.changed]) {
      const { isRead } = mailSummary(item);
      this.items.set(item.serverId, isRead ?? this.items.get(item.serverId) ?? false);
    }
    for (const id of page.deleted) this.items.delete(id);
  }
}

function onServer(bench: ClientBench): Map<string, boolean> {
  const items = bench.mailbox.snapshot(user, "inbox");
  return new Map([...items].map(([id, { flags }]) => [id, flags?.read ?? false]));
}

async function happen(what: Happening, phone: PhoneWithDisk, count: number): Promise<void> {
  const { bench } = phone;
  const [first] = bench.mailbox.snapshot(user, "inbox").keys();
  switch (what) {
    case "mail comes":
      bench.deliver(`Mail ${count}`);
      break;
    case "mail is read":
      if (first !== undefined) bench.mailbox.setRead(user, "inbox", first, count % 2 === 0);
      break;
    case "mail is removed":
      if (first !== undefined) bench.mailbox.removeItem(user, "inbox", first);
      break;
    case "a Sync's answer is lost":
      bench.faults.push({ command: "Sync", how: "lose" });
      break;
    case "a Ping's answer is lost":
      bench.faults.push({ command: "Ping", how: "lose" });
      break;
    case "a FolderSync's answer is lost":
      bench.faults.push({ command: "FolderSync", how: "lose" });
      break;
    case "the server is busy":
      bench.faults.push({ command: "Sync", how: { status: 503, headers: { "retry-after": "20" } } });
      break;
    case "the server restarts":
    case "the server loses its state":
      await bench.crash();
      await bench.comeBack(what === "the server restarts" ? "kept" : "lost");
      break;
    case "the phone restarts":
      await phone.restart();
      break;
    case "a page cannot be stored":
      phone.brokenPages += 1;
      break;
    case "an hour passes":
      await bench.clock.advance(3_600_000);
  }
}

/** Lets requests that are under way come to their ends, without letting time pass. */
async function breathe(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 3));
}

it("a phone ends up with what the server has, whatever happened to either and to the line between them", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 25 }), async (happenings) => {
      const bench = new ClientBench();
      await bench.start();
      const phone = new PhoneWithDisk(bench);
      phone.start();
      try {
        for (const [count, what] of happenings.entries()) {
          await happen(what, phone, count);
          await bench.clock.advance(2_000);
          await breathe();
        }
        bench.faults.length = 0;
        phone.brokenPages = 0;
        await until("the phone to have what the server has", () => {
          void bench.clock.advance(1_000);
          return bench.directPush.heldCount > 0 && isDeepStrictEqual(phone.items, onServer(bench));
        });
      } finally {
        await bench.close();
      }
    }),
    { numRuns: 25 },
  );
});
