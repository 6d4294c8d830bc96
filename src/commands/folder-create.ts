import type { FolderWish } from "../mailbox/abilities/folder-writing.js";
import { folderTypes } from "../protocol/folder-type.js";
import { isAtLeast } from "../protocol/version.js";
import { FolderHierarchy } from "../wbxml/code-pages/folder-hierarchy.js";
import { childInteger } from "../wbxml/reading.js";
import type { Command, CommandContext } from "./command.js";
import { type FolderPlace, mailboxPlace, parentRefusal, readPlace } from "./folder-place.js";
import { toldFolders } from "./folder-tree.js";
import { type FolderWriteContext, folderCommand } from "./folder-write.js";
import { FolderStatus, type FolderWriteResult, folderWriteRefused, refused } from "./folder-write-result.js";

type CreatableKind = FolderWish["kind"];

/** Types that a device may ask for ([MS-ASCMD] 2.2.3.186.2). Journals (16) have no class; the default kinds are there already. */
const creatableKinds: ReadonlyMap<number, CreatableKind> = new Map<number, CreatableKind>([
  [1, "user-mail"],
  ...(["user-mail", "user-calendar", "user-contacts", "user-tasks", "user-notes"] as const).map(
    (kind) => [folderTypes[kind].type, kind] as const,
  ),
]);

/** FolderCreate ([MS-ASCMD] 2.2.1.3): makes a folder. */
export const folderCreate: Command = folderCommand({
  name: "FolderCreate",
  rootTag: FolderHierarchy.FolderCreate,
  tellsId: true,
  decode(document, context) {
    const place = readPlace(document);
    const type = childInteger(document, FolderHierarchy.Type);
    if (place === undefined || type?.kind !== "integer") return undefined;
    const wanted = wantedKind(type.value, context);
    if (wanted === undefined) return undefined;
    return {
      request: JSON.stringify(["FolderCreate", place.parentId, place.name, type.value]),
      run: (work) => create(wanted, place, work),
    };
  },
});

/** Undefined for a Type that no request may have. */
function wantedKind(type: number, { device }: CommandContext): CreatableKind | "recipient-cache" | undefined {
  const kind = type === folderTypes["recipient-cache"].type ? "recipient-cache" : creatableKinds.get(type);
  return kind !== undefined && isAtLeast(device.version, folderTypes[kind].since) ? kind : undefined;
}

async function create(
  kind: CreatableKind | "recipient-cache",
  place: FolderPlace,
  { context, writing, folders, syncKey }: FolderWriteContext,
): Promise<FolderWriteResult> {
  if (kind === "recipient-cache") return refused(FolderStatus.SpecialFolder);
  const refusal = parentRefusal(place.parentId, folders);
  if (refusal !== undefined) return refusal;
  const { device, mailboxRef } = context;
  const wish = { ...mailboxPlace(place), kind };
  // The key makes it another creation when the user makes a folder of the same name once more.
  const token = JSON.stringify([device.user, device.id, syncKey, wish]);
  const created = await writing.addFolder(mailboxRef, wish, token);
  if (created.kind !== "created") return folderWriteRefused(created, FolderStatus.SpecialFolder);
  const { id } = created;
  const isTold = toldFolders([{ ...wish, id }], device.version).length > 0;
  if (!isTold) return refused(FolderStatus.ServerError);
  const known = { id, ...place, type: folderTypes[kind].type };
  return {
    kind: "written",
    folderId: id,
    change: (tree) => [...tree.filter((folder) => folder.id !== id), known],
  };
}
