/**
 * Compares the public types of each subpath export with the committed report etc/NAME.api.md, and fails when they differ.
 * `--update` writes the reports instead. Needs a build in dist.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CompilerState, Extractor, ExtractorConfig } from "@microsoft/api-extractor";
import { subpathExports } from "./lib/subpaths.mjs";
import { conclude, flag, rootFolder } from "./lib/verdict.mjs";

const root = rootFolder();
const update = flag("update");
const committed = join(root, "etc");
const fresh = join(root, ".cache/api");
const problems = [];

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
mkdirSync(committed, { recursive: true });

function extractorConfig({ name, types }) {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, types),
      newlineKind: "lf",
      // The declarations of the optional peers are not ours to check, and need the DOM.
      compiler: {
        overrideTsconfig: {
          extends: join(root, "tsconfig.build.json"),
          compilerOptions: { skipLibCheck: true },
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: fresh,
        reportTempFolder: join(fresh, "temp"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: "error" } },
        extractorMessageReporting: {
          default: { logLevel: "none" },
          // A type that the public types use, and that a user therefore must be able to name.
          "ae-forgotten-export": { logLevel: "none", addToApiReportFile: true },
        },
        tsdocMessageReporting: { default: { logLevel: "none" } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, "package.json"),
  });
}

/** Writes the report of one export to the fresh folder; returns its text, or undefined when it could not be made. */
function extract(entry, config, compilerState) {
  const result = Extractor.invoke(config, {
    localBuild: true,
    compilerState,
    messageCallback: (message) => {
      if (message.logLevel === "error") problems.push(`${entry.subpath}: ${message.text}`);
      message.handled = true;
    },
  });
  if (result.errorCount > 0) return undefined;
  return readFileSync(join(fresh, `${entry.name}.api.md`), "utf8");
}

/** Notes what a report exports, and what its types use that it does not export. */
function noteNames(text, subpath) {
  for (const [, name] of text.matchAll(/^export (?:abstract |declare )*(?:\w+) (\w+)/gm)) exported.add(name);
  for (const [, name] of text.matchAll(/\(ae-forgotten-export\) The symbol "(\w+)"/g))
    forgotten.set(name, subpath);
}

/** The first line in which two texts differ, for the message. */
function firstDifference(before, after) {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const at = now.findIndex((line, index) => line !== old[index]);
  const index = at === -1 ? now.length : at;
  return `line ${index + 1}\n  - ${old[index] ?? "(end)"}\n  + ${now[index] ?? "(end)"}`;
}

const entries = subpathExports(root);
for (const { subpath, types } of entries) {
  if (!existsSync(join(root, types))) problems.push(`${subpath}: ${types} is not built`);
}
const built = entries.filter(({ types }) => existsSync(join(root, types)));
const configs = built.map(extractorConfig);
// One program for all exports: making one for each takes most of the time.
const compilerState =
  configs.length === 0
    ? undefined
    : CompilerState.create(configs[0], {
        additionalEntryPoints: built.slice(1).map(({ types }) => join(root, types)),
      });
const exported = new Set();
const forgotten = new Map();
for (const [index, entry] of built.entries()) {
  const text = extract(entry, configs[index], compilerState);
  if (text === undefined) continue;
  noteNames(text, entry.subpath);
  const file = join(committed, `${entry.name}.api.md`);
  const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (update) writeFileSync(file, text);
  else if (before === undefined) problems.push(`etc/${entry.name}.api.md is missing: run npm run api:update`);
  else if (before !== text) {
    problems.push(
      `etc/${entry.name}.api.md differs at ${firstDifference(before, text)}\n  run npm run api:update and commit it`,
    );
  }
}

for (const [name, subpath] of forgotten) {
  if (!exported.has(name))
    problems.push(`${subpath}: its types use ${name}, which no export lets users name`);
}

const expected = new Set(entries.map((entry) => `${entry.name}.api.md`));
for (const file of readdirSync(committed)) {
  if (!file.endsWith(".api.md") || expected.has(file)) continue;
  if (update) rmSync(join(committed, file));
  else problems.push(`etc/${file} belongs to no export`);
}

conclude("api report", problems, `${entries.length} exports ${update ? "written" : "unchanged"}`);
