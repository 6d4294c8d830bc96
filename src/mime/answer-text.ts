import { htmlToText } from "../mailbox/items/html-to-text.js";

/** The text of a message in the formats that it has. */
export interface MessageText {
  readonly text: string | undefined;
  readonly html: string | undefined;
}

/** The mail that is put in below what the user wrote. */
export interface OriginalText extends MessageText {
  readonly from: string;
  readonly to: string;
  readonly cc: string | undefined;
  readonly subject: string;
  readonly sentMs: number;
}

/**
 * What the user wrote with the original below it: in HTML as soon as one of the two is, and as plain text always. A reply quotes the plain text line by
 * line, a forward has it as it was.
 */
export function answerText(
  written: MessageText,
  original: OriginalText,
  how: "reply" | "forward",
): { readonly text: string; readonly html: string | undefined } {
  const own = plainOf(written);
  const lines = [
    `-----Original Message-----`,
    ...headLines(original).map(([name, value]) => `${name}: ${value}`),
  ];
  const body = plainOf(original);
  const quoted = how === "reply" ? quotedLines(body) : body;
  const text = `${own.trimEnd()}\n\n${lines.join("\n")}\n\n${quoted}\n`;
  if (written.html === undefined && original.html === undefined) return { text, html: undefined };
  return { text, html: answerHtml(written, original, how) };
}

function answerHtml(written: MessageText, original: OriginalText, how: "reply" | "forward"): string {
  const own = written.html ?? textHtml(plainOf(written));
  const head = headLines(original).map(([name, value]) => `<b>${name}:</b> ${escaped(value)}<br>`);
  const body = original.html === undefined ? textHtml(plainOf(original)) : bodyHtml(original.html);
  const quoted = how === "reply" ? `<blockquote type="cite">${body}</blockquote>` : `<div>${body}</div>`;
  const below = `<br><div style="border-top: 1px solid #b5c4df; padding-top: 3pt">${head.join("")}</div><br>${quoted}`;
  const end = own.toLowerCase().lastIndexOf("</body");
  return end < 0 ? `${own}${below}` : `${own.slice(0, end)}${below}${own.slice(end)}`;
}

function headLines({ from, to, cc, subject, sentMs }: OriginalText): (readonly [string, string])[] {
  return [
    ["From", from],
    ["Sent", new Date(sentMs).toUTCString()],
    ["To", to],
    ...(cc === undefined || cc === "" ? [] : [["Cc", cc] as const]),
    ["Subject", subject],
  ];
}

function plainOf({ text, html }: MessageText): string {
  const plain = text ?? (html === undefined ? "" : htmlToText(html));
  return plain.replaceAll(/\r\n?/g, "\n");
}

function quotedLines(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => (line.startsWith(">") ? `>${line}` : `> ${line}`.trimEnd()))
    .join("\n");
}

/** What is inside of `body`, with the styles that it is shown in. */
function bodyHtml(html: string): string {
  const lower = html.toLowerCase();
  const open = lower.indexOf("<body");
  const start = open < 0 ? -1 : lower.indexOf(">", open) + 1;
  if (start <= 0) return html.replaceAll(/<\/?(?:html|body|!doctype)[^>]{0,200}>/gi, "");
  const end = lower.lastIndexOf("</body");
  return `${stylesOf(html.slice(0, open))}${html.slice(start, end < start ? html.length : end)}`;
}

function stylesOf(head: string): string {
  const lower = head.toLowerCase();
  const styles: string[] = [];
  let open = lower.indexOf("<style");
  while (open >= 0) {
    const end = lower.indexOf("</style>", open);
    if (end < 0) break;
    styles.push(head.slice(open, end + "</style>".length));
    open = lower.indexOf("<style", end);
  }
  return styles.join("");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escaped(text: string): string {
  return text.replaceAll(/[&<>]/g, (character) => entities[character] ?? character);
}

function textHtml(text: string): string {
  return `<div style="white-space: pre-wrap">${escaped(text)}</div>`;
}
