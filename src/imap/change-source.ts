import {
  HIERARCHY,
  type MailboxChangeSource,
  type MailboxRef,
  type OnChange,
} from "../push/mailbox-change-source.js";
import { type ImapChangeSourceOptions, resolveSourceOptions } from "./change-source-options.js";
import { StatusReader } from "./change-source-reader.js";
import { markerOf } from "./change-source-status.js";
import { treeMarkerOf } from "./change-source-tree.js";
import { UserWatch } from "./change-source-user.js";
import type { ImapConnections } from "./imap-connections.js";
import { unreachable } from "./imap-connections-failure.js";
import type { ImapFolders } from "./imap-folders.js";

/** A change source over IMAP. */
export interface ImapChangeSource extends MailboxChangeSource {
  /**
   * Says that a folder has changed, for who knows it sooner than IMAP tells: Dovecot waits half a second before it does. Call it from
   * the mail server's own hook, such as Dovecot's push notifications. Too often does no harm.
   *
   * @param user as `authenticate` names it.
   * @param path of the folder on the server; the inbox by default.
   */
  changed(user: string, path?: string): void;
  /** How many users are watched, each through one connection. */
  readonly watchedUsers: number;
  /** Ends all watches, for the end of the process. */
  close(): void;
}

/**
 * Watches IMAP mailboxes: one connection for each user who has a request held, whatever the number of devices and folders. While the server is
 * away held requests stay, and are compared when it is back; new ones fail at once.
 *
 * It never says that a change is an arrival: what came into a folder may have been put there by another device of the user, through another process, and IMAP
 * does not tell.
 *
 * @throws DirectPushError `ERR_OPTION_INVALID` for an option that cannot be.
 */
export function imapChangeSource(
  connections: ImapConnections,
  folders: ImapFolders,
  options: ImapChangeSourceOptions = {},
): ImapChangeSource {
  return new Source(connections, folders, options);
}

class Source implements ImapChangeSource {
  readonly #connections: ImapConnections;
  readonly #folders: ImapFolders;
  readonly #options: ReturnType<typeof resolveSourceOptions>;
  readonly #reader: StatusReader;
  readonly #users = new Map<string, UserWatch>();
  readonly #stopListening: readonly (() => void)[];
  #isClosed = false;

  constructor(connections: ImapConnections, folders: ImapFolders, options: ImapChangeSourceOptions) {
    this.#connections = connections;
    this.#folders = folders;
    this.#options = resolveSourceOptions(options);
    this.#reader = new StatusReader(connections);
    this.#stopListening = [
      connections.onWrite((user, path) => this.#users.get(user)?.written(path)),
      folders.onTreeChange((user) => this.#users.get(user)?.treeWritten()),
    ];
  }

  get watchedUsers(): number {
    return this.#users.size;
  }

  async marker(mailbox: MailboxRef, folder: string): Promise<string> {
    const watch = this.#users.get(mailbox.user);
    if (folder === HIERARCHY) return watch?.treeMarker ?? treeMarkerOf(await this.#folders.list(mailbox));
    const known = await this.#folders.find(mailbox, folder);
    if (known === undefined) return "gone";
    if (!known.selectable) return "empty";
    const told = watch?.marker(known);
    if (told !== undefined) return told;
    let status = await this.#reader.status(mailbox, known.listedAs);
    if (status === undefined) {
      // It may have another name by now.
      const present = (await this.#folders.list(mailbox)).byId.get(folder);
      if (present === undefined) return "gone";
      status = await this.#reader.status(mailbox, present.listedAs);
    }
    const marker = markerOf(status);
    if (marker === undefined) throw unreachable(new Error(`the state of ${known.path} is not told`));
    // Without CONDSTORE flags change and nothing tells but the watch.
    return status?.highestModseq === undefined ? `${marker}.${watch?.touches ?? ""}` : marker;
  }

  async watch(mailbox: MailboxRef, folders: readonly string[], onChange: OnChange): Promise<() => void> {
    if (this.#isClosed) throw unreachable(new Error("the change source is closed"));
    const { user } = mailbox;
    let watch = this.#users.get(user);
    if (watch === undefined) {
      const made = new UserWatch(mailbox, {
        connections: this.#connections,
        folders: this.#folders,
        source: this.#options,
        over: () => this.#users.delete(user),
      });
      this.#users.set(user, made);
      watch = made;
    }
    return await watch.add(mailbox, folders, onChange);
  }

  changed(user: string, path = "INBOX"): void {
    this.#users.get(user)?.changed(path);
  }

  close(): void {
    this.#isClosed = true;
    for (const stop of this.#stopListening) stop();
    for (const watch of this.#users.values()) watch.close();
    this.#users.clear();
  }
}
