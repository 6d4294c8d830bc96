/**
 * Installs the packed package into empty projects and uses it as its users would: every subpath by `import` and by
 * `require`, its types with skipLibCheck off, its program. Nothing but its own dependencies and the peers of the subpath is there.
 * `--tarball FILE` takes a tarball that exists; without it the checkout is packed as it is built.
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binary, run } from "./lib/run.mjs";
import { peersOf, subpathExports } from "./lib/subpaths.mjs";
import { copyPackages, pack, unpackInto } from "./lib/tarball.mjs";
import { conclude, option, rootFolder } from "./lib/verdict.mjs";

const root = rootFolder();
const problems = [];
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "direct-push-tarball-")));
const entries = subpathExports(root);
const withoutPeers = entries.filter(({ subpath }) => peersOf[subpath] === undefined);

/** An empty project with the package, its dependencies and the given others. */
function project(name, tarball, others) {
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "name": "consumer", "private": true }\n');
  const manifest = unpackInto(folder, tarball, "direct-push");
  copyPackages(root, folder, [...Object.keys(manifest.dependencies ?? {}), ...others]);
  return folder;
}

function expectSuccess(what, result) {
  const complaint = `${result.stdout}${result.stderr}`.trim();
  if (result.code !== 0 || result.stderr.trim() !== "")
    problems.push(`${what}:\n${complaint.slice(0, 2000)}`);
}

/** `import` and `require` each work alone, quietly, and give the same module when both are used. */
function load(folder, { subpath, specifier }) {
  const name = JSON.stringify(specifier);
  const some = "if (Object.keys(m).length === 0) throw new Error('no exports');";
  const scripts = {
    import: ["--input-type=module", "-e", `import * as m from ${name}; ${some}`],
    require: ["-e", `const m = require(${name}); ${some}`],
    both: [
      "--input-type=module",
      "-e",
      `import { createRequire } from "node:module"; import * as m from ${name};
       const r = createRequire(import.meta.url)(${name});
       for (const k of Object.keys(m)) if (m[k] !== r[k]) throw new Error(k + " exists twice");`,
    ],
  };
  for (const [way, args] of Object.entries(scripts)) {
    expectSuccess(`${subpath} by ${way}`, run(process.execPath, args, { cwd: folder }));
  }
}

/** Each program of the package starts, and says how it is used. */
function start(folder) {
  const installed = join("node_modules", "direct-push");
  const { bin } = JSON.parse(readFileSync(join(folder, installed, "package.json"), "utf8"));
  for (const [name, path] of Object.entries(bin)) {
    const result = run(process.execPath, [join(installed, path), "--help"], { cwd: folder });
    expectSuccess(`${name} --help`, result);
    if (!result.stdout.startsWith(`Usage: ${name} `)) problems.push(`${name} --help does not say its usage`);
  }
}

/** A consumer that names every export compiles, as an ES module and as CommonJS. */
function compile(folder, subpaths, options = {}) {
  const lines = subpaths.map(
    ({ specifier }, index) => `import * as m${index} from "${specifier}";\nvoid m${index};\n`,
  );
  writeFileSync(join(folder, "consumer.mts"), lines.join(""));
  writeFileSync(join(folder, "consumer.cts"), lines.join(""));
  const compilerOptions = {
    target: "ES2023",
    lib: ["ES2023"],
    module: "NodeNext",
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    ...options,
  };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["consumer.mts", "consumer.cts"] }),
  );
  const names = subpaths.map(({ subpath }) => subpath).join(" ");
  expectSuccess(`types of ${names}`, run(binary(root, "tsc"), ["-p", folder], { cwd: folder }));
}

try {
  const tarball = option("tarball", undefined) ?? pack(root, scratch).path;
  const bare = project("bare", tarball, ["@types/node"]);
  for (const entry of withoutPeers) load(bare, entry);
  compile(bare, withoutPeers);
  start(bare);
  for (const entry of entries.filter(({ subpath }) => peersOf[subpath] !== undefined)) {
    const folder = project(entry.name, tarball, [...peersOf[entry.subpath], "@types/node"]);
    load(folder, entry);
    // The frameworks' own declarations are not ours to check.
    compile(folder, [entry], { skipLibCheck: true });
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

conclude(
  "tarball",
  problems,
  `${entries.length} exports load by import and by require, and their types compile`,
);
