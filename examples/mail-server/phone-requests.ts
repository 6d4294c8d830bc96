import {
  AirSync,
  AirSyncBase,
  element,
  emptyElement,
  FolderHierarchy,
  Ping,
  Provision,
  Settings,
  textElement,
  type WbxmlElement,
} from "direct-push/wbxml";

/** Asks for the whole folder tree, or for what changed in it. */
export function folderSyncRequest(syncKey: string): WbxmlElement {
  return element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, syncKey)]);
}

/** Begins with a folder (key "0"), or asks for what changed in it. */
export function syncRequest(collectionId: string, syncKey: string): WbxmlElement {
  const start = [textElement(AirSync.SyncKey, syncKey), textElement(AirSync.CollectionId, collectionId)];
  const wanted = [
    emptyElement(AirSync.GetChanges),
    textElement(AirSync.WindowSize, 50),
    element(AirSync.Options, [
      element(AirSyncBase.BodyPreference, [
        textElement(AirSyncBase.Type, 1),
        textElement(AirSyncBase.TruncationSize, 512),
      ]),
    ]),
  ];
  return element(AirSync.Sync, [
    element(AirSync.Collections, [
      element(AirSync.Collection, syncKey === "0" ? start : [...start, ...wanted]),
    ]),
  ]);
}

/** Asks to be told of changes in these folders. */
export function pingRequest(heartbeatSeconds: number, folders: readonly string[]): WbxmlElement {
  return element(Ping.Ping, [
    textElement(Ping.HeartbeatInterval, heartbeatSeconds),
    element(
      Ping.Folders,
      folders.map((id) => element(Ping.Folder, [textElement(Ping.Id, id), textElement(Ping.Class, "Email")])),
    ),
  ]);
}

/** Asks for the policy. */
export function provisionRequest(): WbxmlElement {
  return element(Provision.Provision, [
    element(Settings.DeviceInformation, [
      element(Settings.Set, [
        textElement(Settings.Model, "Simulated phone"),
        textElement(Settings.OS, "Demo"),
      ]),
    ]),
    element(Provision.Policies, [
      element(Provision.Policy, [textElement(Provision.PolicyType, "MS-EAS-Provisioning-WBXML")]),
    ]),
  ]);
}

/** Says that the policy was applied. */
export function provisionAcknowledgement(policyKey: string): WbxmlElement {
  return element(Provision.Provision, [
    element(Provision.Policies, [
      element(Provision.Policy, [
        textElement(Provision.PolicyType, "MS-EAS-Provisioning-WBXML"),
        textElement(Provision.PolicyKey, policyKey),
        textElement(Provision.Status, 1),
      ]),
    ]),
  ]);
}
