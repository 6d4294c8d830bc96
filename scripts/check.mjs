/** All static checks, in order; goes on after a failure and ends with a table. `npm run check -- NAME...` runs some alone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binary, run } from "./lib/run.mjs";
import { pack } from "./lib/tarball.mjs";

const root = process.cwd();
const scratch = mkdtempSync(join(tmpdir(), "direct-push-check-"));
const asked = process.argv.slice(2);

const tool =
  (name, ...args) =>
  () =>
    run(binary(root, name), args);
const script =
  (name, ...args) =>
  () =>
    run(process.execPath, [join("scripts", name), ...args]);
let packed;

/** `needs` names the checks without which one makes no sense. */
const checks = [
  { name: "lock file", run: script("check-lockfile.mjs") },
  { name: "lint", run: tool("biome", "check", "--error-on-warnings", ".") },
  // The frameworks' own declarations are not ours to check; ours are, in the build and in the tarball.
  { name: "types", run: tool("tsc", "-p", "tsconfig.json") },
  { name: "layering", run: script("check-layering.mjs") },
  { name: "size", run: script("check-size.mjs") },
  { name: "docstrings", run: script("check-docs.mjs") },
  { name: "errors doc", run: script("check-errors-doc.mjs") },
  { name: "knip", run: tool("knip", "--no-progress") },
  { name: "build", run: () => run("npm", ["run", "--silent", "build"]) },
  { name: "api report", needs: "build", run: script("api-report.mjs") },
  { name: "pack", needs: "build", run: packOnce },
  { name: "publint", needs: "pack", run: () => run(binary(root, "publint"), ["run", packed, "--strict"]) },
  {
    name: "attw",
    needs: "pack",
    run: () => run(binary(root, "attw"), [packed, "--profile", "esm-only", "--no-emoji"]),
  },
  {
    name: "tarball",
    needs: "pack",
    run: () => run(process.execPath, ["scripts/check-tarball.mjs", "--tarball", packed]),
  },
];

/** Makes the tarball that the later checks look at; what is not meant for users must not be in it. */
function packOnce() {
  const { path, files } = pack(root, scratch);
  packed = path;
  const meant = /^(dist\/|docs\/|README\.md$|LICENSE$|CHANGELOG\.md$|package\.json$)/;
  const stray = files.filter((file) => !meant.test(file));
  const stderr = stray.map((file) => `${file} does not belong into the package\n`).join("");
  return { code: stray.length === 0 ? 0 : 1, stdout: `${files.length} files\n`, stderr };
}

function wanted({ name }) {
  return (
    asked.length === 0 || asked.includes(name) || (name === "pack" && asked.some((a) => needOf(a) === "pack"))
  );
}

function needOf(name) {
  return checks.find((check) => check.name === name)?.needs;
}

function indent(text) {
  return text.trim().replace(/^/gm, "  ");
}

const unknown = asked.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) throw new Error(`check: there is no ${unknown.join(", ")}`);

const verdicts = new Map();
try {
  for (const check of checks.filter(wanted)) {
    if (verdicts.get(check.needs) === "failed" || verdicts.get(check.needs) === "skipped") {
      verdicts.set(check.name, "skipped");
      console.log(`${check.name.padEnd(12)} skipped (${check.needs} failed)`);
      continue;
    }
    const started = performance.now();
    const { code, stdout, stderr } = check.run();
    const verdict = code === 0 ? "ok" : "failed";
    verdicts.set(check.name, verdict);
    console.log(
      `${check.name.padEnd(12)} ${verdict.padEnd(7)} ${((performance.now() - started) / 1000).toFixed(1)} s`,
    );
    const warnings = stdout.split("\n").filter((line) => line.startsWith("warning "));
    if (code !== 0) console.log(indent(`${stdout}${stderr}`));
    else if (warnings.length > 0) console.log(indent(warnings.join("\n")));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

const failed = [...verdicts].filter(([, verdict]) => verdict !== "ok").map(([name]) => name);
console.log(
  failed.length === 0 ? `check: all ${verdicts.size} passed` : `check: failed: ${failed.join(", ")}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
