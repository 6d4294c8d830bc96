import { decodeEntities } from "./html-entities.js";

const blockTags = new Set(
  "address article aside blockquote center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul".split(
    " ",
  ),
);
const paragraphTags = new Set("p h1 h2 h3 h4 h5 h6 table ul ol blockquote pre".split(" "));
const hiddenTags = new Set("head script style title template noscript".split(" "));

/**
 * The text of an HTML body as a reader would see it without styles: blocks on lines of their own, list items with a star,
 * entities decoded, scripts and styles left out. Takes any input, in time that grows with its length only.
 */
export function htmlToText(html: string): string {
  const text = new FlowingText();
  const unclosed = new Set<string>();
  let position = 0;
  while (position < html.length) {
    const open = html.indexOf("<", position);
    const end = open === -1 ? html.length : open;
    if (end > position) text.add(decodeEntities(html.slice(position, end)));
    if (open === -1) break;
    position = afterMarkup(html, open, text, unclosed);
  }
  return text.toString();
}

/** Handles what begins with the `<` at `open`; returns where to go on. */
function afterMarkup(html: string, open: number, text: FlowingText, unclosed: Set<string>): number {
  if (html.startsWith("<!--", open)) return after(html, "-->", open + 4);
  const tag = /^<(\/?)([A-Za-z][A-Za-z0-9]{0,20})/.exec(html.slice(open, open + 24));
  if (tag === null) {
    if (html[open + 1] === "!" || html[open + 1] === "?" || html[open + 1] === "/")
      return after(html, ">", open + 1);
    text.add("<");
    return open + 1;
  }
  const name = (tag[2] ?? "").toLowerCase();
  const closing = tag[1] === "/";
  const end = afterTag(html, open + 1);
  if (hiddenTags.has(name) && !closing) return afterElement(html, name, end, unclosed);
  applyTag(name, closing, text);
  return end;
}

function applyTag(name: string, closing: boolean, text: FlowingText): void {
  if (name === "br") text.breakLine();
  else if (paragraphTags.has(name)) text.startParagraph();
  else if (blockTags.has(name)) text.startLine();
  else if ((name === "td" || name === "th") && !closing) text.add(" ");
  if (name === "li" && !closing) text.add("* ");
}

function after(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found === -1 ? html.length : found + mark.length;
}

/** The end of a tag; a `>` in a quoted attribute does not count, unless the quote is never closed. */
function afterTag(html: string, from: number): number {
  const close = html.indexOf(">", from);
  if (close === -1) return html.length;
  let quote = "";
  const limit = Math.min(html.length, from + 65_536);
  for (let position = from; position < limit; position += 1) {
    const character = html[position] ?? "";
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = html[position - 1] === "=" ? character : "";
    else if (character === ">") return position + 1;
  }
  return close + 1;
}

function afterElement(html: string, name: string, from: number, unclosed: Set<string>): number {
  if (unclosed.has(name)) return from;
  const endTag = new RegExp(`</${name}[\\s>/]|<body[\\s>]`, "gi");
  endTag.lastIndex = from;
  const found = endTag.exec(html);
  // Without an end tag, the rest is taken as text rather than lost.
  if (found === null) {
    unclosed.add(name);
    return from;
  }
  return found[0].startsWith("</") ? after(html, ">", found.index) : found.index;
}

/** Collects text and collapses white space, with the line breaks that blocks ask for. */
class FlowingText {
  private readonly parts: string[] = [];
  private pendingBreaks = 0;
  private pendingSpace = false;

  add(text: string): void {
    const collapsed = text.replaceAll(/[\s\u00a0]+/g, " ");
    const trimmed = collapsed.trim();
    if (collapsed.startsWith(" ")) this.pendingSpace = true;
    if (trimmed === "") return;
    if (this.parts.length > 0) {
      if (this.pendingBreaks > 0) this.parts.push("\r\n".repeat(this.pendingBreaks));
      else if (this.pendingSpace) this.parts.push(" ");
    }
    this.parts.push(trimmed);
    this.pendingBreaks = 0;
    this.pendingSpace = collapsed.endsWith(" ");
  }

  startLine(): void {
    this.pendingBreaks = Math.max(this.pendingBreaks, 1);
  }

  startParagraph(): void {
    this.pendingBreaks = Math.max(this.pendingBreaks, 2);
  }

  breakLine(): void {
    this.pendingBreaks = Math.min(this.pendingBreaks + 1, 3);
  }

  toString(): string {
    return this.parts.join("");
  }
}
