/** Fails when an exported declaration of src has no docstring. */
import ts from "typescript";
import { lineOf, listFiles, parse } from "./lib/source-tree.mjs";
import { conclude, rootFolder } from "./lib/verdict.mjs";

const root = rootFolder();
const problems = [];
let exportsSeen = 0;

function isExported(statement) {
  return (
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)
  );
}

function hasDocstring(node) {
  return ts.getJSDocCommentsAndTags(node).some((doc) => ts.isJSDoc(doc) && textOf(doc).trim() !== "");
}

function textOf(doc) {
  const text = ts.getTextOfJSDocComment(doc.comment) ?? "";
  return text === "" && (doc.tags?.length ?? 0) > 0 ? "tags alone" : text;
}

function namesOf(statement) {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map((d) => d.name.getText());
  return [statement.name?.getText() ?? "default"];
}

const files = listFiles(root, "src");
for (const path of files) {
  const source = parse(root, path);
  const documented = new Set();
  for (const statement of source.statements) {
    if (!isExported(statement)) continue;
    for (const name of namesOf(statement)) {
      exportsSeen += 1;
      if (hasDocstring(statement)) documented.add(name);
      // The overloads of a function share the docstring of the first.
      else if (!documented.has(name))
        problems.push(`${path}:${lineOf(source, statement)} ${name} has no docstring`);
    }
  }
}

conclude("docstrings", problems, `${exportsSeen} exports of ${files.length} files have one`);
