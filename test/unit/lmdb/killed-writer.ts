/**
 * A process that counts up counters by compare-and-set, writes and deletes keys of its own, and says what was acknowledged, one line each,
 * until it is killed: `node killed-writer.js FOLDER WRITER COUNTERS`.
 */
import { writeSync } from "node:fs";
import { LmdbStateStore } from "../../../src/lmdb/lmdb-state-store.js";
import { counterValue, readCounterValue } from "./counter-value.js";

const [folder = "", writer = "", counters = "1"] = process.argv.slice(2);
const store = new LmdbStateStore({ folder });

// At once, or not at all: nothing may wait in this process when it is killed.
const say = (...words: readonly unknown[]): void => {
  writeSync(1, `${words.join(" ")}\n`);
};

async function count(lane: number): Promise<void> {
  for (let round = 0; ; round += 1) {
    const key = `counter/${(lane + round) % Number(counters)}/phone`;
    const stored = await store.read(key);
    const next = (stored === undefined ? 0 : readCounterValue(stored.value)) + 1;
    const version = await store.write(key, counterValue(next, writer), stored?.version);
    if (version !== undefined) say("counted", key, next, version);
  }
}

async function comeAndGo(): Promise<void> {
  for (let round = 0; ; round += 1) {
    const key = `own/${writer}/${round}`;
    if ((await store.write(key, counterValue(round, writer), undefined)) === undefined) say("refused", key);
    say("written", key, round);
    await store.delete(key);
    say("deleted", key, round);
  }
}

const failed = (error: unknown): void => {
  say("failed", String(error));
  process.exit(1);
};
for (let lane = 0; lane < 4; lane += 1) count(lane).catch(failed);
comeAndGo().catch(failed);
