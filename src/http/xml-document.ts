/** An element of a small XML document. */
export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  /** What it holds beside elements, untrimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface OpenElement {
  readonly tag: string;
  text: string;
  readonly children: XmlElement[];
}

const name = "[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?";
const attributes = `(?:\\s+${name}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*`;
const token = new RegExp(
  [
    "(?<skipped><\\?[^?]*\\?>|<!--(?:(?!--)[^])*-->)",
    `</(?<closed>${name})\\s*>`,
    `<(?<opened>${name})${attributes}\\s*(?<empty>/?)>`,
    "(?<text>[^<]+)",
  ].join("|"),
  "y",
);

const references: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const reference = /&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));/g;
const maxDepth = 16;

/**
 * Reads the little of XML that requests such as Autodiscover's need: elements, text, the five named entities and character references. A
 * document type, CDATA or any other entity is refused, so nothing is ever expanded or fetched; a whole parser would bring these for the
 * sake of two short texts.
 *
 * @returns the root, or undefined for what is not well-formed or goes beyond that.
 */
export function readXml(text: string): XmlElement | undefined {
  const root: OpenElement = { tag: "", text: "", children: [] };
  const open: OpenElement[] = [root];
  for (let at = 0; at < text.length; ) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match?.groups === undefined || !take(match.groups, open)) return undefined;
    at += match[0].length;
  }
  const isWhole = open.length === 1 && root.children.length === 1 && root.text.trim() === "";
  return isWhole ? root.children[0] : undefined;
}

/** Adds one token to what is open; false when it does not fit. */
function take(groups: Record<string, string | undefined>, open: OpenElement[]): boolean {
  const top = open.at(-1);
  const { opened, closed, empty, text } = groups;
  if (top === undefined) return false;
  if (opened !== undefined) {
    open.push({ tag: opened, text: "", children: [] });
    return open.length <= maxDepth && (empty !== "/" || close(opened, open));
  }
  if (closed !== undefined) return close(closed, open);
  if (text === undefined) return true;
  const plain = unescaped(text);
  if (plain === undefined) return false;
  top.text += plain;
  return true;
}

function close(tag: string, open: OpenElement[]): boolean {
  const ended = open.pop();
  if (ended?.tag !== tag) return false;
  open.at(-1)?.children.push({
    name: tag.slice(tag.indexOf(":") + 1),
    text: ended.text,
    children: ended.children,
  });
  return open.length > 0;
}

function unescaped(text: string): string | undefined {
  if (!text.includes("&")) return text;
  if (text.replace(reference, "").includes("&")) return undefined;
  return text.replace(reference, (_, named?: string, decimal?: string, hex?: string) => {
    if (named !== undefined) return references[named] ?? "";
    const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  });
}

/** Text as it stands in XML between tags and in quotes; characters that XML does not have are left out. */
export function xmlText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
