/**
 * Fails when a file of src imports what its layer may not: another layer, another command, a package that is not declared,
 * or itself by way of others (a cycle of value imports). `--root DIR` looks at another checkout.
 */
import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import ts from "typescript";
import { commandOf, layerOf, layers } from "./lib/layers.mjs";
import { lineOf, listFiles, parse } from "./lib/source-tree.mjs";
import { conclude, rootFolder } from "./lib/verdict.mjs";

const root = rootFolder();
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const dependencies = new Set(Object.keys(manifest.dependencies ?? {}));
const peers = new Set(Object.keys(manifest.peerDependencies ?? {}));
const problems = [];
const valueImports = new Map();

/** Every module specifier of a file, and whether only types are taken from it. */
function importsOf(source) {
  const found = [];
  const add = (node, specifier, typeOnly) => {
    if (specifier && ts.isStringLiteralLike(specifier)) {
      found.push({ specifier: specifier.text, typeOnly, line: lineOf(source, node) });
    }
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, isTypeOnlyImport(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, isTypeOnlyExport(node));
    else if (ts.isImportTypeNode(node)) add(node, node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnlyImport(clause) {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return clause.name === undefined && named !== undefined && allTypes(named, ts.isNamedImports);
}

function isTypeOnlyExport(node) {
  return (
    node.isTypeOnly || (node.exportClause !== undefined && allTypes(node.exportClause, ts.isNamedExports))
  );
}

function allTypes(named, isList) {
  return isList(named) && named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

function packageName(specifier) {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function checkPackage(path, layer, { specifier, typeOnly, line }) {
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith("node:")) problems.push(`${path}:${line} write node:${specifier}`);
    return;
  }
  const name = packageName(specifier);
  if (dependencies.has(name)) return;
  if (peers.has(name)) {
    if (layers[layer].packages?.includes(name)) return;
    problems.push(`${path}:${line} ${layer} may not import the optional peer ${name}`);
    return;
  }
  problems.push(
    `${path}:${line} ${name} is not a dependency${typeOnly ? " (its types would be missing for users)" : ""}`,
  );
}

/** Why `from` may not import `to`; undefined when it may. */
function objection(from, fromLayer, to, typeOnly) {
  const toLayer = layerOf(to);
  if (toLayer === undefined) return `${to} belongs to no layer: add it to scripts/lib/layers.mjs`;
  if (toLayer === fromLayer) return commandObjection(from, to);
  const rule = layers[fromLayer];
  if (toLayer === "errors") return undefined;
  if (rule.except?.includes(toLayer)) return `${fromLayer} may not import ${toLayer}`;
  if (rule.may === "*" || rule.may.includes(toLayer)) return undefined;
  const file = to.slice("src/".length);
  if (rule.files?.includes(file)) return undefined;
  if (rule.types?.includes(toLayer) || rule.typesFrom?.includes(file)) {
    return typeOnly ? undefined : `${fromLayer} may import only types from ${to}`;
  }
  return `${fromLayer} may not import ${toLayer} (${to})`;
}

function commandObjection(from, to) {
  const target = commandOf(to);
  if (target === undefined || from === "src/commands/index.ts" || commandOf(from) === target)
    return undefined;
  return `${commandOf(from) ?? "what commands share"} may not import the command ${target}`;
}

/** The first cycle of value imports that can be reached from `path`, as a list of files. */
function cycleFrom(path, trail, done) {
  const at = trail.indexOf(path);
  if (at !== -1) return [...trail.slice(at), path];
  if (done.has(path)) return undefined;
  for (const next of valueImports.get(path) ?? []) {
    const cycle = cycleFrom(next, [...trail, path], done);
    if (cycle) return cycle;
  }
  done.add(path);
  return undefined;
}

const files = listFiles(root, "src");
for (const path of files) {
  const layer = layerOf(path);
  if (layer === undefined) {
    problems.push(`${path}:1 belongs to no layer: add it to scripts/lib/layers.mjs`);
    continue;
  }
  const reached = [];
  for (const found of importsOf(parse(root, path))) {
    if (!found.specifier.startsWith(".")) {
      checkPackage(path, layer, found);
      continue;
    }
    const target = posix.join(posix.dirname(path), found.specifier).replace(/\.js$/, ".ts");
    if (!found.typeOnly) reached.push(target);
    if (!existsSync(join(root, target))) continue;
    const reason = objection(path, layer, target, found.typeOnly);
    if (reason) problems.push(`${path}:${found.line} ${reason}`);
  }
  valueImports.set(path, reached);
}

const done = new Set();
for (const path of files) {
  const cycle = cycleFrom(path, [], done);
  if (cycle) {
    problems.push(`${path}:1 imports itself: ${cycle.join(" -> ")}`);
    break;
  }
}

conclude("layering", problems, `${files.length} files keep to their layers`);
