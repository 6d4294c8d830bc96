import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "direct-push-summary-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function report(name: string, passed: number, failed: number, testResults: readonly object[] = []): string {
  const path = join(folder, name);
  const counts = { numPassedTests: passed, numFailedTests: failed, numPendingTests: 0, numTodoTests: 0 };
  writeFileSync(path, JSON.stringify({ ...counts, numTotalTests: passed + failed, testResults }));
  return path;
}

function summarise(...stages: readonly string[]) {
  writeFileSync(join(folder, "stages"), stages.map((stage) => `${stage}\n`).join(""));
  const script = resolve(import.meta.dirname, "../../scripts/summarise-tests.mjs");
  const { status, stdout } = spawnSync(process.execPath, [script, join(folder, "stages")], {
    encoding: "utf8",
  });
  return { code: status, last: stdout.trimEnd().split("\n").at(-1) };
}

test("the reports of all stages are added up", () => {
  const stages = [
    `test\t0\t9\t${report("a", 10, 0)}`,
    `nodes\t0\t9\t${report("b", 3, 0)}\t${report("c", 4, 0)}`,
    "check\t0\t1\t",
  ];
  expect(summarise(...stages)).toEqual({ code: 0, last: "17 passed, 0 failed" });
});

test("failed tests fail the run", () => {
  expect(summarise(`test\t1\t9\t${report("a", 10, 2)}`)).toEqual({ code: 1, last: "10 passed, 2 failed" });
});

test("a stage that fails without a failed test counts once", () => {
  expect(summarise("check\t1\t9\t", `test\t1\t9\t${report("a", 5, 0)}`)).toEqual({
    code: 1,
    last: "5 passed, 2 failed",
  });
});

test("a test file that could not run counts once", () => {
  const broken = [{ status: "failed", assertionResults: [] }];
  expect(summarise(`test\t1\t9\t${report("a", 5, 0, broken)}`)).toEqual({
    code: 1,
    last: "5 passed, 1 failed",
  });
});

test("a report that is missing or cut is a failure even when the stage succeeded", () => {
  const cut = join(folder, "cut");
  writeFileSync(cut, '{"num');
  const result = summarise(`test\t0\t9\t${cut}`, `test\t0\t9\t${join(folder, "missing")}`);
  expect(result).toEqual({ code: 1, last: "0 passed, 2 failed" });
});

test("no stage at all is a failure", () => {
  expect(summarise()).toEqual({ code: 1, last: "0 passed, 1 failed" });
});
