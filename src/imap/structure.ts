import type { MessageStructureObject } from "imapflow";

/** A part of a message that has content of its own, as BODYSTRUCTURE tells of it. */
export interface MessagePart {
  /** Names it in a FETCH, such as `1.2`. */
  readonly part: string;
  /** Lower-case media type. */
  readonly type: string;
  /** Those of Content-Type, names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Lower-case transfer encoding; `7bit` when none is told. */
  readonly encoding: string;
  /** As it is stored, encoded. */
  readonly sizeBytes: number;
  readonly disposition: string | undefined;
  readonly fileName: string | undefined;
  /** Without angle brackets. */
  readonly contentId: string | undefined;
  readonly location: string | undefined;
  /** Whether it belongs to the HTML of a `multipart/related`. */
  readonly isRelated: boolean;
}

/** A piece of the text that a reader sees: one text, in one format or in both. */
export interface TextBlock {
  readonly plain?: MessagePart;
  readonly html?: MessagePart;
}

/** What a message consists of. */
export interface MessageStructure {
  /** The text from top to bottom. Most messages have one block; some mail programs write the text around pictures in several. */
  readonly blocks: readonly TextBlock[];
  /** The calendar that the message is about, if it is about one. It is among the attachments, too. */
  readonly calendar: MessagePart | undefined;
  /** What a bounce tells programs. It is among the attachments, too. */
  readonly deliveryStatus: MessagePart | undefined;
  /** What devices list, in the order of the message. */
  readonly attachments: readonly MessagePart[];
}

/** More parts than any message has that somebody wrote. */
const maxParts = 1_000;
const maxDepth = 50;

interface Walk {
  blocks: TextBlock[];
  attachments: MessagePart[];
  calendar: MessagePart | undefined;
  deliveryStatus: MessagePart | undefined;
  parts: number;
}

/** Takes a BODYSTRUCTURE apart. */
export function structureOf(root: MessageStructureObject): MessageStructure {
  const walk: Walk = {
    blocks: [],
    attachments: [],
    calendar: undefined,
    deliveryStatus: undefined,
    parts: 0,
  };
  visit(walk, root, { isRelated: false, isReport: false, depth: 0 });
  return {
    blocks: walk.blocks,
    attachments: walk.attachments,
    calendar: walk.calendar,
    deliveryStatus: walk.deliveryStatus,
  };
}

interface Place {
  readonly isRelated: boolean;
  readonly isReport: boolean;
  readonly depth: number;
}

function visit(walk: Walk, node: MessageStructureObject, place: Place): void {
  if (walk.parts >= maxParts || place.depth > maxDepth) return;
  const children = node.childNodes ?? [];
  const inside = { ...place, depth: place.depth + 1 };
  if (!node.type.startsWith("multipart/")) visitLeaf(walk, leafOf(node, place.isRelated), place);
  else if (node.type === "multipart/alternative") visitAlternatives(walk, children, inside);
  else if (node.type === "multipart/related") visitRelated(walk, node, children, inside);
  else {
    const isReport = node.type === "multipart/report";
    for (const child of children) visit(walk, child, { ...inside, isReport });
  }
}

/** One text in several formats: the blocks that they make are laid over one another. */
function visitAlternatives(walk: Walk, children: readonly MessageStructureObject[], inside: Place): void {
  const before = walk.blocks;
  const merged: { plain?: MessagePart; html?: MessagePart } = {};
  let others: readonly TextBlock[] = [];
  for (const child of children) {
    walk.blocks = [];
    visit(walk, child, inside);
    const [first, ...rest] = walk.blocks;
    // The last of a kind is the best ([RFC 2046] 5.1.4), but for the plain text: a later one is what follows the HTML of some programs.
    if (first?.html !== undefined) merged.html = first.html;
    if (first?.plain !== undefined) merged.plain ??= first.plain;
    if (rest.length > others.length) others = rest;
  }
  const isEmpty = merged.plain === undefined && merged.html === undefined;
  walk.blocks = isEmpty ? before : [...before, merged, ...others];
}

function visitRelated(
  walk: Walk,
  node: MessageStructureObject,
  children: readonly MessageStructureObject[],
  inside: Place,
): void {
  const start = withoutBrackets(node.parameters?.["start"]);
  const root = children.find(({ id }) => start !== undefined && withoutBrackets(id) === start) ?? children[0];
  if (root !== undefined) visit(walk, root, { ...inside, isRelated: false });
  for (const child of children) if (child !== root) visit(walk, child, { ...inside, isRelated: true });
}

function visitLeaf(walk: Walk, part: MessagePart, { isRelated, isReport }: Place): void {
  walk.parts += 1;
  const isShown = part.disposition !== "attachment" && !isRelated;
  // A text with a name is a file, whatever its disposition.
  const isText = isShown && (part.fileName === undefined || part.disposition === "inline");
  if (isText && part.type === "text/plain") walk.blocks.push({ plain: part });
  else if (isText && part.type === "text/html") walk.blocks.push({ html: part });
  else {
    if (part.type === "text/calendar") walk.calendar ??= part;
    if (isReport && part.type === "message/delivery-status") walk.deliveryStatus ??= part;
    walk.attachments.push(part);
  }
}

function leafOf(node: MessageStructureObject, isRelated: boolean): MessagePart {
  const { parameters = {}, dispositionParameters = {} } = node;
  const fileName = dispositionParameters["filename"] ?? parameters["name"];
  return {
    // The only part of a message that is no multipart.
    part: node.part ?? "1",
    type: node.type,
    parameters,
    encoding: node.encoding?.trim().toLowerCase() || "7bit",
    sizeBytes: node.size ?? 0,
    disposition: node.disposition?.toLowerCase() || undefined,
    fileName: fileName === "" ? undefined : fileName,
    contentId: withoutBrackets(node.id),
    location: node.location || undefined,
    isRelated,
  };
}

function withoutBrackets(id: string | undefined): string | undefined {
  const bare = id?.trim().replace(/^<(.*)>$/, "$1") ?? "";
  return bare === "" ? undefined : bare;
}
