import { RecentNotes } from "../push/recent-notes.js";
import { Ping } from "../wbxml/code-pages/ping.js";
import type { WbxmlElement } from "../wbxml/element.js";
import { element, textElement } from "../wbxml/writing.js";
import { repeatedAnswer } from "./repeated-answer.js";

/** The answers of a Ping by Status ([MS-ASCMD] 2.2.3.177.11); clients read any other combination as a network failure. */
export type PingReply =
  /** 1: nothing changed; 3: parameters are missing; 4: malformed; 7: the folder tree is out of date; 8: cannot watch just now. */
  | { readonly status: 1 | 3 | 4 | 7 | 8 }
  /** These folders have something to sync. */
  | { readonly status: 2; readonly folders: readonly [string, ...string[]] }
  /** The interval is out of bounds; this is the nearest that is allowed. */
  | { readonly status: 5; readonly heartbeatSeconds: number }
  /** Too many folders; so many are allowed. */
  | { readonly status: 6; readonly maxFolders: number };

/** Folders of which the answer that they alone have changed is kept: where each mailbox has an inbox of the same id, that is most answers. */
const KEPT_FOLDERS = 256;

const answersOfStatus = new Map<number, WbxmlElement>();
const answersOfFolder = new RecentNotes<WbxmlElement>(KEPT_FOLDERS);

/** The document of a reply, its children in the order of the schema. Those that many devices get are made once. */
export function encodePing(reply: PingReply): WbxmlElement {
  switch (reply.status) {
    case 2:
      return reply.folders.length === 1 ? kept(answersOfFolder, reply.folders[0], reply) : documentOf(reply);
    case 5:
    case 6:
      return documentOf(reply);
    default:
      return kept(answersOfStatus, reply.status, reply);
  }
}

function kept<Key>(answers: Answers<Key>, key: Key, reply: PingReply): WbxmlElement {
  const known = answers.get(key);
  if (known !== undefined) return known;
  const made = repeatedAnswer(documentOf(reply));
  answers.set(key, made);
  return made;
}

interface Answers<Key> {
  get(key: Key): WbxmlElement | undefined;
  set(key: Key, answer: WbxmlElement): unknown;
}

function documentOf(reply: PingReply): WbxmlElement {
  const status = textElement(Ping.Status, reply.status);
  switch (reply.status) {
    case 2:
      return element(Ping.Ping, [
        status,
        element(
          Ping.Folders,
          reply.folders.map((folder) => textElement(Ping.Folder, folder)),
        ),
      ]);
    case 5:
      return element(Ping.Ping, [status, textElement(Ping.HeartbeatInterval, reply.heartbeatSeconds)]);
    case 6:
      return element(Ping.Ping, [status, textElement(Ping.MaxFolders, reply.maxFolders)]);
    default:
      return element(Ping.Ping, [status]);
  }
}
