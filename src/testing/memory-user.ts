import type { MailboxFolder } from "../mailbox/folder.js";
import { FolderJournal } from "../mailbox/folder-journal.js";
import type { LastVerb } from "../mailbox/items/email.js";
import type { ItemVersion, WriteRefusal, WrittenItem } from "../mailbox/mailbox.js";
import { HIERARCHY } from "../push/mailbox-change-source.js";
import { classOfFolder } from "../sync-state/folder-class.js";
import { MovedConversations } from "./memory-conversations.js";
import { CreationTokens } from "./memory-creation-tokens.js";
import { MemoryFolders, type NewFolder } from "./memory-folders.js";
import {
  describeItem,
  isRaw,
  type MemoryContent,
  type MemoryItem,
  type MemoryUpdate,
  type RawMessage,
  updatedContent,
} from "./memory-item.js";
import { MemoryWatches } from "./memory-watches.js";

/** What all users of one {@link MemoryMailbox} share. */
export interface MemoryMailboxRun {
  /** Differs between runs: part of ids, versions and cursors, so that those of an earlier run fit nothing. */
  readonly epoch: string;
  /** A number never given before. */
  next(): number;
  /** On the clock that never jumps. */
  monotonicNow(): number;
}

const notFound = { kind: "not-found" } as const;

/** The mailbox of one user, as plain calls that answer at once. */
export class MemoryUser {
  readonly folders: MemoryFolders = new MemoryFolders();
  readonly watches: MemoryWatches = new MemoryWatches();
  #conversations: MovedConversations | undefined = undefined;
  readonly #tokens = new CreationTokens<WrittenItem>();
  readonly #folderTokens = new CreationTokens<string>();
  readonly #journals = new Map<string, FolderJournal<MemoryItem>>();
  readonly #run: MemoryMailboxRun;

  constructor(run: MemoryMailboxRun) {
    this.#run = run;
  }

