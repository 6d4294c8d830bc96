import { updateDeviceRecord } from "../state/device-record.js";
import { type HierarchyGeneration, updateHierarchy } from "../state/hierarchy-record.js";
import { FolderHierarchy } from "../wbxml/code-pages/folder-hierarchy.js";
import type { WbxmlElement } from "../wbxml/element.js";
import { childText } from "../wbxml/reading.js";
import { element, textElement } from "../wbxml/writing.js";
import type { Command, CommandContext } from "./command.js";
import { currentGeneration } from "./current-generation.js";
import { type TreeDelta, treeDelta } from "./folder-tree.js";
import { answerHierarchyKey, type HierarchyAnswer } from "./hierarchy-generations.js";
import { answeringUnavailable } from "./unavailable.js";

type FolderSyncRequest = { readonly kind: "sync"; readonly key: string } | { readonly kind: "malformed" };

/** Statuses of [MS-ASCMD] 2.2.3.177.5; a failure carries no key and no changes. */
type FolderSyncReply =
  | { readonly status: 1; readonly key: string; readonly delta: TreeDelta }
  /** 9: the key is unknown, start over; 10: malformed. */
  | { readonly status: 9 | 10 };

/** FolderSync ([MS-ASCMD] 2.2.1.5): tells a device which folders there are, or what changed among them since a key. */
export const folderSync: Command = {
  name: "FolderSync",
  rootTag: FolderHierarchy.FolderSync,
  statusTag: FolderHierarchy.Status,
  since: "12.1",
  needsPolicyKey: true,
  needsBody: true,
  run: answeringUnavailable(async (request, context) => ({
    kind: "document",
    document: encode(await reply(decode(request.document), context)),
  })),
};

function decode(document: WbxmlElement | undefined): FolderSyncRequest {
  if (document?.tag !== FolderHierarchy.FolderSync) return { kind: "malformed" };
  const key = childText(document, FolderHierarchy.SyncKey);
  return key === undefined ? { kind: "malformed" } : { kind: "sync", key: key.trim() };
}

async function reply(request: FolderSyncRequest, context: CommandContext): Promise<FolderSyncReply> {
  if (request.kind === "malformed") return { status: 10 };
  const { device, state } = context;
  const current = await currentGeneration(context);
  const answer = await updateHierarchy<HierarchyAnswer>(state, device.user, device.id, (record) => {
    const result = answerHierarchyKey(record, request.key, current);
    // A login test repeats key "0" for ever: it writes only when there is something new to remember.
    if (result.kind === "unknown-key" || JSON.stringify(result.record) === JSON.stringify(record))
      return { result };
    return { result, write: result.record };
  });
  if (answer.kind === "unknown-key") {
    if (answer.isForgotten) await noteForgotten(context);
    return { status: 9 };
  }
  // What other requests of this device wait for was computed with the tree that it had before.
  if (answer.after.key === current.key) context.supersedeHeld();
  return { status: 1, key: answer.after.key, delta: treeDelta(answer.before, answer.after.folders) };
}

/** What was known of the device is lost: it may go on with folders that it has synced, and is to be told that it must sync them anew. */
function noteForgotten({ state, device }: CommandContext): Promise<void> {
  return updateDeviceRecord(state, device.user, device.id, (record) =>
    record.wasForgotten === true
      ? { result: undefined }
      : { result: undefined, write: { ...record, wasForgotten: true } },
  );
}

function encode(answer: FolderSyncReply): WbxmlElement {
  if (answer.status !== 1) {
    return element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.Status, answer.status)]);
  }
  const { added, updated, deleted } = answer.delta;
  return element(FolderHierarchy.FolderSync, [
    textElement(FolderHierarchy.Status, answer.status),
    textElement(FolderHierarchy.SyncKey, answer.key),
    element(FolderHierarchy.Changes, [
      textElement(FolderHierarchy.Count, added.length + updated.length + deleted.length),
      ...updated.map((folder) => folderElement(FolderHierarchy.Update, folder)),
      ...deleted.map((id) => element(FolderHierarchy.Delete, [textElement(FolderHierarchy.ServerId, id)])),
      ...added.map((folder) => folderElement(FolderHierarchy.Add, folder)),
    ]),
  ]);
}

function folderElement(tag: number, folder: HierarchyGeneration["folders"][number]): WbxmlElement {
  return element(tag, [
    textElement(FolderHierarchy.ServerId, folder.id),
    textElement(FolderHierarchy.ParentId, folder.parentId),
    textElement(FolderHierarchy.DisplayName, folder.name),
    textElement(FolderHierarchy.Type, folder.type),
  ]);
}
