/** Reports long files and functions of src; fails on files above the hard limit and on a to-do that names no issue. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { isGenerated, lineOf, listFiles, parse } from "./lib/source-tree.mjs";
import { conclude, rootFolder } from "./lib/verdict.mjs";

const fileAim = 200;
const fileLimit = 300;
const functionAim = 40;

const root = rootFolder();
const problems = [];
const warnings = [];

function nameOf(node) {
  return node.name?.getText() ?? node.parent?.name?.getText() ?? "an anonymous function";
}

function reportFunctions(path) {
  const source = parse(root, path);
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body !== undefined) {
      const first = lineOf(source, node);
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
      const length = last - first + 1;
      if (length > functionAim)
        warnings.push(`${path}:${first} ${nameOf(node)} has ${length} lines (aim ${functionAim})`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

const sources = listFiles(root, "src");
for (const path of sources) {
  const text = readFileSync(join(root, path), "utf8");
  if (isGenerated(text)) continue;
  const lines = text.split("\n").length - 1;
  if (lines > fileLimit) problems.push(`${path}:1 has ${lines} lines (limit ${fileLimit})`);
  else if (lines > fileAim) warnings.push(`${path}:1 has ${lines} lines (aim ${fileAim})`);
  reportFunctions(path);
}

const marker = /\b(TO[D]O|FIX[M]E|X[X]X|H[A]CK)\b(?!\(#\d+\))/;
const folders = ["src", "test", "scripts", "examples", "bench"];
for (const path of folders.flatMap((folder) => listFiles(root, folder, [".ts", ".mjs", ".sh"]))) {
  if (path.startsWith("test/fixtures/")) continue;
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  lines.forEach((line, index) => {
    if (marker.test(line))
      problems.push(`${path}:${index + 1} names no issue: write ${marker.exec(line)[1]}(#number), or do it`);
  });
}

for (const warning of warnings) console.log(`warning ${warning}`);
conclude("size", problems, `${sources.length} files within ${fileLimit} lines, ${warnings.length} warnings`);
