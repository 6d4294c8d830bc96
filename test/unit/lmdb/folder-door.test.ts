import { spawn } from "node:child_process";
import { once } from "node:events";
import { lutimesSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FolderDoor } from "../../../src/lmdb/folder-door.js";
import { compileProgram } from "./killed-writers.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "direct-push-door-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Somebody is in the door since so many seconds ago. */
function leaveVisit(visit: string, secondsAgo: number): void {
  symlinkSync(visit, join(folder, "door"));
  const since = Date.now() / 1_000 - secondsAgo;
  lutimesSync(join(folder, "door"), since, since);
}

test("is free again, whether what was done came about or not", () => {
  const door = new FolderDoor(folder);
  expect(door.pass(() => readdirSync(folder))).toEqual(["door"]);
  expect(() =>
    door.pass(() => {
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(readdirSync(folder)).toEqual([]);
});

test("is passed where a process was killed in it", async () => {
  const killed = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(killed, "close");
  leaveVisit(`${killed.pid}-killed`, 5);
  expect(new FolderDoor(folder).pass(() => "through")).toBe("through");
  expect(readdirSync(folder)).toEqual([]);
});

test("is not passed while a process that still runs stands still in it, unless that lasts for ever", async () => {
  const present = `${process.pid}-stands-still`;
  leaveVisit(present, 5);
  const leaves = new Worker(
    `setTimeout(() => require("node:fs").unlinkSync(${JSON.stringify(join(folder, "door"))}), 200)`,
    { eval: true },
  );
  const left = once(leaves, "exit");
  expect(new FolderDoor(folder).pass(() => "through")).toBe("through");
  // It fails where there was nothing left for it to take away.
  await left;
  leaveVisit(present, 3_600);
  expect(new FolderDoor(folder).pass(() => "through")).toBe("through");
  expect(readdirSync(folder)).toEqual([]);
});

test("cannot be passed where there is no folder", () => {
  expect(() => new FolderDoor(join(folder, "none")).pass(() => "through")).toThrow("ENOENT");
});

// Without the door, or where the state is closed out of turn, they find destroyed locks, and nothing else from then on.
test("processes that come and go never find the folder shut", async () => {
  const programs = await compileProgram("comes-and-goes");
  const program = join(programs, "test/unit/lmdb/comes-and-goes.js");
  try {
    const codes = await Promise.all(
      [1, 2].map(async () => {
        const child = spawn(process.execPath, [program, folder, "1000", "100"], { stdio: "inherit" });
        const [code] = await once(child, "close");
        return code as unknown;
      }),
    );
    expect(codes).toEqual([0, 0]);
  } finally {
    rmSync(programs, { recursive: true, force: true });
  }
});
