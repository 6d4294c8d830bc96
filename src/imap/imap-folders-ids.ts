import { createHash } from "node:crypto";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { type JsonRecordType, readRecord, updateRecord } from "../state/json-record.js";
import { stateKey } from "../state/state-key.js";
import type { StateStore } from "../state/state-store.js";

/** The id of the one folder that every mailbox has, whatever else the server says of it. */
export const INBOX_ID = "inbox";

/** The folders that do not have the id of their path, by path. */
type Renames = Readonly<Record<string, string>>;

const renamesType: JsonRecordType<Renames> = {
  name: "the renamed IMAP folders of",
  parse: (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return Object.values(value).every((id) => typeof id === "string") ? (value as Renames) : undefined;
  },
};

/** An id that the server made for the folder, and keeps when it is renamed (RFC 8474, or Dovecot's GUID). */
export function idOfObject(objectId: string): string {
  // Ids of devices end at 64 characters, and are told apart from numbers by their first one.
  return /^[\w-]{1,60}$/.test(objectId) ? `g${objectId}` : `h${digest(objectId)}`;
}

/**
 * Ids of folders on servers that have none: made of the path, so that every process makes the same. A folder that a device renames keeps its id, which is
 * written down; one that another mail program renames is a new folder to devices.
 */
export class PathIds {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** The ids of paths, each once. */
  async idsOf(mailbox: MailboxRef, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const renames = (await readRecord(this.#state, keyOf(mailbox.user), renamesType)) ?? {};
    const ids = new Map<string, string>();
    const given = new Set<string>();
    for (const path of paths) {
      const id = Object.hasOwn(renames, path) ? renames[path] : undefined;
      if (id === undefined || given.has(id)) continue;
      ids.set(path, id);
      given.add(id);
    }
    const others = new Map<string, string>();
    for (const path of paths) {
      if (ids.has(path)) continue;
      const id = unusedId(path, given);
      ids.set(path, id);
      given.add(id);
      // It must stay when the folder that has the path's own id is gone.
      if (id !== idOfPath(path)) others.set(path, id);
    }
    if (others.size > 0) await this.renamed(mailbox, others, paths);
    return ids;
  }

  /** Writes down what folders are called from now on; `present` are all the paths that there are. */
  async renamed(
    { user }: MailboxRef,
    ids: ReadonlyMap<string, string>,
    present: readonly string[],
  ): Promise<void> {
    const known = new Set(present);
    await updateRecord(this.#state, keyOf(user), renamesType, (record = {}) => {
      const kept = Object.entries(record).filter(([path]) => known.has(path) && !ids.has(path));
      return { result: undefined, write: Object.fromEntries([...kept, ...ids]) };
    });
  }
}

/** The path's own id, unless a folder that was called so before has it still. */
function unusedId(path: string, given: ReadonlySet<string>): string {
  for (let attempt = 0; ; attempt += 1) {
    const id = idOfPath(attempt === 0 ? path : `${path}\n${attempt}`);
    if (!given.has(id)) return id;
  }
}

function idOfPath(path: string): string {
  return `p${digest(path)}`;
}

function keyOf(user: string): string {
  return stateKey("imap-folders", user, "");
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
