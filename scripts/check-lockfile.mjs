/**
 * Fails when package-lock.json names a download address, lacks a package that it refers to (npm ci would refuse it),
 * or does not agree with package.json.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { conclude, rootFolder } from "./lib/verdict.mjs";

const root = rootFolder();
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
const problems = [];

/** Whether `name` is found from `path` by node's own walk up the folders. */
function resolves(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    if (lock.packages[`${folder === "" ? "" : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === "") return false;
  }
}

for (const [path, entry] of Object.entries(lock.packages)) {
  if (entry.resolved !== undefined)
    problems.push(`package-lock.json: ${path} names the address ${entry.resolved}`);
  const needed = { ...entry.dependencies, ...entry.devDependencies, ...entry.optionalDependencies };
  for (const name of Object.keys(needed)) {
    if (!resolves(path, name))
      problems.push(`package-lock.json: ${name}, needed by ${path || "the root"}, is missing`);
  }
}

const locked = lock.packages[""];
for (const kind of ["dependencies", "devDependencies", "peerDependencies", "engines"]) {
  const wanted = JSON.stringify(Object.entries(manifest[kind] ?? {}).sort());
  if (wanted !== JSON.stringify(Object.entries(locked[kind] ?? {}).sort())) {
    problems.push(`package-lock.json: ${kind} differ from package.json`);
  }
}
if (lock.version !== manifest.version)
  problems.push(`package-lock.json: version ${lock.version} is not ${manifest.version}`);

conclude("lock file", problems, `${Object.keys(lock.packages).length} entries without an address`);
