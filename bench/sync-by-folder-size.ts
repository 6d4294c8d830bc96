/**
 * What a Sync that carries one change costs, by the size of its folder: time, state written, memory allocated.
 * Run: npx tsx bench/sync-by-folder-size.ts
 */

import { execFile } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { CommandContext, CommandOutcome } from "../src/commands/command.js";
import { folderSync } from "../src/commands/folder-sync.js";
import { sync } from "../src/commands/sync/index.js";
import { noParameters } from "../src/http/query-parameters.js";
import { permissivePolicy } from "../src/protocol/policy.js";
import { BoundedHeartbeatNegotiator } from "../src/push/heartbeat-negotiator.js";
import { MemoryStateStore } from "../src/state/memory-state-store.js";
import { FakeClock } from "../src/testing/fake-clock.js";
import { MemoryMailbox } from "../src/testing/memory-mailbox.js";
import { AirSync, child, childText, element, FolderHierarchy, textElement } from "../src/wbxml/index.js";
import { type BenchRow, median } from "./row.js";

interface Figures {
  readonly items: number;
  /** Median of one Sync. */
  readonly microseconds: number;
  /** Mean over many Syncs, so that the rare folding of changes is in it. */
  readonly stateBytes: number;
  readonly heapBytes: number;
  readonly initialItemsPerSecond: number;
}

const folderSizes = [100, 10_000, 100_000];
const target = 1.5;
const warmUps = 300;
const measured = 1_300;
const syncsPerHeapSample = 20;
const heapSamples = 21;

/** Measures each folder size in a process of its own, three times in turn, and compares with the smallest. */
export async function benchSyncByFolderSize(): Promise<readonly BenchRow[]> {
  const rounds: Figures[][] = [];
  for (let round = 0; round < 3; round += 1) {
    const figures: Figures[] = [];
    for (const items of folderSizes) figures.push(await measureInChild(items));
    rounds.push(figures);
  }
  const rows: BenchRow[] = [];
  for (const [index, items] of folderSizes.entries()) {
    const row = (name: string, unit: string, figure: (figures: Figures) => number): void => {
      const values = rounds.map((figures) => figure(figures[index] as Figures));
      const ratio = median(
        rounds.map((figures) => figure(figures[index] as Figures) / figure(figures[0] as Figures)),
      );
      rows.push({
        group: "sync",
        name: `${name}, ${items.toLocaleString("en")} items`,
        value: median(values),
        unit,
        ...(index === 0 ? undefined : { ratio, target: `<= ${target}x the smallest`, ok: ratio <= target }),
      });
    };
    row("one change, time", "us", ({ microseconds }) => microseconds);
    row("one change, state written", "bytes", ({ stateBytes }) => stateBytes);
    row("one change, heap allocated", "bytes", ({ heapBytes }) => heapBytes);
    rows.push({
      group: "sync",
      name: `first Sync, ${items.toLocaleString("en")} items`,
      value: median(rounds.map((figures) => (figures[index] as Figures).initialItemsPerSecond)),
      unit: "items/s",
    });
  }
  return rows;
}

async function measureInChild(items: number): Promise<Figures> {
  const script = fileURLToPath(import.meta.url);
  // A young generation that holds a whole sample: nothing is collected between its ends.
  const flags = ["--expose-gc", "--max-semi-space-size=128", "--import", "tsx"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, String(items)]);
  return JSON.parse(stdout) as Figures;
}

async function measure(items: number): Promise<Figures> {
  const phone = new Phone(items);
  const initialItemsPerSecond = await phone.fill();
  for (let count = 0; count < warmUps; count += 1) await phone.syncOneChange();
  const bytesBefore = phone.state.bytesWritten;
  const times: number[] = [];
  for (let count = 0; count < measured; count += 1) times.push(await phone.syncOneChange());
  const stateBytes = (phone.state.bytesWritten - bytesBefore) / measured;
  const heap: number[] = [];
  for (let sample = 0; sample < heapSamples; sample += 1) heap.push(await phone.heapOfSyncs());
  return { items, microseconds: median(times), stateBytes, heapBytes: median(heap), initialItemsPerSecond };
}

