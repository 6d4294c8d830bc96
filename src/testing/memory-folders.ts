import type { FolderKind, MailboxFolder } from "../mailbox/folder.js";
import { defaultFolders } from "./default-folders.js";

/** A folder to be made in a {@link MemoryMailbox}. */
export interface NewFolder {
  readonly name: string;
  /** Default `user-mail`. */
  readonly kind?: FolderKind;
  /** Default null: at the root. */
  readonly parentId?: string | null;
  /** Default: one that was never used. */
  readonly id?: string;
}

const none: ReadonlySet<string> = new Set();

/** The folder tree of one user. Begins with the default folders. */
export class MemoryFolders {
  #list: readonly MailboxFolder[] = defaultFolders;
  #sequence = 0;
  /** Folder ids are never used again: a device may still hold what it had of the old one. */
  #removed: ReadonlySet<string> = none;

  /** Counts the changes of the tree. */
  get sequence(): number {
    return this.#sequence;
  }

  /** All folders, parents before children. */
  get list(): readonly MailboxFolder[] {
    return this.#list;
  }

  /** The folder with this id, or undefined. */
  find(id: string): MailboxFolder | undefined {
    return this.#list.find((folder) => folder.id === id);
  }

  /** Adds a folder. Throws where a mail server would refuse. */
  add(folder: MailboxFolder): void {
    if (this.find(folder.id) !== undefined || this.#removed.has(folder.id)) {
      throw new Error(`The folder id ${folder.id} was used already`);
    }
    this.#check(folder);
    this.#set([...this.#list, folder]);
  }

  /** Renames or moves a folder. */
  change(id: string, to: { readonly name?: string; readonly parentId?: string | null }): MailboxFolder {
    const folder = this.find(id);
    if (folder === undefined) throw new Error(`There is no folder ${id}`);
    const changed = { ...folder, ...to };
    this.#check(changed);
    const others = this.#list.map((one) => (one.id === id ? changed : one));
    this.#set(parentsFirst(others));
    return changed;
  }

  /** Removes a folder with all below it. Returns the ids of what is gone. */
  remove(id: string): readonly string[] {
    const gone = new Set<string>();
    for (const folder of this.#list) {
      if (folder.id === id || (folder.parentId !== null && gone.has(folder.parentId))) gone.add(folder.id);
    }
    if (gone.size === 0) throw new Error(`There is no folder ${id}`);
    this.#removed = new Set([...this.#removed, ...gone]);
    this.#set(this.#list.filter((folder) => !gone.has(folder.id)));
    return [...gone];
  }

  #check(folder: MailboxFolder): void {
    const siblings = this.#list.filter((one) => one.parentId === folder.parentId && one.id !== folder.id);
    if (siblings.some((one) => one.name === folder.name))
      throw new Error(`There is a folder named ${folder.name} already`);
    for (let parentId = folder.parentId; parentId !== null; ) {
      const parent = this.find(parentId);
      if (parent === undefined) throw new Error(`There is no folder ${parentId}`);
      if (parent.id === folder.id) throw new Error(`Folder ${folder.id} cannot be moved below itself`);
      parentId = parent.parentId;
    }
  }

  #set(list: readonly MailboxFolder[]): void {
    this.#list = Object.freeze(list);
    this.#sequence += 1;
  }
}

function parentsFirst(folders: readonly MailboxFolder[]): MailboxFolder[] {
  const ordered: MailboxFolder[] = [];
  const childrenOf = groupByParent(folders);
  const visit = (parentId: string | null): void => {
    for (const folder of childrenOf.get(parentId) ?? []) {
      ordered.push(folder);
      visit(folder.id);
    }
  };
  visit(null);
  return ordered;
}

function groupByParent(folders: readonly MailboxFolder[]): Map<string | null, MailboxFolder[]> {
  const groups = new Map<string | null, MailboxFolder[]>();
  for (const folder of folders) {
    const group = groups.get(folder.parentId);
    if (group === undefined) groups.set(folder.parentId, [folder]);
    else group.push(folder);
  }
  return groups;
}
