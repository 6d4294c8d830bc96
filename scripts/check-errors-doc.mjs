/** Fails unless every DirectPushErrorCode of src/errors.ts has one row in docs/errors.md, and every row a code. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { parse } from "./lib/source-tree.mjs";
import { conclude, rootFolder } from "./lib/verdict.mjs";

const root = rootFolder();
const problems = [];

function codesOfUnion(source) {
  const declaration = source.statements.find(
    (s) => ts.isTypeAliasDeclaration(s) && s.name.text === "DirectPushErrorCode",
  );
  if (declaration === undefined) return [];
  const members = ts.isUnionTypeNode(declaration.type) ? declaration.type.types : [declaration.type];
  return members.map((member) => member.literal.text);
}

function rowsOfTable(text) {
  return [...text.matchAll(/^\|\s*`(ERR_[A-Z0-9_]+)`\s*\|(.*)$/gm)].map((row) => ({
    code: row[1],
    cells: row[2]
      .split("|")
      .slice(0, -1)
      .map((cell) => cell.trim()),
  }));
}

const page = join(root, "docs/errors.md");
const codes = codesOfUnion(parse(root, "src/errors.ts"));
const rows = existsSync(page) ? rowsOfTable(readFileSync(page, "utf8")) : [];
if (codes.length === 0) problems.push("src/errors.ts: the type DirectPushErrorCode was not found");
for (const code of codes) {
  const count = rows.filter((row) => row.code === code).length;
  if (count !== 1) problems.push(`docs/errors.md: ${code} has ${count} rows instead of one`);
}
for (const { code, cells } of rows) {
  if (!codes.includes(code)) problems.push(`docs/errors.md: ${code} is no DirectPushErrorCode`);
  if (cells.length < 3 || cells.includes(""))
    problems.push(`docs/errors.md: the row of ${code} has an empty cell`);
}

conclude("errors doc", problems, `${codes.length} codes, each with its row`);
