import {
  AirSync,
  AirSyncBase,
  element,
  optionalText,
  textElement,
  type WbxmlElement,
} from "../../wbxml/index.js";
import type { CommandResult } from "./collection-work.js";
import type { ClientCommand } from "./request.js";
import { SyncStatus } from "./status.js";

/** A command that changes something. */
export type WritingCommand = Exclude<ClientCommand, { kind: "fetch" }>;

/**
 * What a command is answered with. Undefined: a Change or Delete that succeeded is answered by silence ([MS-ASCMD] 2.2.3.7.2), one of an occurrence too, unless there is something to
 * tell about it.
 */
export function responseTo(command: WritingCommand, result: CommandResult): WbxmlElement | undefined {
  const status = textElement(AirSync.Status, result.status);
  const data = result.data && element(AirSync.ApplicationData, result.data);
  if (command.kind === "add") {
    return element(AirSync.Add, [
      textElement(AirSync.ClientId, command.clientId),
      optionalText(AirSync.ServerId, result.status === SyncStatus.Success ? result.serverId : undefined),
      status,
      data,
    ]);
  }
  if (result.status === SyncStatus.Success && data === undefined) return undefined;
  const tag = command.kind === "change" ? AirSync.Change : AirSync.Delete;
  // Names the occurrence as well: several commands may be about one series ([MS-ASAIRS] 2.2.2.25).
  const { serverId, instanceId } = command;
  return element(tag, [
    textElement(AirSync.ServerId, serverId),
    optionalText(AirSyncBase.InstanceId, instanceId),
    status,
    data,
  ]);
}