  /** What is in a folder, or undefined when there is no such folder. */
  journal(folder: string): FolderJournal<MemoryItem> | undefined {
    const known = this.#journals.get(folder);
    if (known !== undefined || this.folders.find(folder) === undefined) return known;
    const made = new FolderJournal<MemoryItem>({ epoch: this.#run.epoch });
    this.#journals.set(folder, made);
    return made;
  }

  /** Conversations that were moved. Made when there is one. */
  get conversations(): MovedConversations {
    this.#conversations ??= new MovedConversations();
    return this.#conversations;
  }

  /** The delivered mail of this name, wherever it is. */
  message(name: string): RawMessage | undefined {
    for (const journal of this.#journals.values()) {
      for (const { content } of journal.items()) {
        if (isRaw(content) && content.name === name) return content;
      }
    }
    return undefined;
  }

  /** Changes whenever the folder, or the tree for {@link HIERARCHY}, does. */
  marker(folder: string): string {
    if (folder === HIERARCHY) return `${this.#run.epoch}.${this.folders.sequence}`;
    // Most folders of most users are never written: they need no journal to say so.
    return (
      this.#journals.get(folder)?.marker ?? (this.folders.find(folder) ? `${this.#run.epoch}.0` : "gone")
    );
  }

  /** Stores an item. With a token, once for each token. */
  create(
    folder: string,
    content: MemoryContent,
    token?: string,
  ): ({ kind: "created" } & WrittenItem) | WriteRefusal {
    const remembered = token === undefined ? undefined : this.#tokens.find(token, this.#run.monotonicNow());
    if (remembered !== undefined) return { kind: "created", ...remembered };
    const refusal = this.#refusal(folder, content);
    if (refusal !== undefined) return refusal;
    const written = this.#put(folder, `m${this.#run.next()}-${this.#run.epoch}`, content);
    if (token !== undefined) this.#tokens.remember(token, written, this.#run.monotonicNow());
    return { kind: "created", ...written };
  }

  /** Stores a mail that arrives, which no device can have. */
  deliver(addressed: string, message: RawMessage): ({ kind: "created" } & WrittenItem) | WriteRefusal {
    const moved = addressed === "inbox" ? this.#conversations?.folderOf(message.raw) : undefined;
    const folder = moved !== undefined && this.folders.find(moved) !== undefined ? moved : addressed;
    const refusal = this.#refusal(folder, message);
    if (refusal !== undefined) return refusal;
    const written = this.#store(folder, `m${this.#run.next()}-${this.#run.epoch}`, message);
    const { dateReceivedMs } = message;
    this.watches.changed(folder, { marker: this.marker(folder), dateReceivedMs });
    return { kind: "created", ...written };
  }

  /** Changes an item. */
  update(
    folder: string,
    id: string,
    update: MemoryUpdate,
    expectedVersion?: string,
  ): ({ kind: "updated" } & ItemVersion) | WriteRefusal {
    const item = this.journal(folder)?.get(id);
    if (item === undefined) return notFound;
    if (expectedVersion !== undefined && expectedVersion !== item.version)
      return { kind: "version-mismatch" };
    const content = updatedContent(item.content, update);
    if (content === undefined) return { kind: "invalid", reason: "Only mail has flags" };
    const refusal = this.#refusal(folder, content);
    if (refusal !== undefined) return refusal;
    const { id: _, ...written } = this.#put(
      folder,
      id,
      content,
      update.kind === "email-flags" ? item : undefined,
    );
    return { kind: "updated", ...written };
  }

  /** Stores content in the place of an item. With a token, once for each token. */
  replace(
    folder: string,
    replaced: { readonly id: string; readonly expectedVersion: string },
    content: MemoryContent,
    token: string,
  ): ({ kind: "created" } & WrittenItem) | WriteRefusal {
    const nowMs = this.#run.monotonicNow();
    const remembered = this.#tokens.find(token, nowMs);
    if (remembered !== undefined) return { kind: "created", ...remembered };
    const { id, expectedVersion } = replaced;
    const updated = this.update(folder, id, { kind: "replace", item: content }, expectedVersion);
    if (updated.kind !== "updated") return updated;
    const { kind: _, ...version } = updated;
    const written = { id, ...version };
    this.#tokens.remember(token, written, nowMs);
    return { kind: "created", ...written };
  }

  /** Notes what was last done with a mail. */
  setLastVerb(folder: string, id: string, lastVerb: LastVerb): { kind: "updated" } | { kind: "not-found" } {
    const content = this.journal(folder)?.get(id)?.content;
    if (content?.class !== "Email") return notFound;
    this.#put(folder, id, { ...content, lastVerb });
    return { kind: "updated" };
  }

  /** Removes an item. */
  delete(folder: string, id: string): { kind: "deleted" } | WriteRefusal {
    if (this.journal(folder)?.remove(id) !== true) return notFound;
    this.watches.changed(folder);
    return { kind: "deleted" };
  }

  /** Moves an item to another folder, where it gets another id. */
  move(folder: string, id: string, toFolder: string): ({ kind: "moved" } & WrittenItem) | WriteRefusal {
    const item = this.journal(folder)?.get(id);
    if (item === undefined) return notFound;
    if (folder === toFolder) return { kind: "invalid", reason: "The item is in that folder" };
    const refusal = this.#refusal(toFolder, item.content);
    if (refusal !== undefined) return refusal;
    const written = this.#put(toFolder, `m${this.#run.next()}-${this.#run.epoch}`, item.content, item);
    this.delete(folder, id);
    return { kind: "moved", ...written };
  }

  /** Makes a folder. */
  createFolder(folder: NewFolder): MailboxFolder {
    const made = {
      id: folder.id ?? `f${this.#run.next()}-${this.#run.epoch}`,
      parentId: folder.parentId ?? null,
      name: folder.name,
      kind: folder.kind ?? "user-mail",
    };
    this.folders.add(made);
    this.watches.changed(HIERARCHY);
    return made;
  }

  /** The id of the folder that was made with this token. */
  madeFolder(token: string): string | undefined {
    return this.#folderTokens.find(token, this.#run.monotonicNow());
  }

  /** Remembers which folder was made with a token. */
  noteMadeFolder(token: string, id: string): void {
    this.#folderTokens.remember(token, id, this.#run.monotonicNow());
  }

  /** Renames or moves a folder. */
  changeFolder(id: string, to: { readonly name?: string; readonly parentId?: string | null }): MailboxFolder {
    const changed = this.folders.change(id, to);
    this.watches.changed(HIERARCHY);
    return changed;
  }

  /** Removes a folder, what is in it, and all folders below. */
  deleteFolder(id: string): void {
    for (const gone of this.folders.remove(id)) {
      this.#journals.delete(gone);
      this.watches.changed(gone);
    }
    this.watches.changed(HIERARCHY);
  }

  #refusal(folder: string, content: MemoryContent): WriteRefusal | undefined {
    const target = this.folders.find(folder);
    if (target === undefined) return notFound;
    const itemClass = content.class;
    if (itemClass === classOfFolder(target.kind)) return undefined;
    return { kind: "invalid", reason: `A folder of kind ${target.kind} takes no item of class ${itemClass}` };
  }

  /** `keeps`: whose version it keeps, because nothing but flags or the place changed. */
  #put(folder: string, id: string, content: MemoryContent, keeps?: MemoryItem): WrittenItem {
    const written = this.#store(folder, id, content, keeps);
    this.watches.changed(folder);
    return written;
  }

  #store(folder: string, id: string, content: MemoryContent, keeps?: MemoryItem): WrittenItem {
    const version = keeps?.version ?? `${this.#run.next()}-${this.#run.epoch}`;
    const item = describeItem(id, version, content);
    this.journal(folder)?.put(item);
    return { id, version, ...(item.flags === undefined ? undefined : { flags: item.flags }) };
  }
}
