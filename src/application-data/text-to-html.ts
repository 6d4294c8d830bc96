const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Plain text as HTML that shows it alike: white space and lines as they are, long lines broken. */
export function textToHtml(text: string): string {
  const escaped = text.replaceAll(/[&<>]/g, (character) => entities[character] ?? character);
  return `<div style="white-space: pre-wrap">${escaped}</div>`;
}
