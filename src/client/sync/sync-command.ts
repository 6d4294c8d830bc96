import { AirSync, Email, element, optionalText, textElement, type WbxmlElement } from "../../wbxml/index.js";

/** A change that the device makes to a folder ([MS-ASCMD] 2.2.1.21, Commands). */
export type SyncCommand =
  /** A new item; `clientId` is the device's name for it until the server gives its own: 1 to 64 characters, used once. */
  | { readonly kind: "add"; readonly clientId: string; readonly data: readonly WbxmlElement[] }
  /** For mails, Read and Flag may stand alone; for other classes, what is left out may be deleted ([MS-ASCMD] 2.2.3.24). */
  | { readonly kind: "change"; readonly serverId: string; readonly data: readonly WbxmlElement[] }
  | { readonly kind: "delete"; readonly serverId: string }
  /** Asks for a mail in full, in `responses`. */
  | { readonly kind: "fetch"; readonly serverId: string };

/** Marks a mail as read or unread. */
export function readChange(serverId: string, isRead: boolean): SyncCommand {
  return { kind: "change", serverId, data: [textElement(Email.Read, isRead)] };
}

/** Sets or removes the follow-up flag of a mail ([MS-ASEMAIL] 2.2.2.34). */
export function flagChange(serverId: string, isFlagged: boolean): SyncCommand {
  const children = isFlagged
    ? [textElement(Email.Status, 2), textElement(Email.FlagType, "for Follow Up")]
    : [];
  return { kind: "change", serverId, data: [element(Email.Flag, children)] };
}

/** A command as it is sent. */
export function commandElement(command: SyncCommand): WbxmlElement {
  switch (command.kind) {
    case "add":
      return element(AirSync.Add, [
        textElement(AirSync.ClientId, command.clientId),
        element(AirSync.ApplicationData, command.data),
      ]);
    case "change":
      return element(AirSync.Change, [
        optionalText(AirSync.ServerId, command.serverId),
        element(AirSync.ApplicationData, command.data),
      ]);
    case "delete":
      return element(AirSync.Delete, [textElement(AirSync.ServerId, command.serverId)]);
    case "fetch":
      return element(AirSync.Fetch, [textElement(AirSync.ServerId, command.serverId)]);
  }
}
