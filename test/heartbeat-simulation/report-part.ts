/** A table that `npm run simulate:heartbeat` makes for docs/heartbeat.md. */
export interface ReportPart {
  /** The lines go between `<!-- simulate:heartbeat MARKER -->` and `<!-- simulate:heartbeat end -->`. */
  readonly marker: string;
  /** Markdown. */
  lines(): readonly string[];
}

/** The document with the lines of one part in place of those that it had. Throws where the document has no place for them. */
export function withPart(document: string, marker: string, lines: readonly string[]): string {
  const begin = `<!-- simulate:heartbeat ${marker} -->`;
  const end = "<!-- simulate:heartbeat end -->";
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`no place for "${marker}": ${begin} … ${end}`);
  return `${document.slice(0, from)}${begin}\n\n${lines.join("\n")}\n\n${document.slice(to)}`;
}

/** A table in Markdown: the first column to the left, the others to the right. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = `|${head.map((_, index) => (index === 0 ? "---" : "---:")).join("|")}|`;
  return [line(head), rule, ...rows.map(line)];
}
