import { isAtLeast, type ProtocolVersion } from "../../protocol/version.js";
import {
  AirSync,
  AirSyncBase,
  child,
  childElements,
  childFlag,
  childInteger,
  children,
  childText,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { asksForLater } from "../later-elements.js";
import { readOptions } from "./collection-options.js";
import type { ClientCommand, CollectionRequest, SyncInterval, SyncRequest } from "./request.js";

const refusedAsProtocolError = { kind: "refused", status: 4 } as const;
const defaultWindowSize = 100;
/** Also what 0 and anything above stand for ([MS-ASCMD] 2.2.3.199). */
const maxWindowSize = 512;

/** Reads a Sync request ([MS-ASCMD] 2.2.1.21). The order of elements is free, and unknown ones are ignored. */
export function decodeSync(document: WbxmlElement | undefined, version: ProtocolVersion): SyncRequest {
  if (document === undefined) return { kind: "empty" };
  if (document.tag !== AirSync.Sync || asksForLater(document, version)) return refusedAsProtocolError;
  const list = child(document, AirSync.Collections);
  const interval = readInterval(document);
  if (interval === "both") return refusedAsProtocolError;
  const stated = childInteger(document, AirSync.WindowSize);
  const windowSize = stated === undefined ? undefined : windowSizeOf(stated, maxWindowSize);
  const isPartial = child(document, AirSync.Partial) !== undefined;
  if (list === undefined && (!isPartial || (interval === undefined && windowSize === undefined))) {
    return refusedAsProtocolError;
  }
  const collections: CollectionRequest[] = [];
  for (const element of children(list, AirSync.Collection)) {
    const collection = readCollection(element, version);
    if (typeof collection === "number") return { kind: "refused", status: collection };
    if (collections.some(({ collectionId }) => collectionId === collection.collectionId))
      return refusedAsProtocolError;
    collections.push(collection);
  }
  // Some devices send an empty list with an interval and mean the folders of last time.
  const kind = isPartial || (collections.length === 0 && interval !== undefined) ? "partial" : "full";
  if (kind === "full" && collections.length === 0) return refusedAsProtocolError;
  return { kind, collections, interval, windowSize };
}

function readInterval(document: WbxmlElement): SyncInterval | "both" | undefined {
  const wait = childInteger(document, AirSync.Wait);
  const heartbeat = childInteger(document, AirSync.HeartbeatInterval);
  if (wait !== undefined && heartbeat !== undefined) return "both";
  const content = wait ?? heartbeat;
  if (content === undefined) return undefined;
  return {
    unit: wait === undefined ? "seconds" : "minutes",
    value: content.kind === "integer" ? content.value : Number.NaN,
  };
}

/** The collection, or the Status of the whole Sync. */
function readCollection(element: WbxmlElement, version: ProtocolVersion): CollectionRequest | 4 | 6 | 164 {
  const collectionId = childText(element, AirSync.CollectionId);
  const syncKey = childText(element, AirSync.SyncKey);
  if (!collectionId || !syncKey) return 4;
  const read = readOptions(element, version);
  if (read.kind === "invalid") return read.status;
  const commands: ClientCommand[] = [];
  for (const command of childElements(child(element, AirSync.Commands))) {
    const known = readCommand(command);
    if (known === "invalid") return 4;
    if (known !== undefined) commands.push(known);
  }
  const supported = child(element, AirSync.Supported);
  const windowSize = childInteger(element, AirSync.WindowSize);
  return {
    collectionId,
    syncKey,
    windowSize: windowSize === undefined ? defaultWindowSize : windowSizeOf(windowSize, defaultWindowSize),
    getChanges: childFlag(element, AirSync.GetChanges),
    deletesAsMoves: childFlag(element, AirSync.DeletesAsMoves) ?? true,
    conversationMode: isAtLeast(version, "14.0") && childFlag(element, AirSync.ConversationMode) === true,
    options: read.options,
    supported: supported === undefined ? undefined : childElements(supported).map(({ tag }) => tag),
    commands,
  };
}

function windowSizeOf(
  content: Exclude<ReturnType<typeof childInteger>, undefined>,
  unreadable: number,
): number {
  if (content.kind === "invalid") return unreadable;
  return content.value < 1 || content.value > maxWindowSize ? maxWindowSize : content.value;
}

/** Undefined for an element that is no command. */
function readCommand(element: WbxmlElement): ClientCommand | "invalid" | undefined {
  const applicationData = child(element, AirSync.ApplicationData);
  if (element.tag === AirSync.Add) {
    const clientId = childText(element, AirSync.ClientId);
    const isSms = childText(element, AirSync.Class)?.toLowerCase() === "sms";
    return clientId ? { kind: "add", clientId, applicationData, isSms, element } : "invalid";
  }
  // BlackBerry sends empty ids: no such item, and no reason to refuse the whole request.
  const serverId = childText(element, AirSync.ServerId);
  const instanceId = childText(element, AirSyncBase.InstanceId);
  switch (element.tag) {
    case AirSync.Change:
      return serverId === undefined
        ? "invalid"
        : { kind: "change", serverId, applicationData, instanceId, element };
    case AirSync.Delete:
      return serverId === undefined ? "invalid" : { kind: "delete", serverId, instanceId, element };
    case AirSync.Fetch:
      return serverId === undefined ? "invalid" : { kind: "fetch", serverId, element };
    default:
      return undefined;
  }
}
