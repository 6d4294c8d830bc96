/**
 * Adds up the stages of a CI run and ends with `N passed, N failed`. Its argument is a file with one line a stage:
 * name, exit code, seconds, and the JSON reports of vitest that the stage wrote, divided by tabs.
 * A stage that failed without a failed test counts as one failure, and so does a test file that could not run.
 */
import { existsSync, readFileSync } from "node:fs";

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error("usage: node scripts/summarise-tests.mjs STAGES");
  process.exit(2);
}

/** What one report counts. */
function countReport(path) {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: 0, note: "no report" };
  let report;
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, note: "unreadable report" };
  }
  const brokenFiles = report.testResults.filter(
    (result) =>
      result.status === "failed" && !result.assertionResults.some(({ status }) => status === "failed"),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles,
    skipped: report.numPendingTests + report.numTodoTests,
    note: report.numTotalTests === 0 ? "no tests" : "",
  };
}

/** What one stage counts: the sum of its reports, and at least one failure when it failed. */
function countStage({ code, reports }) {
  const total = { passed: 0, failed: 0, skipped: 0, notes: [] };
  for (const path of reports) {
    const counted = countReport(path);
    total.passed += counted.passed;
    total.failed += counted.failed;
    total.skipped += counted.skipped;
    if (counted.note !== "") total.notes.push(counted.note);
  }
  if (code !== 0 && total.failed === 0) total.failed = 1;
  return total;
}

const stages = readFileSync(file, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => {
    const [name, code, seconds, ...reports] = line.split("\t");
    return {
      name,
      code: Number(code),
      seconds: Number(seconds),
      reports: reports.filter((path) => path !== ""),
    };
  });

let passed = 0;
let failed = stages.length === 0 ? 1 : 0;
let skipped = 0;
console.log("stage                     result   seconds  tests");
for (const stage of stages) {
  const counted = countStage(stage);
  passed += counted.passed;
  failed += counted.failed;
  skipped += counted.skipped;
  const result = counted.failed === 0 ? "ok" : "FAILED";
  const tests = stage.reports.length === 0 ? "" : `${counted.passed} passed, ${counted.failed} failed`;
  const line = `${stage.name.padEnd(25)} ${result.padEnd(8)} ${String(stage.seconds).padStart(7)}  ${tests}`;
  console.log([line.trimEnd(), ...counted.notes].join(", "));
}
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
