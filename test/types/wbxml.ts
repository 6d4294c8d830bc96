/** Compiled, never run: the codec and the replies that must not exist. */
import { decode, element, encode, Ping, type Tag, textElement, type WbxmlElement } from "direct-push/wbxml";
import type { PingReply } from "../../src/commands/ping-reply.js";

const document: WbxmlElement = element(Ping.Ping, [textElement(Ping.Status, "1"), undefined]);
export const bytes: Uint8Array = encode(document);
export const tag: Tag = decode(bytes, { maxDepth: 8 }).tag;

// @ts-expect-error documents are not changed in place
document.tag = Ping.Status;

// @ts-expect-error text is no document
encode("Ping");

// @ts-expect-error a limit that does not exist
decode(bytes, { maxLength: 8 });

// @ts-expect-error the page has no such tag
void Ping.SyncKey;

export const replies: readonly PingReply[] = [
  { status: 1 },
  { status: 2, folders: ["inbox"] },
  { status: 5, heartbeatSeconds: 60 },
  { status: 6, maxFolders: 200 },
];

// @ts-expect-error Status 2 names at least one folder
export const nothing: PingReply = { status: 2, folders: [] };

// @ts-expect-error Status 5 says which interval is allowed
export const unbounded: PingReply = { status: 5 };

// @ts-expect-error Status 6 says how many folders are allowed
export const uncounted: PingReply = { status: 6 };

// @ts-expect-error there are eight statuses
export const unknown: PingReply = { status: 9 };
