import type { PingCacheFolder } from "../state/device-record.js";
import { Ping } from "../wbxml/code-pages/ping.js";
import type { WbxmlElement } from "../wbxml/element.js";
import { child, children, childText, text } from "../wbxml/reading.js";

/** A Ping as it was sent ([MS-ASCMD] 2.2.1.13). */
export type PingRequest =
  /** No body: everything as in the Ping before. */
  | { readonly kind: "empty" }
  | { readonly kind: "malformed" }
  | {
      readonly kind: "parameters";
      /** Undefined: as in the Ping before. */
      readonly heartbeatSeconds: number | undefined;
      /** Undefined: as in the Ping before. Each id once, at least one. */
      readonly folders: readonly PingCacheFolder[] | undefined;
    };

const wholeNumber = /^[+-]?[0-9]+$/;
/** Far above every bound: numbers beyond it are refused like it, not mistaken for a syntax error. */
const hugeSeconds = 1_000_000_000;

/**
 * Reads a Ping, liberally: children in any order, unknown ones skipped, Class not needed (the folder's id decides), an id that is listed
 * twice counts once. The specification gives Status 4 for the last ([MS-ASCMD] 2.2.3.90), but no test of it asks for that, and devices
 * answer 4 with the same request at once.
 */
export function decodePing(document: WbxmlElement | undefined): PingRequest {
  if (document === undefined) return { kind: "empty" };
  if (document.tag !== Ping.Ping) return { kind: "malformed" };
  const heartbeat = child(document, Ping.HeartbeatInterval);
  const list = child(document, Ping.Folders);
  if (heartbeat === undefined && list === undefined) return { kind: "malformed" };
  const heartbeatSeconds = heartbeat === undefined ? undefined : decodeSeconds(heartbeat);
  const folders = list === undefined ? undefined : decodeFolders(list);
  if (heartbeatSeconds === "malformed" || folders === "malformed") return { kind: "malformed" };
  return { kind: "parameters", heartbeatSeconds, folders };
}

function decodeSeconds(heartbeat: WbxmlElement): number | "malformed" {
  const written = (text(heartbeat) ?? "").trim();
  if (!wholeNumber.test(written)) return "malformed";
  return Math.max(-hugeSeconds, Math.min(hugeSeconds, Number(written)));
}

function decodeFolders(list: WbxmlElement): readonly PingCacheFolder[] | "malformed" {
  const folders = new Map<string, PingCacheFolder>();
  for (const folder of children(list, Ping.Folder)) {
    const id = childText(folder, Ping.Id);
    if (id === undefined || id === "") return "malformed";
    folders.set(id, { id, class: childText(folder, Ping.Class) ?? "" });
  }
  return folders.size === 0 ? "malformed" : [...folders.values()];
}
