import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./run.mjs";

/** Packs the checkout, as built, into `folder`; returns the path of the tarball. */
export function pack(root, folder) {
  const result = run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: root,
  });
  if (result.code !== 0) throw new Error(`npm pack failed:\n${result.stderr}`);
  const report = JSON.parse(result.stdout);
  const [packed] = Array.isArray(report) ? report : Object.values(report);
  return { path: join(folder, packed.filename), files: packed.files.map((file) => file.path) };
}

/** Unpacks the tarball as node_modules/NAME of an otherwise empty project. */
export function unpackInto(project, tarball, name) {
  const target = join(project, "node_modules", name);
  mkdirSync(target, { recursive: true });
  const result = run("tar", ["-xzf", tarball, "--strip-components=1", "-C", target]);
  if (result.code !== 0) throw new Error(`tar failed:\n${result.stderr}`);
  return JSON.parse(readFileSync(join(target, "package.json"), "utf8"));
}

/** Copies packages, and all that they depend on, from the checkout's node_modules into the project's. */
export function copyPackages(root, project, names) {
  const copied = new Set();
  const copy = (name, from) => {
    const source = locate(name, from, root);
    if (source === undefined) throw new Error(`${name} is not installed`);
    const target = source.slice(root.length + 1);
    if (copied.has(target)) return;
    copied.add(target);
    mkdirSync(dirname(join(project, target)), { recursive: true });
    // Nested packages are copied when something needs them, so that nothing else becomes resolvable.
    const nested = join(source, "node_modules");
    cpSync(source, join(project, target), { recursive: true, filter: (path) => path !== nested });
    const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
    for (const dependency of Object.keys(manifest.dependencies ?? {})) copy(dependency, source);
    // Those of another platform are not installed.
    for (const dependency of Object.keys(manifest.optionalDependencies ?? {})) {
      if (locate(dependency, source, root) !== undefined) copy(dependency, source);
    }
  };
  for (const name of names) copy(name, root);
}

/** The folder that node would load `name` from, for code in `from`. */
function locate(name, from, root) {
  for (let folder = from; folder.length >= root.length; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
  }
  return undefined;
}
