import type { SearchExpression, SearchField } from "../../mailbox/abilities/mail-search.js";

/** Longest query, in characters, and deepest nesting of its parentheses. */
const maxCharacters = 2048;
const maxDepth = 16;

const fields: ReadonlyMap<string, SearchField> = new Map([
  ["from", "from"],
  ["to", "to"],
  ["cc", "cc"],
  ["bcc", "bcc"],
  ["participants", "participants"],
  ["subject", "subject"],
  ["body", "body"],
]);

/** Properties of the language that no mailbox is asked about: to take them for words would find something else. */
const unsupported =
  /^(?:attachment|attachmentnames|category|hasattachment|importance|isflagged|isread|kind|received|recipients|sent|size)$/i;

/** What a query asks for; `empty` when there is nothing in it. */
export type KeywordQuery =
  | { readonly kind: "expression"; readonly expression: SearchExpression }
  | { readonly kind: "empty" }
  /** It has a property that cannot be looked for, or it is too long or too deep. */
  | { readonly kind: "too-complex" };

/**
 * Reads a query in the part of the Keyword Query Language ([MS-KQL]) that users write: words, "phrases in quotes", `from:`, `to:`, `cc:`, `bcc:`, `participants:`,
 * `subject:` and `body:`, AND, OR and NOT in capitals, `-word`, parentheses. Words without an operator must all be there. Never throws: an operator
 * without operands and a parenthesis without its other half are passed over.
 */
export function readKeywordQuery(query: string): KeywordQuery {
  if (query.length > maxCharacters) return { kind: "too-complex" };
  const reader = new QueryReader([...query.matchAll(token)].map(([found]) => found));
  const expression = reader.read();
  if (reader.isTooComplex) return { kind: "too-complex" };
  return expression === undefined ? { kind: "empty" } : { kind: "expression", expression };
}

const token = /[()]|-?(?:[A-Za-z]+[:=])?"[^"]*"?|[^\s()"]+/g;

class QueryReader {
  readonly #tokens: readonly string[];
  #at = 0;
  #depth = 0;
  isTooComplex = false;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  read(): SearchExpression | undefined {
    const parts: SearchExpression[] = [];
    while (this.#at < this.#tokens.length) {
      const part = this.#alternatives();
      if (part !== undefined) parts.push(part);
      // What stopped it is a parenthesis that was never opened.
      this.#at += 1;
    }
    return combined("all", parts);
  }

  #alternatives(): SearchExpression | undefined {
    const parts: SearchExpression[] = [];
    do {
      const part = this.#conjunction();
      if (part !== undefined) parts.push(part);
    } while (this.#take("OR"));
    return combined("any", parts);
  }

  #conjunction(): SearchExpression | undefined {
    const parts: SearchExpression[] = [];
    for (;;) {
      const next = this.#tokens[this.#at];
      if (next === undefined || next === ")" || next === "OR") return combined("all", parts);
      if (this.#take("AND")) continue;
      const part = this.#operand();
      if (part !== undefined) parts.push(part);
    }
  }

  #operand(): SearchExpression | undefined {
    let isNegated = false;
    while (this.#take("NOT")) isNegated = !isNegated;
    const next = this.#tokens[this.#at];
    if (next === undefined || next === ")" || next === "OR" || next === "AND") return undefined;
    this.#at += 1;
    const operand = next === "(" ? this.#group() : this.#term(next);
    return operand !== undefined && isNegated ? { kind: "not", of: operand } : operand;
  }

  #group(): SearchExpression | undefined {
    this.#depth += 1;
    if (this.#depth > maxDepth) {
      this.isTooComplex = true;
      this.#at = this.#tokens.length;
      return undefined;
    }
    const inner = this.#alternatives();
    this.#depth -= 1;
    this.#take(")");
    return inner;
  }

  #term(token: string): SearchExpression | undefined {
    const isExcluded = token.length > 1 && token.startsWith("-");
    const term = isExcluded ? token.slice(1) : token;
    const [, name = "", value = ""] = /^([A-Za-z]+)[:=<>]+(.*)$/s.exec(term) ?? [];
    const field = fields.get(name.toLowerCase());
    if (unsupported.test(name)) this.isTooComplex = true;
    const text = (field === undefined ? term : value).replaceAll('"', " ").replace(/\*+$/, "").trim();
    if (text === "") return undefined;
    const expression = { kind: "text", text, ...(field && { in: field }) } as const;
    return isExcluded ? { kind: "not", of: expression } : expression;
  }

  #take(wanted: string): boolean {
    if (this.#tokens[this.#at] !== wanted) return false;
    this.#at += 1;
    return true;
  }
}

function combined(kind: "all" | "any", parts: readonly SearchExpression[]): SearchExpression | undefined {
  return parts.length > 1 ? { kind, of: parts } : parts[0];
}
