/**
 * Runs the unit tests on several Node versions, one line each: `npm run test:nodes -- 20 24` (default 20 22 24 26).
 * The binaries come from the `node` package of npm, kept in .cache/nodes. `--json FOLDER` keeps a report for each version.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./lib/run.mjs";
import { option, positional } from "./lib/verdict.mjs";

const root = process.cwd();
const cache = join(root, ".cache/nodes");
const reports = option("json", join(root, ".cache/node-reports"));
const versions = positional(["json"]);

/** The path of a Node of that version, installed when it is missing; an error text when that fails. */
function nodeBinary(version) {
  if (process.versions.node === version || process.versions.node.split(".")[0] === version) {
    return { path: process.execPath };
  }
  const folder = join(cache, version);
  const path = join(folder, "node_modules/node/bin/node");
  if (existsSync(path)) return { path };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true, "allowScripts": { "node": true } }\n');
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const result = run(
      "npm",
      ["install", "--prefix", folder, "--no-save", "--no-package-lock", `node@${version}`],
      {
        cwd: folder,
      },
    );
    if (result.code === 0 && existsSync(path)) return { path };
    if (attempt === 3) return { error: result.stderr.trim() || "npm installed no binary" };
  }
  return { error: "not reached" };
}

/** Runs the tests with that binary; returns whether all of them passed. */
function test(version) {
  const { path, error } = nodeBinary(version);
  if (path === undefined) {
    console.log(`node ${version}  not installed: ${error}`);
    return false;
  }
  const started = performance.now();
  const report = join(reports, `node-${version}.json`);
  const args = ["node_modules/vitest/vitest.mjs", "run", "--project", "unit", "--reporter=dot"];
  const result = run(path, [...args, "--reporter=json", `--outputFile.json=${report}`], {
    cwd: root,
    env: { ...process.env, VITEST_JSON: "" },
  });
  const counted = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const exact = run(path, ["--version"]).stdout.trim().slice(1);
  const counts = counted
    ? `${counted.numPassedTests} passed, ${counted.numFailedTests} failed`
    : `no report (exit code ${result.code})`;
  console.log(`node ${exact}  ${counts}, ${seconds} s`);
  const passed = result.code === 0 && counted !== undefined && counted.numPassedTests > 0;
  if (!passed) console.log(`${result.stdout}${result.stderr}`.trim().slice(-8000));
  return passed;
}

mkdirSync(reports, { recursive: true });
const verdicts = (versions.length === 0 ? ["20", "22", "24", "26"] : versions).map(test);
process.exitCode = verdicts.every(Boolean) ? 0 : 1;
