import { folderWritingOf, type MailboxFolderWriting } from "../mailbox/abilities/folder-writing.js";
import type { MailboxFolder } from "../mailbox/folder.js";
import { CommonStatus } from "../protocol/status.js";
import { newSyncKey } from "../protocol/sync-key.js";
import { HIERARCHY } from "../push/mailbox-change-source.js";
import { type HierarchyGeneration, readHierarchy, updateHierarchy } from "../state/hierarchy-record.js";
import { inTurn } from "../sync-state/collection-turns.js";
import { FolderHierarchy } from "../wbxml/code-pages/folder-hierarchy.js";
import type { WbxmlElement } from "../wbxml/element.js";
import { childText } from "../wbxml/reading.js";
import { element, textElement } from "../wbxml/writing.js";
import type { Command, CommandContext, CommandOutcome } from "./command.js";
import { currentGeneration } from "./current-generation.js";
import { isSameTree } from "./folder-tree.js";
import { FolderStatus, type FolderWriteResult, refused } from "./folder-write-result.js";
import { presentedGeneration, withOwnGeneration } from "./hierarchy-generations.js";
import { answeringUnavailable } from "./unavailable.js";

/** What a change of the tree is made with. */
export interface FolderWriteContext {
  readonly context: CommandContext;
  readonly writing: MailboxFolderWriting;
  /** The present tree. */
  readonly folders: readonly MailboxFolder[];
  readonly syncKey: string;
}

/** A request to change the tree, its key aside. */
interface FolderWrite {
  /** All that it says, as text: equal for a repeat. */
  readonly request: string;
  /** Does it. Throws what the mailbox throws. */
  run(work: FolderWriteContext): Promise<FolderWriteResult>;
}

/** What one of FolderCreate, FolderUpdate and FolderDelete is beyond what they share. */
interface FolderCommandParts {
  readonly name: string;
  readonly rootTag: number;
  /** Whether the answer names the folder. */
  readonly tellsId: boolean;
  /** Undefined for a request that the schema does not allow. */
  decode(document: WbxmlElement, context: CommandContext): FolderWrite | undefined;
}

/**
 * A command that changes the folder tree. It takes and gives keys of FolderSync ([MS-ASCMD] 2.2.3.181.1): the tree behind the new one is that of
 * the old one with this change, so that the change does not come back to the device, and those of others still do.
 */
export function folderCommand(parts: FolderCommandParts): Command {
  return {
    name: parts.name,
    rootTag: parts.rootTag,
    statusTag: FolderHierarchy.Status,
    since: "12.1",
    needsPolicyKey: true,
    needsBody: true,
    supportedBy: (mailbox) => folderWritingOf(mailbox) !== undefined,
    run: answeringUnavailable(({ document }, context) => answer(document, parts, context)),
  };
}

async function answer(
  document: WbxmlElement | undefined,
  { rootTag, tellsId, decode }: FolderCommandParts,
  context: CommandContext,
): Promise<CommandOutcome> {
  const syncKey = childText(document, FolderHierarchy.SyncKey)?.trim();
  const write = document?.tag === rootTag ? decode(document, context) : undefined;
  const reply =
    syncKey === undefined || write === undefined
      ? refused(FolderStatus.Malformed)
      : await writeOnce(syncKey, write, context);
  if (reply.kind === "common-status") return reply;
  const status = reply.kind === "refused" ? reply.status : FolderStatus.Success;
  const children = [textElement(FolderHierarchy.Status, status)];
  if (reply.kind === "done") {
    children.push(textElement(FolderHierarchy.SyncKey, reply.key));
    if (tellsId) children.push(textElement(FolderHierarchy.ServerId, reply.folderId));
  }
  return { kind: "document", document: element(rootTag, children) };
}

type FolderWriteReply =
  | { readonly kind: "done"; readonly key: string; readonly folderId: string }
  | Exclude<FolderWriteResult, { readonly kind: "written" }>;

/** Alone among what this device asks about its tree: a held request of its own looks at the tree when this is over. */
async function writeOnce(
  syncKey: string,
  write: FolderWrite,
  context: CommandContext,
): Promise<FolderWriteReply> {
  const { device, state, mailbox, mailboxRef } = context;
  const writing = folderWritingOf(mailbox);
  if (writing === undefined) return { kind: "common-status", status: CommonStatus.CommandNotSupported };
  return inTurn(state, [device.user, device.id, HIERARCHY], async () => {
    const found = presentedGeneration(await readHierarchy(state, device.user, device.id), syncKey);
    if (found === undefined) return refused(FolderStatus.InvalidSyncKey);
    const earlier = repeated(found.later, write.request);
    if (earlier?.change !== undefined) return answerAgain(syncKey, earlier, earlier.change.folderId, context);
    const folders = await mailbox.folders(mailboxRef);
    const result = await write.run({ context, writing, folders, syncKey });
    return result.kind === "written" ? keep(syncKey, write.request, result, context) : result;
  });
}

/** What the request was answered before, unless a later request of the device was about the same folder. */
function repeated(later: readonly HierarchyGeneration[], request: string): HierarchyGeneration | undefined {
  const at = later.findLastIndex(({ change }) => change?.request === request);
  const folderId = later[at]?.change?.folderId;
  return later.slice(at + 1).some(({ change }) => change?.folderId === folderId) ? undefined : later[at];
}

/** The tree of the answer is again the last that the device was given: a Ping compares with that. */
async function answerAgain(
  syncKey: string,
  earlier: HierarchyGeneration,
  folderId: string,
  { device, state }: CommandContext,
): Promise<FolderWriteReply> {
  return updateHierarchy<FolderWriteReply>(state, device.user, device.id, (record) => {
    const found = presentedGeneration(record, syncKey);
    if (found === undefined) return { result: refused(FolderStatus.InvalidSyncKey) };
    const result: FolderWriteReply = { kind: "done", key: earlier.key, folderId };
    if (found.later.at(-1)?.key === earlier.key) return { result };
    const later = found.later.filter(({ key }) => key !== earlier.key);
    return { result, write: withOwnGeneration({ ...found, later }, earlier) };
  });
}

async function keep(
  syncKey: string,
  request: string,
  { folderId, change }: Extract<FolderWriteResult, { readonly kind: "written" }>,
  context: CommandContext,
): Promise<FolderWriteReply> {
  const { device, state } = context;
  // The change is made: that the mailbox cannot be asked again must not hide it.
  const present = await currentGeneration(context).catch(() => undefined);
  const key = present?.key ?? newSyncKey();
  return updateHierarchy<FolderWriteReply>(state, device.user, device.id, (record) => {
    const found = presentedGeneration(record, syncKey);
    if (found === undefined) return { result: refused(FolderStatus.InvalidSyncKey) };
    const folders = change(found.presented.folders);
    const isPresent = present?.marker !== undefined && isSameTree(folders, present.folders);
    const own: HierarchyGeneration = {
      key,
      folders,
      version: device.version,
      ...(isPresent && { marker: present.marker }),
      change: { request, folderId },
    };
    return { result: { kind: "done", key, folderId }, write: withOwnGeneration(found, own) };
  });
}
