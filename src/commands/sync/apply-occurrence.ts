import {
  applyOccurrenceChange,
  changesAttachments,
  type ParsedItem,
  removeOccurrence,
} from "../../application-data/index.js";
import type { CalendarItem } from "../../mailbox/items/calendar.js";
import { isAtLeast } from "../../protocol/version.js";
import type { WbxmlElement } from "../../wbxml/index.js";
import type { CollectionWork, CommandResult } from "./collection-work.js";
import { type ItemEdit, rejected, replaceItem } from "./replace-item.js";
import { SyncStatus } from "./status.js";

/**
 * Changes one occurrence of a series: from 16.0 on a device names it by the series' id and the occurrence's original start
 * ([MS-ASAIRS] 2.2.2.25). What the device omits stays as it is.
 */
export async function changeOccurrence(
  serverId: string,
  instanceId: string,
  applicationData: WbxmlElement,
  token: string,
  work: CollectionWork,
): Promise<CommandResult> {
  const { device, clock } = work.context;
  const context = { version: device.version, nowMs: clock.now() };
  const how = { winsConflicts: false, asksForMore: changesAttachments(applicationData), token };
  return editSeries(serverId, how, work, (series) =>
    applyOccurrenceChange(series, instanceId, applicationData, context),
  );
}

/** Removes one occurrence of a series; a deletion wins over what others changed ([MS-ASCMD] 2.2.3.34). */
export async function deleteOccurrence(
  serverId: string,
  instanceId: string,
  token: string,
  work: CollectionWork,
): Promise<CommandResult> {
  const how = { winsConflicts: true, asksForMore: false, token };
  return editSeries(serverId, how, work, (series) => removeOccurrence(series, instanceId));
}

async function editSeries(
  serverId: string,
  how: Pick<ItemEdit, "winsConflicts" | "asksForMore" | "token">,
  work: CollectionWork,
  apply: (series: CalendarItem) => ParsedItem,
): Promise<CommandResult> {
  if (!isAtLeast(work.context.device.version, "16.0")) return rejected(SyncStatus.InvalidItem);
  return replaceItem(
    serverId,
    {
      apply: (stored) =>
        stored.class === "Calendar"
          ? apply(stored)
          : { kind: "invalid", reason: `${stored.class} items have no occurrences` },
      leavesParts: () => true,
      ...how,
    },
    work,
  );
}
