import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StateFolder } from "../../../src/lmdb/state-folder.js";

let path: string;
let folder: StateFolder;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "direct-push-folder-"));
  folder = StateFolder.enter(path);
});

afterEach(async () => {
  await folder.leave();
  rmSync(path, { recursive: true, force: true });
});

const commitFailure = (): Error => Object.assign(new Error("Commit failed"), { commitError: {} });

test("a write whose commit fails is written again", async () => {
  let attempts = 0;
  const write = async (): Promise<string> => {
    attempts += 1;
    if (attempts < 3) throw commitFailure();
    return "written";
  };
  expect(await folder.write(write)).toBe("written");
});

test("a write whose commit fails again and again fails, and others do not", async () => {
  const failing = folder.write(() => Promise.reject(commitFailure()));
  const other = folder.write(async () => "written");
  await expect(failing).rejects.toThrow("Commit failed");
  expect(await other).toBe("written");
});

test("a write that is refused is tried once", async () => {
  let attempts = 0;
  const write = async (): Promise<void> => {
    attempts += 1;
    throw new Error("the key is too long");
  };
  await expect(folder.write(write)).rejects.toThrow("too long");
  expect(attempts).toBe(1);
});

test("who enters what is open shares it, by whatever path", async () => {
  const other = StateFolder.enter(join(path, "..", path.slice(path.lastIndexOf("/") + 1)));
  expect(other).toBe(folder);
  await other.leave();
  expect(await folder.write(async () => "written")).toBe("written");
});
