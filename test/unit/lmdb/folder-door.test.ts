import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FolderDoor } from "../../../src/lmdb/folder-door.js";
import { compileProgram } from "./killed-writers.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "direct-push-door-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("is free again, whether what was done came about or not", () => {
  const door = new FolderDoor(folder);
  expect(door.pass(() => existsSync(join(folder, "door")))).toBe(true);
  expect(() =>
    door.pass(() => {
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(existsSync(join(folder, "door"))).toBe(false);
});

test("is passed where a process was killed in it", () => {
  mkdirSync(join(folder, "door"));
  utimesSync(join(folder, "door"), 1, 1);
  expect(new FolderDoor(folder).pass(() => "through")).toBe("through");
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