class Phone {
  readonly clock: FakeClock = new FakeClock();
  readonly mailbox: MemoryMailbox = new MemoryMailbox({ clock: this.clock });
  readonly state: MemoryStateStore = new MemoryStateStore();
  readonly #context: CommandContext;
  readonly #ids: string[] = [];
  #key = "0";
  #changes = 0;

  constructor(items: number) {
    const { clock, mailbox, state } = this;
    const ignore = (): void => undefined;
    this.#context = {
      device: { user: "alice", id: "phone", type: "Phone", userAgent: "Bench", version: "16.1" },
      mailboxRef: { user: "alice" },
      mailbox,
      source: mailbox,
      submission: undefined,
      state,
      negotiator: new BoundedHeartbeatNegotiator(),
      clock,
      options: {
        wakePolicy: "any-change",
        maxPingFolders: 200,
        maxSyncCollections: 200,
        maxSyncCommands: 200,
        heartbeatMinSeconds: 60,
        heartbeatMaxSeconds: 3540,
        strictGetChanges: false,
        emptySyncResponse: () => true,
        syncTimeBudgetMs: 20_000,
        policy: {
          enforce: false,
          allowPartial: true,
          allowUnprovisionable: true,
          document: permissivePolicy,
        },
      },
      events: {
        syncServed: ignore,
        itemSkipped: ignore,
        wipe: ignore,
        sourceFailed: ignore,
        requestFailed: ignore,
        heartbeatRefused: ignore,
      },
      supersedeHeld: ignore,
    };
    for (let index = 0; index < items; index += 1) {
      this.#ids.push(mailbox.addItem("alice", "contacts", { class: "Contacts", firstName: `Name ${index}` }));
    }
  }

  /** The first Sync; items per second. */
  async fill(): Promise<number> {
    const tree = element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, "0")]);
    await this.#run(folderSync, tree);
    await this.#sync();
    const began = performance.now();
    while ((await this.#sync()) !== "nothing");
    return this.#ids.length / ((performance.now() - began) / 1_000);
  }

  /** Changes an item and syncs it; microseconds. */
  async syncOneChange(): Promise<number> {
    this.#changes += 1;
    const id = this.#ids[(this.#changes * 7_919) % this.#ids.length] as string;
    const item = { class: "Contacts", firstName: `Changed ${this.#changes}` } as const;
    this.mailbox.updateItem("alice", "contacts", id, { kind: "replace", item });
    const began = performance.now();
    if ((await this.#sync()) === "nothing") throw new Error("The change was not sent");
    return (performance.now() - began) * 1_000;
  }

  /** Heap allocated by a Sync, in bytes: the mean of some. */
  async heapOfSyncs(): Promise<number> {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < syncsPerHeapSample; count += 1) await this.syncOneChange();
    return (process.memoryUsage().heapUsed - before) / syncsPerHeapSample;
  }

  async #sync(): Promise<"something" | "nothing"> {
    const collection = element(AirSync.Collection, [
      textElement(AirSync.SyncKey, this.#key),
      textElement(AirSync.CollectionId, "contacts"),
      textElement(AirSync.WindowSize, 512),
    ]);
    const outcome = await this.#run(
      sync,
      element(AirSync.Sync, [element(AirSync.Collections, [collection])]),
    );
    if (outcome.kind === "empty") return "nothing";
    if (outcome.kind !== "document") throw new Error(`Answered ${outcome.kind}`);
    const answer = child(child(outcome.document, AirSync.Collections), AirSync.Collection);
    this.#key = childText(answer, AirSync.SyncKey) ?? "";
    return "something";
  }

  #run(command: typeof sync, document: Parameters<typeof element>[1][number]): Promise<CommandOutcome> {
    const request = {
      document,
      policyKey: undefined,
      receivedAtMs: 0,
      sequence: 1,
      network: undefined,
      rawBody: undefined,
      parameters: noParameters,
    };
    return command.run(request, this.#context);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const items = Number(process.argv[2]);
  console.log(
    Number.isInteger(items)
      ? JSON.stringify(await measure(items))
      : JSON.stringify(await benchSyncByFolderSize(), undefined, 2),
  );
}
