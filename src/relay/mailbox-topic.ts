import type { Arrival, MailboxRef, OnChange } from "../push/mailbox-change-source.js";

interface Watcher {
  readonly folders: readonly string[];
  readonly onChange: OnChange;
}

/** The watches of one mailbox in this process, behind one subscription. */
export class MailboxTopic {
  readonly user: string;
  readonly #watchers = new Set<Watcher>();
  readonly #onEmpty: () => void;
  /** As the newest watch has it: its login is the one that is most likely still good. */
  mailbox: MailboxRef;
  /** Resolves when the mailbox is subscribed to. */
  subscribed: Promise<void> = Promise.resolve();
  unsubscribe: () => void = () => {};
  isClosed = false;

  /** @param onEmpty called when the last watch has stopped. */
  constructor(mailbox: MailboxRef, onEmpty: () => void) {
    this.user = mailbox.user;
    this.mailbox = mailbox;
    this.#onEmpty = onEmpty;
  }

  /** Whether nothing is watched. */
  get isEmpty(): boolean {
    return this.#watchers.size === 0;
  }

  /** The folders that are watched in this process. */
  get folders(): ReadonlySet<string> {
    const folders = new Set<string>();
    for (const watcher of this.#watchers) for (const folder of watcher.folders) folders.add(folder);
    return folders;
  }

  /** Adds a watch. Returns how to stop it, which may be called twice. */
  add(folders: readonly string[], onChange: OnChange): () => void {
    const watcher = { folders, onChange };
    this.#watchers.add(watcher);
    return () => {
      if (this.#watchers.delete(watcher) && this.#watchers.size === 0) this.#onEmpty();
    };
  }

  /** Tells of a folder. */
  tell(folder: string, told?: Arrival | "perhaps"): void {
    for (const watcher of [...this.#watchers]) {
      if (watcher.folders.includes(folder)) watcher.onChange(folder, told);
    }
  }

  /** Changes may have been missed: of these folders, or of all. */
  perhaps(folders?: readonly string[]): void {
    for (const watcher of [...this.#watchers]) {
      for (const folder of watcher.folders) {
        if (folders === undefined || folders.includes(folder)) watcher.onChange(folder, "perhaps");
      }
    }
  }
}
