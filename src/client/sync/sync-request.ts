import { initialSyncKey } from "../../protocol/sync-key.js";
import {
  AirSync,
  AirSyncBase,
  element,
  optionalElement,
  optionalText,
  textElement,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { commandElement, type SyncCommand } from "./sync-command.js";

/** How much of a folder a device wants ([MS-ASCMD] 2.2.3.125.6). */
export interface SyncOptions {
  /** FilterType: 0 all, 1 to 5 one day to one month of mail, 4 to 7 two weeks to six months of calendar, 8 open tasks. Default: 0. */
  readonly filterType?: number;
  /** Default `text`; `mime` is for mail alone. */
  readonly body?: "text" | "html" | "mime";
  /** Bytes of each body, 0 or more; what is longer is cut off. Default 32,768. */
  readonly truncationBytes?: number;
  /** Most changes in one answer, 1 to 512. Default 100. */
  readonly windowSize?: number;
}

/** One folder of a Sync request. */
export interface RequestedCollection {
  readonly folder: string;
  /** `0` begins with the folder; nothing else is sent then. */
  readonly syncKey: string;
  readonly options: SyncOptions;
  readonly commands: readonly SyncCommand[];
}

/** A Sync request ([MS-ASCMD] 2.2.1.21), one that the server holds when `holdSeconds` are given (14.0 and later). */
export function syncRequest(
  collections: readonly RequestedCollection[],
  holdSeconds: number | undefined,
): WbxmlElement {
  return element(AirSync.Sync, [
    element(AirSync.Collections, collections.map(collectionElement)),
    optionalText(AirSync.HeartbeatInterval, holdSeconds),
  ]);
}

function collectionElement({ folder, syncKey, options, commands }: RequestedCollection): WbxmlElement {
  const start = [textElement(AirSync.SyncKey, syncKey), textElement(AirSync.CollectionId, folder)];
  if (syncKey === initialSyncKey) return element(AirSync.Collection, start);
  return element(AirSync.Collection, [
    ...start,
    textElement(AirSync.WindowSize, options.windowSize ?? 100),
    optionsElement(options),
    optionalElement(AirSync.Commands, commands.map(commandElement)),
  ]);
}

const bodyTypes = { text: 1, html: 2, mime: 4 } as const;

function optionsElement(options: SyncOptions): WbxmlElement {
  const { filterType, body = "text", truncationBytes = 32_768 } = options;
  return element(AirSync.Options, [
    optionalText(AirSync.FilterType, filterType),
    body === "mime" ? textElement(AirSync.MIMESupport, 2) : undefined,
    element(AirSyncBase.BodyPreference, [
      textElement(AirSyncBase.Type, bodyTypes[body]),
      textElement(AirSyncBase.TruncationSize, truncationBytes),
    ]),
  ]);
}
