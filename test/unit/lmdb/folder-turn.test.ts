import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FolderTurn } from "../../../src/lmdb/folder-turn.js";
import { LmdbStateStore } from "../../../src/lmdb/lmdb-state-store.js";
import { compileProgram, Ledger, programIn, startWriter } from "./killed-writers.js";

let folder: string;
let programs: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "direct-push-turn-"));
  programs = await compileProgram("killed-writer");
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(programs, { recursive: true, force: true });
});

test("no process opens a folder or writes to it in the turn of another", async () => {
  const store = new LmdbStateStore({ folder });
  const turn = new FolderTurn(folder);
  const ledger = new Ledger();
  let isOver = false;
  const order: string[] = [];
  const writer = await turn.take(async () => {
    const opening = startWriter(programIn(programs), folder, "opening", ledger);
    void opening.isAtWork.then(() => order.push(isOver ? "after the turn" : "in the turn"));
    void store
      .write("key", "value", undefined)
      .then(() => order.push(isOver ? "after the turn" : "in the turn"));
    // Long enough to come in between, if it could.
    await sleep(1_000);
    isOver = true;
    return opening;
  });
  await writer.isAtWork;
  await store.close();
  writer.process.kill("SIGKILL");
  await writer.isGone;
  await turn.close();
  expect(order).toEqual(["after the turn", "after the turn"]);
  expect(ledger.faults).toEqual([]);
});

test("the turn of a process that is killed in it passes on", async () => {
  const ledger = new Ledger();
  const store = new LmdbStateStore({ folder });
  for (let round = 0; round < 10; round += 1) {
    const writer = startWriter(programIn(programs), folder, `killed ${round}`, ledger);
    await writer.isAtWork;
    writer.process.kill("SIGKILL");
    await writer.isGone;
    expect(await store.write(`round ${round}`, "value", undefined)).toBeDefined();
  }
  await store.close();
});
