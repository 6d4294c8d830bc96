import { readBodyPreferences } from "../../application-data/index.js";
import type { BodyPreference } from "../../mailbox/mailbox.js";
import type { ProtocolVersion } from "../../protocol/version.js";
import type { CollectionSettings } from "../../sync-state/collection-settings.js";
import { AirSync, childInteger, children, childText, type WbxmlElement } from "../../wbxml/index.js";

/** What an Options element sets: all of it, for what it does not state falls back to the default ([MS-ASCMD] 2.2.3.125.6). */
export type CollectionOptions = Omit<CollectionSettings, "supported">;

/** The Options of a collection, or the Status of the whole Sync. */
export type ReadOptions =
  | { readonly kind: "options"; readonly options: CollectionOptions | undefined }
  | { readonly kind: "invalid"; readonly status: 4 | 6 | 164 };

/** MIMETruncation in bytes ([MS-ASCMD] 2.2.3.111); 8 and absent: all. */
const mimeTruncationBytes = [0, 4_096, 5_120, 7_168, 10_240, 20_480, 51_200, 102_400];

/**
 * Reads the Options of a Collection. Two are allowed when one of them is for SMS, which is not synchronised here ([MS-ASCMD] 2.2.3.27.6).
 */
export function readOptions(collection: WbxmlElement, version: ProtocolVersion): ReadOptions {
  const all = children(collection, AirSync.Options);
  const blocks = all.filter((block) => childText(block, AirSync.Class)?.toLowerCase() !== "sms");
  if (blocks.length > 1 || all.length - blocks.length > 1) return { kind: "invalid", status: 4 };
  const [block] = blocks;
  return block === undefined ? { kind: "options", options: undefined } : readBlock(block, version);
}

function readBlock(block: WbxmlElement, version: ProtocolVersion): ReadOptions {
  const filterType = optionValue(block, AirSync.FilterType, 0, 8);
  const conflict = optionValue(block, AirSync.Conflict, 1, 1);
  const mimeSupport = optionValue(block, AirSync.MIMESupport, 0, 2);
  const mimeTruncation = optionValue(block, AirSync.MIMETruncation, 8, 8);
  const truncation = optionValue(block, AirSync.Truncation, 9, 9);
  if ([filterType, conflict, mimeSupport, mimeTruncation, truncation].includes(undefined)) {
    return { kind: "invalid", status: 4 };
  }
  const read = readBodyPreferences(block, version);
  if (read.kind === "invalid") return { kind: "invalid", status: read.syncStatus };
  return {
    kind: "options",
    options: {
      filterType: filterType ?? 0,
      conflict: conflict === 0 ? "client-wins" : "server-wins",
      mimeSupport: mimeSupport === 1 || mimeSupport === 2 ? mimeSupport : 0,
      bodyPart: read.bodyPart,
      bodies: read.bodies.map((body) => withMimeTruncation(body, mimeTruncationBytes[mimeTruncation ?? 8])),
    },
  };
}

/** Undefined when it is there and no number from 0 to `maximum`. The first of several counts, as with Exchange. */
function optionValue(block: WbxmlElement, tag: number, absent: number, maximum: number): number | undefined {
  const content = childInteger(block, tag);
  if (content === undefined) return absent;
  if (content.kind === "invalid") return content.text === "" ? absent : undefined;
  return content.value >= 0 && content.value <= maximum ? content.value : undefined;
}

function withMimeTruncation(body: BodyPreference, truncationBytes: number | undefined): BodyPreference {
  if (body.type !== "mime" || truncationBytes === undefined || body.truncationBytes !== undefined)
    return body;
  return { ...body, truncationBytes };
}
