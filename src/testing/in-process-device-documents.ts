import { isAtLeast, type ProtocolVersion } from "../protocol/version.js";
import {
  AirSync,
  child,
  childElements,
  children,
  childText,
  element,
  FolderHierarchy,
  optionalElement,
  optionalText,
  Ping,
  Provision,
  Settings,
  textElement,
  type WbxmlElement,
} from "../wbxml/index.js";
import type { DeviceAnswer } from "./in-process-exchange.js";

/** What a Ping asks for; what is undefined is left out. */
export interface PingWishes {
  readonly heartbeatSeconds?: number;
  /** Folder ids; their Class is sent as Email. */
  readonly folders?: readonly string[];
}

/** What a Sync of one folder asks for; what is undefined is left out. */
export interface DeviceSyncWishes {
  readonly windowSize?: number;
  readonly getChanges?: boolean;
  /** Children of the collection's Options. */
  readonly options?: readonly WbxmlElement[];
  /** Add, Change, Delete and Fetch elements. */
  readonly commands?: readonly WbxmlElement[];
  /** HeartbeatInterval. */
  readonly waitSeconds?: number;
}

/** One item of a Sync answer. */
export interface DeviceSyncItem {
  readonly serverId: string;
  /** Undefined for deletions. */
  readonly data: WbxmlElement | undefined;
}

/** What a Sync answered about one folder. */
export interface DeviceSyncResult {
  readonly answer: DeviceAnswer;
  /** Of the collection, or of the Sync where the collection has none; "1" for an empty answer. */
  readonly status: string | undefined;
  /** Undefined when the answer had none. */
  readonly syncKey: string | undefined;
  readonly added: readonly DeviceSyncItem[];
  readonly changed: readonly DeviceSyncItem[];
  /** Ids of what was deleted, or left the filter's window. */
  readonly deleted: readonly string[];
  readonly moreAvailable: boolean;
  /** The elements that answer the device's own commands. */
  readonly responses: readonly WbxmlElement[];
}

/** A Ping request ([MS-ASCMD] 2.2.1.13). */
export function pingRequest({ heartbeatSeconds, folders }: PingWishes): WbxmlElement {
  const listed = folders?.map((id) =>
    element(Ping.Folder, [textElement(Ping.Id, id), textElement(Ping.Class, "Email")]),
  );
  return element(Ping.Ping, [
    optionalText(Ping.HeartbeatInterval, heartbeatSeconds),
    listed && element(Ping.Folders, listed),
  ]);
}

/** A FolderSync request ([MS-ASCMD] 2.2.1.5). */
export function folderSyncRequest(syncKey: string): WbxmlElement {
  return element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, syncKey)]);
}

/** A Sync request of one collection ([MS-ASCMD] 2.2.1.21). */
export function syncRequest(collectionId: string, syncKey: string, wishes: DeviceSyncWishes): WbxmlElement {
  const { windowSize, getChanges, options = [], commands = [], waitSeconds } = wishes;
  const collection = element(AirSync.Collection, [
    textElement(AirSync.SyncKey, syncKey),
    textElement(AirSync.CollectionId, collectionId),
    optionalText(AirSync.GetChanges, getChanges),
    optionalText(AirSync.WindowSize, windowSize),
    optionalElement(AirSync.Options, options),
    optionalElement(AirSync.Commands, commands),
  ]);
  return element(AirSync.Sync, [
    element(AirSync.Collections, [collection]),
    optionalText(AirSync.HeartbeatInterval, waitSeconds),
  ]);
}

/** Finds a collection in a Sync answer. */
export function readSyncResult(answer: DeviceAnswer, collectionId: string): DeviceSyncResult {
  const collections = children(child(answer.document, AirSync.Collections), AirSync.Collection);
  const collection = collections.find((one) => childText(one, AirSync.CollectionId) === collectionId);
  const commands = child(collection, AirSync.Commands);
  const isEmpty = answer.status === 200 && answer.document === undefined;
  const items = (tag: number): DeviceSyncItem[] => children(commands, tag).map(readItem);
  return {
    answer,
    status: isEmpty
      ? "1"
      : (childText(collection, AirSync.Status) ?? childText(answer.document, AirSync.Status)),
    syncKey: childText(collection, AirSync.SyncKey),
    added: items(AirSync.Add),
    changed: items(AirSync.Change),
    deleted: [...items(AirSync.Delete), ...items(AirSync.SoftDelete)].map(({ serverId }) => serverId),
    moreAvailable: child(collection, AirSync.MoreAvailable) !== undefined,
    responses: childElements(child(collection, AirSync.Responses)),
  };
}

function readItem(item: WbxmlElement): DeviceSyncItem {
  return {
    serverId: childText(item, AirSync.ServerId) ?? "",
    data: child(item, AirSync.ApplicationData),
  };
}

/** The first request of Provision ([MS-ASPROV] 3.1.5.1.1): with DeviceInformation from 14.1 on. */
export function provisionRequest(
  version: ProtocolVersion,
  device: { readonly deviceType: string; readonly userAgent: string },
): WbxmlElement {
  const set = element(Settings.Set, [
    textElement(Settings.Model, device.deviceType),
    textElement(Settings.UserAgent, device.userAgent),
  ]);
  return element(Provision.Provision, [
    isAtLeast(version, "14.1") ? element(Settings.DeviceInformation, [set]) : undefined,
    element(Provision.Policies, [
      element(Provision.Policy, [textElement(Provision.PolicyType, "MS-EAS-Provisioning-WBXML")]),
    ]),
  ]);
}

/** The acknowledgement of a policy that is applied in full ([MS-ASPROV] 3.1.5.1.2). */
export function provisionAcknowledgement(temporaryKey: number): WbxmlElement {
  return element(Provision.Provision, [
    element(Provision.Policies, [
      element(Provision.Policy, [
        textElement(Provision.PolicyType, "MS-EAS-Provisioning-WBXML"),
        textElement(Provision.PolicyKey, temporaryKey),
        textElement(Provision.Status, 1),
      ]),
    ]),
  ]);
}

/** The policy key of a Provision answer; undefined when there is none. */
export function readPolicyKey(document: WbxmlElement | undefined): number | undefined {
  const policy = child(child(document, Provision.Policies), Provision.Policy);
  const key = childText(policy, Provision.PolicyKey);
  return key === undefined ? undefined : Number(key);
}
