import {
  applyChange,
  changesAttachments,
  leavesParts,
  parseEmailFlags,
} from "../../application-data/index.js";
import type { WbxmlElement } from "../../wbxml/index.js";
import { changeDraft, isSent } from "./apply-draft.js";
import { applyFlags } from "./apply-flags.js";
import { changeOccurrence } from "./apply-occurrence.js";
import type { CollectionWork, CommandResult } from "./collection-work.js";
import { commandToken } from "./command-hash.js";
import { draftDesk } from "./compose-draft.js";
import { rejected, replaceItem } from "./replace-item.js";
import type { ClientCommand } from "./request.js";
import { SyncStatus } from "./status.js";

type Change = Extract<ClientCommand, { kind: "change" }>;

/** Works a device's Change into an item ([MS-ASCMD] 2.2.3.24). */
export async function applyItemChange(command: Change, work: CollectionWork): Promise<CommandResult> {
  const { serverId, applicationData, instanceId } = command;
  if (serverId === "") return { status: SyncStatus.ObjectNotFound };
  if (work.session.itemClass === "Email" && instanceId === undefined) return changeMail(command, work);
  // Nothing but a draft can be sent, and nothing may look as if it was.
  if (applicationData === undefined || isSent(command)) return rejected(SyncStatus.InvalidItem);
  const token = commandToken(command.element, work);
  if (instanceId !== undefined) return changeOccurrence(serverId, instanceId, applicationData, token, work);
  return changeWhole(serverId, applicationData, token, work);
}

/** Flags of any mail; of a draft all that a user writes. */
async function changeMail(command: Change, work: CollectionWork): Promise<CommandResult> {
  const { serverId, applicationData } = command;
  const flags =
    applicationData === undefined ? undefined : parseEmailFlags(applicationData, work.context.device.version);
  if (flags?.kind === "update" && !isSent(command)) return applyFlags(serverId, flags.update, work);
  const desk = await draftDesk(work);
  if (desk !== undefined) return changeDraft(command, serverId, false, desk, work);
  const { mailbox, mailboxRef } = work.context;
  const isThere =
    (await mailbox.itemVersion(mailboxRef, work.collection.collectionId, serverId)) !== undefined;
  return rejected(isThere ? SyncStatus.InvalidItem : SyncStatus.ObjectNotFound);
}

async function changeWhole(
  serverId: string,
  applicationData: WbxmlElement,
  token: string,
  work: CollectionWork,
): Promise<CommandResult> {
  const { device, clock } = work.context;
  const { supported } = work.settings;
  const changeContext = { version: device.version, nowMs: clock.now(), supported };
  return replaceItem(
    serverId,
    {
      apply: (stored) => applyChange(stored, applicationData, changeContext),
      leavesParts: (stored) => leavesParts(stored, applicationData, changeContext),
      asksForMore: changesAttachments(applicationData),
      winsConflicts: false,
      token,
    },
    work,
  );
}
