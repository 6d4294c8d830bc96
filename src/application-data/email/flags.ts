import type { EmailItem } from "../../mailbox/items/email.js";
import type { ItemUpdate } from "../../mailbox/mailbox.js";
import type { ProtocolVersion } from "../../protocol/version.js";
import {
  child,
  childElements,
  Email,
  element,
  flag,
  isKnownTag,
  isTagInVersion,
  tagName,
  textElement,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { textList } from "../codec.js";
import { noteOtherVersion, type ReadContext, type WriteContext } from "../context.js";
import { type InvalidItem, invalid } from "../result.js";
import { readFollowUp, writeFollowUp } from "./follow-up.js";

/** Which of a mail's flags changed. */
export interface ChangedFlags {
  readonly read: boolean;
  readonly followUp: boolean;
  readonly categories: boolean;
}

/** What a device's Change of a mail comes to. */
export type ParsedEmailFlags =
  | { readonly kind: "update"; readonly update: Extract<ItemUpdate, { kind: "email-flags" }> }
  | InvalidItem;

const categories = textList(Email.Category);
const settable = new Set<number>([Email.Read, Email.Flag, Email.Categories]);

/**
 * The children of ApplicationData for a mail whose flags alone changed ([MS-ASEMAIL] 3.2.5.4.1). Empty when `version` shows none of
 * the changes: then there is nothing to tell.
 */
export function renderFlags(
  item: EmailItem,
  changed: ChangedFlags,
  version: ProtocolVersion,
): readonly WbxmlElement[] {
  const context: WriteContext = { version, view: { bodies: [], withBody: false, mimeSupport: 0 } };
  const elements: WbxmlElement[] = [];
  if (changed.read) elements.push(textElement(Email.Read, item.read));
  if (changed.followUp) elements.push(writeFollowUp(item.flag, context));
  if (changed.categories && isTagInVersion(Email.Categories, version)) {
    elements.push(
      categories.write(Email.Categories, item.categories ?? [], context) ?? element(Email.Categories, []),
    );
  }
  return elements;
}

/**
 * What a device changes about a mail: Read, Flag and Categories. Any other known element is invalid ([MS-ASEMAIL] 3.1.5.4,
 * 3.2.5.4.2), an unknown one is skipped. Never throws.
 */
export function parseEmailFlags(applicationData: WbxmlElement, version: ProtocolVersion): ParsedEmailFlags {
  const context: ReadContext = { version, nowMs: 0, problems: [] };
  for (const { tag } of childElements(applicationData)) {
    if (isKnownTag(tag) && !settable.has(tag)) return invalid(`${tagName(tag)} of a mail cannot be changed`);
  }
  const update = {
    ...readFlagOf(applicationData, context),
    ...readCategories(applicationData, context),
    ...readRead(applicationData),
  };
  const [problem] = context.problems;
  return problem === undefined
    ? { kind: "update", update: { kind: "email-flags", ...update } }
    : invalid(problem);
}

type Update = Omit<Extract<ItemUpdate, { kind: "email-flags" }>, "kind">;

function readRead(applicationData: WbxmlElement): Update {
  const read = flag(child(applicationData, Email.Read));
  return read === undefined ? {} : { read };
}

function readFlagOf(applicationData: WbxmlElement, context: ReadContext): Update {
  const found = child(applicationData, Email.Flag);
  const followUp = found === undefined ? undefined : readFollowUp(found, context);
  return followUp === undefined ? {} : { flag: followUp };
}

function readCategories(applicationData: WbxmlElement, context: ReadContext): Update {
  const found = child(applicationData, Email.Categories);
  if (found === undefined) return {};
  if (!isTagInVersion(Email.Categories, context.version)) noteOtherVersion(found, context);
  return { categories: categories.read(found, context) ?? [] };
}
